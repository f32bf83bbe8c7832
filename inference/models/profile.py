"""What differs between a laptop, a GPU machine and a cluster, read from ``infra/profiles``.

Capabilities never ask which profile runs: they ask for a role and get the model chosen for it.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data_contracts import settings
from inference.models.language import LanguageModel
from inference.models.vision_language import VisionLanguageModel

if TYPE_CHECKING:
    from inference.watch.models import VisionLanguage as WatchModel


class ModelChoice(BaseModel):
    """A model: a shelf name, folder or hub repository, and where it is served if it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    endpoint: str | None = Field(None, description="Base URL of an OpenAI-compatible server, with its /v1.")


class ServedModel(ModelChoice):
    """A model that is always behind a server."""

    endpoint: str = Field(description="Base URL of an OpenAI-compatible server, with its /v1.")


class WatchChoice(BaseModel):
    """A model that watches videos in this process, and the bytes that what it remembers of one may take.

    Its own weights come on top. Blocks of keys and values of the frames it saw go from the device to
    memory to disk as each is full.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(description="Folder or hub repository of a LLaVA-OneVision on Qwen2, or of a Qwen2.5-VL.")
    frames_per_s: float = Field(0.5, gt=0, le=10, description="Of a video; the published figures are at 0.5.")
    window_frames: int = Field(64, gt=0, description="Frames that a frame attends to, itself included.")
    retrieve_blocks: int = Field(64, gt=0, description="Frames that a question attends to.")
    device_gb: float = Field(8.0, gt=0)
    memory_gb: float = Field(16.0, ge=0)
    disk_gb: float = Field(96.0, ge=0)
    kept_gb: float = Field(200.0, ge=0, description="Of all videos together; the longest unused go first.")


class TrainingChoice(BaseModel):
    """The recipe when none is asked for, and where the processes of one training run.

    Several nodes find each other either through a rendezvous, where each of them runs the same
    command (``python -m training.launch …``), or through a hostfile, from which the ``deepspeed``
    launcher starts the others by ssh.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    processes: int = Field(gt=0, description="On each node; with accelerators one for each of them.")
    nodes: int = Field(1, gt=0)
    launcher: Literal["torchrun", "deepspeed"] = "torchrun"
    rendezvous: str | None = Field(
        None, pattern=r"^[^\s:/]+:\d{1,5}$", description="HOST:PORT of the node at which all meet; torchrun's."
    )
    hostfile: Path | None = Field(None, description="Lines of HOST slots=N, seen by the first node; deepspeed's.")
    join_timeout_s: int = Field(600, gt=0, description="How long the nodes wait for each other to come up.")
    device_memory_gb: float | None = Field(
        None, gt=0, description="Memory of one accelerator; without it what is found where the pre-flight runs."
    )

    @model_validator(mode="after")
    def nodes_can_find_each_other(self) -> Self:
        meets = self.rendezvous if self.launcher == "torchrun" else self.hostfile
        stray = self.hostfile if self.launcher == "torchrun" else self.rendezvous
        if stray is not None:
            raise ValueError("rendezvous is for the launcher torchrun, hostfile for deepspeed")
        if (self.nodes > 1) != (meets is not None):
            raise ValueError(
                f"nodes: {self.nodes} {'needs' if self.nodes > 1 else 'needs no'} rendezvous or hostfile; "
                "name a rendezvous for torchrun, a hostfile for deepspeed, when there are several nodes"
            )
        return self

    @property
    def placement(self) -> dict[str, Any]:
        """The keywords of ``training.launch.launch``."""
        return self.model_dump(exclude={"recipe", "device_memory_gb"})

    @property
    def world_size(self) -> int:
        """Processes of one training on all nodes."""
        return self.processes * self.nodes


class Profile(BaseModel):
    """One file of ``infra/profiles``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    executor: str
    pools: dict[str, int] = Field(description="Slots of each Airflow pool.")
    training: TrainingChoice
    language: ModelChoice
    vision_language: ModelChoice | None = Field(None, description="Without one, no model looks at pictures.")
    watch: WatchChoice | None = Field(
        None, description="Watches whole videos; without one, faces, text, main objects and speech answer about them."
    )
    teacher: ServedModel | None = Field(
        None, description="A large model whose titles the title model learns from as well; without one there are none."
    )
    judge: ServedModel | None = Field(
        None, description="Which of two titles is better says this model; without one, a scorer learned from clicks."
    )
    layout_recipe: str = Field("embedded", description="How the layout model is trained when no recipe is asked for.")
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


def watch_model() -> "WatchModel | None":
    """The profile's model that watches videos, one per process, on the accelerator if there is one; None without."""
    choice = load().watch
    return _open_watch(choice.model) if choice else None


@lru_cache(maxsize=1)
def _open_watch(model: str) -> "WatchModel":
    import torch

    from inference.watch.models import read

    if not (folder := Path(model)).is_dir():
        from huggingface_hub import snapshot_download

        folder = Path(snapshot_download(model))
    cuda = torch.cuda.is_available()
    # A session belongs to one precision, so on a CPU it is not the one that happens to be faster today.
    return read(folder, "cuda" if cuda else "cpu", torch.bfloat16 if cuda else torch.float32)


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
