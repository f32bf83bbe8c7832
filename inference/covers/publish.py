"""Covers in the lake: which videos are due, and their covers made and kept."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
from PIL import Image

from data_contracts.catalog import COVERS, LAYOUT, MEMORY_CRITERIA, SERVED_MODELS, TITLE_COPY
from data_contracts.errors import ImpossibleRequirement
from data_contracts.store import Lake
from inference.covers import briefs as known
from inference.covers import record
from inference.covers.candidate import Cover
from inference.covers.coverset import CoverSet, Refused
from inference.covers.make import make_covers
from inference.covers.motion import MovingCover
from inference.covers.plan import Plan, read_requirement
from inference.memory import criteria as memory
from inference.memory.criteria import Criterion
from inference.models.language import LanguageModel

if TYPE_CHECKING:
    from inference.models.layout_model import LayoutModel

NO_VISION_LANGUAGE_MODEL = {
    "watching with a vision-language model": "the profile has none; frame measures, faces, OCR and speech stand in",
    "judging with a quality model": "the profile has none; measures on the rendered pixels stand in",
}


@dataclass(frozen=True)
class TitleModel:
    """Which version of the title model writes, None being the base model.

    ``rollback`` is the event by which it serves again: its covers of before are older than those of the
    version that was taken off, and would stay behind them were they not made anew.
    """

    version: int | None
    rollback: str | None = None

    def __str__(self) -> str:
        return f"{self.version} since {self.rollback}" if self.rollback else str(self.version)


@dataclass(frozen=True)
class Circumstances:
    """What covers depend on beside the video and its product.

    ``layout`` is the version of the layout model that serves, None before there is one; ``moving``
    whether the best candidate is made to move as well.
    """

    plan: Plan
    titles: TitleModel
    criteria: tuple[Criterion, ...]
    criteria_version: int
    layout: int | None = None
    moving: bool = True

    @property
    def key(self) -> str:
        told = f"{self.plan.requirement} | titles {self.titles} | criteria {memory.key(self.criteria)}"
        return f"{told} | layout {self.layout}{'' if self.moving else ' | still'}"


def find_due(
    lake: Lake,
    requirement: str,
    names: Sequence[str],
    titles: TitleModel,
    layout: int | None = None,
    moving: bool = True,
) -> list[str]:
    """Ids of videos with which nothing was tried from the present inputs, of which the models are given.

    Raises ``ImpossibleRequirement`` for one that contradicts itself, and ``ValueError`` for a name the
    lake does not know.
    """
    now = read_circumstances(lake, requirement, titles, layout, moving)
    return [brief.video_id for brief in known.not_yet_tried(lake, known.read_briefs(lake, names, now.key))]


def make_batch(
    lake: Lake,
    video_ids: Sequence[str],
    requirement: str,
    candidates: int,
    run: str,
    titles: TitleModel,
    layout: int | None = None,
    moving: bool = True,
) -> dict[str, int]:
    """Make covers for the videos that are still due, each written as soon as it is made; counts.

    Titles and layouts are by the models that are given, whichever serve by now.
    """
    now = read_circumstances(lake, requirement, titles, layout, moving)
    due = known.not_yet_tried(lake, known.read_briefs(lake, video_ids, now.key))
    counts = {"covers": 0, "videos": 0, "refused": 0}
    if not due:
        return counts
    now = replace(now, plan=read_plan(now))
    model = read_title_model(titles)
    generation = _generation(lake, now)
    layout_model = read_layout_model(layout)
    with known.with_files(lake, due) as briefs:
        for result in make_covers(
            briefs, now.plan, now.criteria, model, candidates, layout_model=layout_model, moving=moving
        ):
            if isinstance(result, Refused):
                _quarantine(lake, result, run)
                counts["refused"] += 1
                continue
            rows = [_row(lake, result, rank, now, generation, model.name) for rank in range(len(result.covers))]
            lake.write(COVERS, rows, run)
            counts["videos"] += 1
            counts["covers"] += len(rows)
    return counts


def read_circumstances(
    lake: Lake, requirement: str, titles: TitleModel, layout: int | None = None, moving: bool = True
) -> Circumstances:
    """Plan and criteria as they are now; the plan holds what rules read of the requirement.

    Raises ``ImpossibleRequirement`` for one that contradicts itself.
    """
    criteria = tuple(memory.active(lake, datetime.now(UTC)))
    plan = read_requirement(requirement, criteria=criteria)
    if plan.conflicts:
        raise ImpossibleRequirement(f"{requirement}: {'; '.join(plan.conflicts)}")
    return Circumstances(
        plan=plan,
        titles=titles,
        criteria=criteria,
        criteria_version=lake.version(MEMORY_CRITERIA),
        layout=layout,
        moving=moving,
    )


def read_plan(now: Circumstances) -> Plan:
    """The plan, with what the profile's language model reads in the clauses that no rule does, if there are any."""
    if not now.plan.unread:
        return now.plan
    from inference.models.profile import language_model

    return read_requirement(now.plan.requirement, language_model(), criteria=now.criteria)


