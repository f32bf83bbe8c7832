"""Covers in the lake: which videos are due, and their covers made and kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow.compute as pc

from data_contracts.catalog import COVERS, MEMORY_CRITERIA, TITLE_COPY
from data_contracts.store import Lake
from inference.covers import briefs as known
from inference.covers import record
from inference.covers.candidate import Cover
from inference.covers.make import CoverSet, Refused, make_covers
from inference.covers.plan import Plan, read_requirement
from inference.memory import criteria as memory
from inference.memory.criteria import Criterion
from inference.models.language import LanguageModel

NO_VISION_LANGUAGE_MODEL = {
    "watching with a vision-language model": "the profile has none; frame measures, faces, OCR and speech stand in",
    "judging with a quality model": "the profile has none; measures on the rendered pixels stand in",
}


@dataclass(frozen=True)
class Circumstances:
    """What covers depend on beside the video and its product."""

    plan: Plan
    title_version: int | None
    criteria: tuple[Criterion, ...]
    criteria_version: int

    @property
    def key(self) -> str:
        return f"{self.plan.requirement} | titles {self.title_version} | criteria {memory.key(self.criteria)}"


def find_due(lake: Lake, requirement: str, names: Sequence[str], title_version: int | None) -> list[str]:
    """Ids of videos with which nothing was tried from the present inputs, of which the title model is given.

    Raises ``ValueError`` for a requirement that contradicts itself or a name the lake does not know.
    """
    now = read_circumstances(lake, requirement, title_version)
    return [brief.video_id for brief in known.not_yet_tried(lake, known.read_briefs(lake, names, now.key))]


def make_batch(
    lake: Lake, video_ids: Sequence[str], requirement: str, candidates: int, run: str, title_version: int | None
) -> dict[str, int]:
    """Make covers for the videos that are still due, each written as soon as it is made; counts.

    Titles are by this version of the title model, None being the base model, whichever serves by now.
    """
    now = read_circumstances(lake, requirement, title_version)
    due = known.not_yet_tried(lake, known.read_briefs(lake, video_ids, now.key))
    counts = {"covers": 0, "videos": 0, "refused": 0}
    if not due:
        return counts
    model = read_title_model(title_version)
    generation = _generation(lake, now)
    with known.with_files(lake, due) as briefs:
        for result in make_covers(briefs, now.plan, now.criteria, model, candidates):
            if isinstance(result, Refused):
                _quarantine(lake, result, run)
                counts["refused"] += 1
                continue
            rows = [_row(lake, result, rank, now, generation, model.name) for rank in range(len(result.covers))]
            lake.write(COVERS, rows, run)
            counts["videos"] += 1
            counts["covers"] += len(rows)
    return counts


def read_circumstances(lake: Lake, requirement: str, title_version: int | None) -> Circumstances:
    """Plan and criteria as they are now. Raises ``ValueError`` for a contradictory requirement."""
    return Circumstances(
        plan=read_requirement(requirement),
        title_version=title_version,
        criteria=tuple(memory.active(lake, datetime.now(UTC))),
        criteria_version=lake.version(MEMORY_CRITERIA),
    )


def read_title_model(version: int | None) -> LanguageModel:
    """The profile's language model, with the adapter of a registered version if one is named."""
    from inference.models import registry
    from inference.models.profile import language_model

    return language_model(registry.fetch(TITLE_COPY, version) if version else None)


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


def _quarantine(lake: Lake, refused: Refused, run: str) -> None:
    row = {"video_id": refused.brief.video_id, "name": refused.brief.name, "inputs_key": refused.brief.key}
    lake.quarantine(COVERS, [row], rule="no_cover", reason=refused.reason, run=run)
