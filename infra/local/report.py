"""The short report at the end of ``make run``: what came in, what was made, what was learned."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import psutil
import pyarrow.compute as pc
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from data_contracts.catalog import (
    CLICKS,
    CONTENT_TITLE_PAIRS,
    COVERS,
    IMPRESSIONS,
    QUARANTINE,
    TITLE_COPY,
    VIDEOS,
)
from data_contracts.settings import Settings
from data_contracts.store import Lake
from infra.local import services
from infra.local.services import Service

JUDGED = ("rouge_l", "unsupported_numbers", "unsupported_brands")
"""Scores of the title model that are told; the first is how near it comes to the shop's own titles."""

HELD_OUT = "held_out"
"""What the names of metrics on held-out pairs begin with: ``held_out/<system>/<score>``."""

SHOWN = 6
"""Lines of a list before the rest is counted."""


def render(settings: Settings, up: Mapping[str, Service], failed: Sequence[str], seconds: float) -> Panel:
    """The report, ready to print."""
    lake = Lake(settings.lake, settings.blobs)
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    for title, lines in _sections(settings, lake):
        rows.add_row(title, Text("\n".join(lines)))
    outcome = f"failed: {', '.join(failed)}" if failed else f"done in {seconds / 60:.1f} minutes"
    where = Text("\n".join(_places(settings, up)))
    return Panel(Group(rows, Text(), where), title=f"Coverloop: {outcome}", border_style="red" if failed else "green")


def _sections(settings: Settings, lake: Lake) -> list[tuple[str, list[str]]]:
    from inference.feedback.compare import compare_generations

    return [
        ("videos", _videos(lake)),
        ("pairs", _pairs(lake)),
        ("title model", _title_model(settings)),
        ("covers", _covers(lake)),
        ("feedback", _feedback(lake)),
        ("criteria", _criteria(lake)),
        ("generations", [compare_generations(lake)["sentence"]]),
    ]


def _videos(lake: Lake) -> list[str]:
    taken = lake.read(VIDEOS, ["name"]).num_rows
    refused = _quarantined(lake, VIDEOS.name)
    lines = [f"{taken} taken in, {len(refused)} refused"]
    return lines + _first(map(_say_why, refused))


def _pairs(lake: Lake) -> list[str]:
    splits = Counter(lake.read(CONTENT_TITLE_PAIRS, ["split"])["split"].to_pylist())
    dropped = Counter(row["rule"] for row in _quarantined(lake, CONTENT_TITLE_PAIRS.name))
    why = ", ".join(f"{count} {rule}" for rule, count in dropped.most_common())
    kept = f"{splits.total()} built ({splits['train']} to train on, {splits['held_out']} held out)"
    return [f"{kept}, {dropped.total()} dropped{f': {why}' if why else ''}"]


def _title_model(settings: Settings) -> list[str]:
    from inference.models import registry

    run = registry.newest_run(TITLE_COPY)
    version = registry.champion_version(TITLE_COPY)
    serving = f"version {version}" if version else "the base model"
    if run is None or f"{HELD_OUT}/gain" not in run.scores:
        return [f"not trained, {serving} writes titles: the log of train_title_copy says why"]
    return [*_scores(run.scores), _verdict(run.tags, serving)]


def _scores(scores: Mapping[str, float]) -> list[str]:
    before = "champion" if f"{HELD_OUT}/champion/rouge_l" in scores else "base_model"
    old, new = ({name: scores[f"{HELD_OUT}/{system}/{name}"] for name in JUDGED} for system in (before, "trained"))
    mean, low, high = (scores[f"{HELD_OUT}/gain{end}"] for end in ("", "_low", "_high"))
    pairs, system = f"{scores[f'{HELD_OUT}/pairs']:.0f} held-out pairs", before.replace("_", " ")
    numbers, brands = (f"{old[name]:.0%} → {new[name]:.0%}" for name in JUDGED[1:])
    return [
        f"ROUGE-L on {pairs}: {old['rouge_l']:.3f} ({system}) → {new['rouge_l']:.3f} (trained), "
        f"{mean:+.3f}, 95 % interval {low:+.3f} to {high:+.3f}",
        f"titles with a number the content lacks {numbers}, with a brand it lacks {brands}",
    ]


def _verdict(tags: Mapping[str, str], serving: str) -> str:
    if tags.get("gate") == "promoted":
        return f"promoted: {serving} writes titles"
    return f"not promoted, {serving} writes titles: {tags.get('gate.reason', 'the gate has not judged yet')}"


def _covers(lake: Lake) -> list[str]:
    made = lake.read(COVERS, ["video_id", "generation", "chosen"]).to_pylist()
    generations = sorted({row["generation"] for row in made})
    lines = []
    for generation in generations:
        mine = [row for row in made if row["generation"] == generation]
        videos = len({row["video_id"] for row in mine})
        lines.append(f"generation {generation}: {len(mine)} candidates for {videos} videos")
    refused = _quarantined(lake, COVERS.name)
    return (lines or ["none"]) + _first(map(_say_why, refused))


def _feedback(lake: Lake) -> list[str]:
    lines = []
    for simulated in (True, False):
        where = pc.field("simulated") == simulated
        shown = lake.read(IMPRESSIONS, ["impression_id"], where=where).num_rows
        clicked = lake.read(CLICKS, ["click_id"], where=where).num_rows
        if shown:
            stamp = "simulated: " if simulated else ""
            lines.append(f"{stamp}{shown:,} impressions, {clicked:,} clicks ({clicked / shown:.2%})")
    return lines or ["none"]


def _criteria(lake: Lake) -> list[str]:
    from inference.memory import criteria

    active = criteria.active(lake, datetime.now(UTC))
    lines = [each.sentence_en for each in active]
    return _first(lines) or ["none held up so far"]


def _places(settings: Settings, up: Mapping[str, Service]) -> list[str]:
    lines = []
    if airflow := up.get("airflow"):
        login = f"user {services.USER}, password {services.password(settings)}"
        lines += [f"gallery  {airflow.url}/plugin/coverloop   ({login})", f"Airflow  {airflow.url}"]
    if mlflow := up.get("mlflow"):
        lines.append(f"MLflow   {mlflow.url}/#/experiments?workflowType=machine_learning")
    memory = psutil.virtual_memory()
    return [*lines, f"make stop ends both; {memory.used / 1e9:.1f} of {memory.total / 1e9:.0f} GB memory in use"]


def _quarantined(lake: Lake, contract: str) -> list[dict[str, Any]]:
    return lake.read(QUARANTINE, ["rule", "reason", "row"], where=pc.field("contract") == contract).to_pylist()


def _say_why(refused: dict[str, Any]) -> str:
    """A refused row's name and the reason, which may name it itself."""
    row = json.loads(refused["row"])
    name = row.get("name") or PurePosixPath(row.get("uri", "?")).name
    return refused["reason"] if refused["reason"].startswith(name) else f"{name}: {refused['reason']}"


def _first(lines) -> list[str]:
    lines = list(lines)
    rest = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + rest