def find_title_model(lake: Lake) -> TitleModel:
    """The one that serves now."""
    from inference.models import registry

    version = registry.champion_version(TITLE_COPY)
    served = pc.field("model") == TITLE_COPY.name
    rows = lake.read(SERVED_MODELS, ["event_id", "kind", "version", "happened_at"], where=served).to_pylist()
    told = sorted((row for row in rows if row["kind"] != "refused"), key=lambda row: row["happened_at"])
    by_rollback = bool(told) and (told[-1]["kind"], told[-1]["version"]) == ("rolled_back", version)
    return TitleModel(version, told[-1]["event_id"] if by_rollback else None)


def read_title_model(titles: TitleModel) -> LanguageModel:
    """The profile's language model, with the adapter of the version if one is named."""
    from inference.models import registry
    from inference.models.profile import language_model

    return language_model(registry.fetch(TITLE_COPY, titles.version) if titles.version else None)


def find_layout_version() -> int | None:
    """The layout model's version that serves now, None before one was promoted."""
    from inference.models import registry

    return registry.champion_version(LAYOUT)


def read_layout_model(version: int | None) -> "LayoutModel | None":
    """That version of the layout model; its weights are read when it is asked."""
    if version is None:
        return None
    from inference.models import registry
    from inference.models.layout_model import LayoutModel

    return LayoutModel(registry.fetch(LAYOUT, version))


def _generation(lake: Lake, now: Circumstances) -> int:
    """1 before anything was learned; the newest one's number while criteria stay; else the next."""
    made = lake.read(COVERS, ["generation", "criteria_key"])
    if not made.num_rows:
        return 1
    newest = pc.max(made["generation"])
    keys = made.filter(pc.equal(made["generation"], newest))["criteria_key"].to_pylist()
    return newest.as_py() if memory.key(now.criteria) in keys else newest.as_py() + 1


def _row(
    lake: Lake, made: CoverSet, rank: int, now: Circumstances, generation: int, title_model: str
) -> dict[str, Any]:
    cover = made.covers[rank]
    brief = made.brief
    described = record.describe(made, cover, now.plan, title_model, now.criteria_version, NO_VISION_LANGUAGE_MODEL)
    return {
        "cover_id": cover.cover_id,
        "video_id": brief.video_id,
        "product_id": brief.product_id,
        "generation": generation,
        "rank": rank,
        "chosen": rank == 0,
        "score": cover.score,
        "title": cover.title.text,
        "title_source": cover.title.source,
        "language": now.plan.language or brief.language,
        "frame_time_s": float(cover.frame.frame.time),
        "images": _keep_pictures(lake, cover),
        "webp_images": _keep_webp_pictures(lake, cover),
        "moving": _keep_moving(lake, made.moving.get(cover.cover_id)),
        "features": [{"name": name, "value": value} for name, value in cover.features.items()],
        "inputs_key": brief.key,
        "title_model": title_model,
        "criteria_version": now.criteria_version,
        "criteria_key": memory.key(now.criteria),
        "requirement": now.plan.requirement or None,
        "record": json.dumps(described, ensure_ascii=False),
    }


def _keep_pictures(lake: Lake, cover: Cover) -> list[dict[str, Any]]:
    return [
        {
            "ratio": ratio,
            "sha256": lake.put_blob(picture.jpeg),
            "width": picture.layout.width,
            "height": picture.layout.height,
        }
        for ratio, picture in cover.pictures.items()
    ]


def _keep_webp_pictures(lake: Lake, cover: Cover) -> list[dict[str, Any]]:
    return [{"ratio": ratio, "sha256": lake.put_blob(picture.webp)} for ratio, picture in cover.pictures.items()]


def _keep_moving(lake: Lake, moving: MovingCover | None) -> list[dict[str, Any]]:
    """One entry for each format; none for a cover that stands still."""
    if moving is None:
        return []
    with Image.open(io.BytesIO(moving.webp)) as webp:
        sizes = {"mp4": (moving.width, moving.height), "webp": webp.size}
    return [
        {
            "format": form,
            "sha256": lake.put_blob(content),
            "width": sizes[form][0],
            "height": sizes[form][1],
            "start_s": moving.start_s,
            "end_s": moving.end_s,
            "bytes": len(content),
        }
        for form, content in (("mp4", moving.mp4), ("webp", moving.webp))
    ]


def _quarantine(lake: Lake, refused: Refused, run: str) -> None:
    """Keep why a video got no cover. Costs are left out: the same refusal twice is one row."""
    attempts = [{k: v for k, v in asdict(attempt).items() if k != "cost_s"} for attempt in refused.attempts]
    brief = refused.brief
    row = {"video_id": brief.video_id, "name": brief.name, "inputs_key": brief.key, "attempts": attempts}
    lake.quarantine(COVERS, [row], rule="no_cover", reason=refused.reason, run=run)
