"""What differs between a laptop, a GPU machine and a cluster, read from ``infra/profiles``.

Capabilities never ask which profile runs: they ask for a role and get the model chosen for it.
"""

from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from data_contracts import settings
from inference.models.language import LanguageModel
from inference.models.vision_language import VisionLanguageModel


class ModelChoice(BaseModel):
    """A model: a shelf name, folder or hub repository, and where it is served if it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    endpoint: str | None = Field(None, description="Base URL of an OpenAI-compatible server, with its /v1.")


class ServedModel(ModelChoice):
    """A model that is always behind a server."""

    endpoint: str = Field(description="Base URL of an OpenAI-compatible server, with its /v1.")


class TrainingChoice(BaseModel):
    """The recipe when none is asked for, and the processes of one training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    processes: int = Field(gt=0)


class Profile(BaseModel):
    """One file of ``infra/profiles``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    executor: str
    pools: dict[str, int] = Field(description="Slots of each Airflow pool.")
    training: TrainingChoice
    language: ModelChoice
    vision_language: ModelChoice | None = Field(None, description="Without one, no model looks at pictures.")
    teacher: ServedModel | None = Field(
        None, description="A large model whose titles the title model learns from as well; without one there are none."
    )
    judge: ServedModel | None = Field(
        None, description="Which of two titles is better says this model; without one, a scorer learned from clicks."
    )
    layout_annotator: Literal["embedded", "vision_language"] = Field("embedded", description="Who annotates posters.")


def load(path: Path | None = None) -> Profile:
    """The profile that the settings name, or the one in a file.

    Raises ``FileNotFoundError`` without the file and ``pydantic.ValidationError`` naming the key that
    does not fit.
    """
    with open(path or settings.load().profile_file, encoding="utf-8") as file:
        return Profile.model_validate(yaml.safe_load(file))


def language_model(adapter: Path | None = None) -> LanguageModel:
    """The profile's language model, with a LoRA adapter if a folder of one is given.

    One per process and adapter; what it answered before it answers from memory. Raises ``ValueError``
    when the adapter was trained for another model, and ``httpx.HTTPError`` when a server that should
    serve it does not answer.
    """
    return _open(load().language, adapter)


def vision_language_model() -> VisionLanguageModel | None:
    """The profile's vision-language model, one per process; None where the profile has none.

    Raises ``ValueError`` when the server it names serves another model, and ``httpx.HTTPError`` when
    that server does not answer.
    """
    choice = load().vision_language
    return _open_vision_language(choice) if choice else None


@lru_cache(maxsize=1)
def _open_vision_language(choice: ModelChoice) -> VisionLanguageModel:
    if choice.endpoint:
        from inference.models.endpoint import EndpointModel

        return EndpointModel.connect(choice.endpoint, choice.model)
    from inference.models.vision_language import InternVL

    return InternVL(choice.model)


@lru_cache(maxsize=1)  # a second model in memory would cost 1.3 GB
def _open(choice: ModelChoice, adapter: Path | None) -> LanguageModel:
    from inference.models.answers import Remembering

    if choice.endpoint:
        from inference.models.endpoint import EndpointModel

        return Remembering(EndpointModel.connect(choice.endpoint, choice.model, adapter))
    from inference.models.transformers_model import TransformersModel

    return Remembering(TransformersModel(choice.model, adapter))
