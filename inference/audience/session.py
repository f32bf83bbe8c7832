"""The newest covers meet the simulated crowd; its impressions and clicks land in the lake.

The candidates of a video are its covers of the newest generation and of the one before, shown side
by side, because click rates of two different days say little about which covers are better.

The day is dated back: the last one whose attribution windows had all closed when the covers were
made. It depends on nothing but the covers and the outcomes known before, so that a retried task
writes the same rows.
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import contract
from data_contracts.catalog import CLICKS, COVERS, IMPRESSIONS, OUTCOMES
from data_contracts.errors import NothingToDo
from data_contracts.settings import Settings
from data_contracts.store import Lake
from inference.audience.crowd import DEVICES, DOUBLE_CLICK_SHARE, MAX_DELAY_S, NETWORKS, Crowd
from inference.audience.day import HOURS, Day, Shown
from inference.distribution.policy import CoverPolicy

SEED = 20
DOUBLE_CLICK_S = 0.4


def serve(lake: Lake, where: Settings, crowd: Crowd, run: str) -> dict[str, int]:
    """Show the newest generation of covers to the crowd and write impressions and clicks.

    Raises ``NothingToDo`` when simulation is off, the newest generation lies beyond those to be
    simulated, or it was shown already.
    """
    covers = lake.read(COVERS, ["cover_id", "video_id", "generation", "features"])
    generation = _find_due_generation(lake, covers, where.simulated_generations)
    candidates = _list_candidates(covers)
    policy = CoverPolicy(where.uniform_share, SEED)
    policy.learn(_read_known_outcomes(lake, covers))
    session = _digest([crowd.seed, where.simulated_impressions, candidates, policy.version])
    rng = np.random.default_rng(int(session, 16))
    window = timedelta(minutes=where.attribution_window_minutes)
    day = _last_closed_day(lake, max(window, timedelta(seconds=MAX_DELAY_S)))
    appeals = _judge(crowd, covers)
    shown = Day(crowd, policy, candidates, appeals, where.simulated_impressions, day, window, rng).run()
    # Clicks first: the impressions are what marks a generation as shown, so a retry completes both.
    clicks = lake.write(CLICKS, _click_rows(session, shown, rng), run)
    impressions = lake.write(IMPRESSIONS, _impression_rows(session, shown), run)
    return {
        "generation": generation,
        "impressions": len(shown),
        "clicks": clicks.inserted + clicks.updated + clicks.unchanged,
        "impressions_version": impressions.version,
        "clicks_version": clicks.version,
    }


def _find_due_generation(lake: Lake, covers: pa.Table, simulated_generations: int) -> int:
    if not simulated_generations:
        raise NothingToDo("the simulated crowd is off; set COVERLOOP_SIMULATED_GENERATIONS to 1 or more to try it")
    if not covers.num_rows:
        raise NothingToDo("no cover was made yet")
    generation = pc.max(covers["generation"]).as_py()
    if generation > simulated_generations:
        raise NothingToDo(f"generation {generation} lies beyond the {simulated_generations} to be simulated")
    newest = covers.filter(pc.equal(covers["generation"], generation))["cover_id"].combine_chunks()
    served = lake.read(IMPRESSIONS, ["cover_id"], where=pc.field("simulated") & pc.field("cover_id").isin(newest))
    if served.num_rows:
        raise NothingToDo(f"generation {generation} was shown already")
    return generation


def _list_candidates(covers: pa.Table) -> dict[str, list[str]]:
    """Each video's covers of its two newest generations, in a fixed order."""
    rows = sorted(covers.select(["video_id", "cover_id", "generation"]).to_pylist(), key=lambda row: row["cover_id"])
    newest: dict[str, int] = {}
    for row in rows:
        newest[row["video_id"]] = max(row["generation"], newest.get(row["video_id"], 0))
    candidates: dict[str, list[str]] = {video: [] for video in sorted(newest)}
    for row in rows:
        if row["generation"] >= newest[row["video_id"]] - 1:
            candidates[row["video_id"]].append(row["cover_id"])
    return candidates


def _read_known_outcomes(lake: Lake, covers: pa.Table) -> pa.Table:
    """What the crowd's own earlier clicks have taught; real viewers' outcomes say nothing about it."""
    of_these = pc.field("cover_id").isin(covers["cover_id"].combine_chunks())
    return lake.read(OUTCOMES, ["video_id", "cover_id", "clicked"], where=pc.field("simulated") & of_these)


def _last_closed_day(lake: Lake, delay: timedelta) -> datetime:
    """Midnight, UTC, at which the last day began that was over by ``delay`` when ``covers`` were committed."""
    committed = lake.open(COVERS).versions()[-1]["timestamp"].astimezone(UTC)  # Lance tells it in local time
    midnight = (committed - delay).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(hours=HOURS)


def _judge(crowd: Crowd, covers: pa.Table) -> dict[str, np.ndarray]:
    """What the crowd secretly thinks of each cover."""
    appeals = {}
    for row in covers.to_pylist():
        features = {each["name"]: each["value"] for each in row["features"]}
        appeals[row["cover_id"]] = crowd.appeal(row["video_id"], row["cover_id"], features)
    return appeals


def _impression_rows(session: str, shown: Shown) -> pa.Table:
    visit = np.array(shown.visit)
    columns: dict[str, Any] = {
        "impression_id": _impression_ids(session, shown),
        "request_id": [f"{session}-{number}" for number in shown.visit],
        "video_id": shown.video_id,
        "cover_id": [decision.cover_id for decision in shown.decision],
        "candidates": [list(decision.candidates) for decision in shown.decision],
        "policy_version": [decision.policy_version for decision in shown.decision],
        "propensity": [decision.propensity for decision in shown.decision],
        "position": shown.position,
        "network": np.take(NETWORKS, shown.visits.network[visit]),
        "device": np.take(DEVICES, shown.visits.device[visit]),
        "hour": shown.visits.hour[visit],
        "shown_at": [shown.visits.time(number) for number in shown.visit],
        "simulated": np.full(len(shown), True),
    }
    return pa.table(columns, schema=contract.load(IMPRESSIONS).schema)


def _click_rows(session: str, shown: Shown, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Clicks, some of them doubled a moment later, as fingers do."""
    ids = _impression_ids(session, shown)
    clicked = np.flatnonzero(~np.isnan(shown.delay_s))
    doubled = clicked[rng.random(len(clicked)) < DOUBLE_CLICK_SHARE]
    return [
        {
            "click_id": f"{ids[place]}-{repeat}",
            "impression_id": ids[place],
            "clicked_at": shown.visits.time(shown.visit[place])
            + timedelta(seconds=float(shown.delay_s[place]) + DOUBLE_CLICK_S * repeat),
            "simulated": True,
        }
        for repeat, places in enumerate((clicked, doubled))
        for place in places
    ]


def _impression_ids(session: str, shown: Shown) -> list[str]:
    return [f"{session}-{visit}-{position}" for visit, position in zip(shown.visit, shown.position, strict=True)]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:12]
