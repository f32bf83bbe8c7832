"""Every dataset, model and prompt, named once, here only.

Lake folder, contract file, Airflow asset, MLflow experiment and registry name all derive from the
name given here.
"""

from dataclasses import dataclass
from pathlib import Path

CONTRACTS = Path(__file__).resolve().parent / "contracts"


@dataclass(frozen=True)
class Dataset:
    """A Lance dataset of the lake, described by ``contracts/<name>.odcs.yaml``."""

    name: str

    @property
    def contract_file(self) -> Path:
        return CONTRACTS / f"{self.name}.odcs.yaml"

    @property
    def asset_uri(self) -> str:
        return f"coverloop://datasets/{self.name}"


@dataclass(frozen=True)
class Model:
    """A model we train: its MLflow experiment and registered model bear its name and say what it is about."""

    name: str
    about: str = ""

    @property
    def asset_uri(self) -> str:
        return f"coverloop://models/{self.name}"


@dataclass(frozen=True)
class Prompt:
    """What a model is asked, versioned in MLflow's prompt registry. Its text lies in the code that asks."""

    name: str
    about: str = ""


VIDEOS = Dataset("videos")
PRODUCTS = Dataset("products")
TRANSCRIPTS = Dataset("transcripts")
CONTENT_TITLE_PAIRS = Dataset("content_title_pairs")
COVERS = Dataset("covers")
IMPRESSIONS = Dataset("impressions")
CLICKS = Dataset("clicks")
OUTCOMES = Dataset("outcomes")
MEMORY_CRITERIA = Dataset("memory_criteria")
HUMAN_REVIEWS = Dataset("human_reviews")
POSTERS = Dataset("posters")
LAYOUT_ANNOTATIONS = Dataset("layout_annotations")
LAYOUT_REVIEWS = Dataset("layout_reviews")
SERVED_MODELS = Dataset("served_models")
QUARANTINE = Dataset("quarantine")

DATASETS = (
    VIDEOS,
    PRODUCTS,
    TRANSCRIPTS,
    CONTENT_TITLE_PAIRS,
    COVERS,
    IMPRESSIONS,
    CLICKS,
    OUTCOMES,
    MEMORY_CRITERIA,
    HUMAN_REVIEWS,
    POSTERS,
    LAYOUT_ANNOTATIONS,
    LAYOUT_REVIEWS,
    SERVED_MODELS,
    QUARANTINE,
)

TITLE_COPY = Model("title_copy", "Writes titles from what is known of a video: LoRA on the profile's language model.")
CLICK_MODEL = Model("click_model", "Which cover features are clicked: LightGBM, weighted by inverse propensity.")

LAYOUT = Model("layout", "Places texts on a picture: a Qwen2.5-VL model that answers with the layout as JSON.")

MODELS = (TITLE_COPY, CLICK_MODEL, LAYOUT)
MODEL_NAMES = tuple(model.name for model in MODELS)

ANNOTATE_LAYOUT = Prompt("annotate_layout", "Asks a vision-language model for the text blocks of a picture.")
