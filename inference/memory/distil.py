"""From effects to criteria in memory: what holds is kept, what no longer holds is retired.

A criterion must be a discovery (see ``effects.py``), and the champion click model, if there is one,
must not speak against its direction: it sees steps and curves where the regression sees a line.
Asking both can only lower the number of false criteria. The model is judged on videos it never saw,
the regression compares covers within a video: with few videos the second knows long before the first.

Each run estimates anew. A criterion that no longer holds is retired. One that could not be estimated,
perhaps because all covers meet it by now, stays until it expires: a fixed number of days after the
newest outcome behind it, so that estimating again from the same old clicks does not keep it alive.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from data_contracts.catalog import MEMORY_CRITERIA, OUTCOMES
from data_contracts.errors import NothingToDo
from data_contracts.store import Lake
from inference.feedback.evidence import Evidence, read_evidence
from inference.memory import click_model, criteria, words
from inference.memory.criteria import ALL
from inference.memory.effects import Effect, estimate_effects, find_discoveries
from inference.models.registry import Champion

log = logging.getLogger(__name__)

NO_CLICK_MODEL = 0
"""Stands for a champion's version where there is none."""

HAVE_TO_HAVE_LIFT = 0.5
"""Share of the mean click rate that the lower end of an effect's interval must reach for a criterion
to be mandatory: covers without it surely lose a third of their clicks or more."""


def refresh(lake: Lake, champion: Champion | None, valid_days: int, now: datetime, run: str) -> dict[str, Any]:
    """Estimate criteria from the outcomes of the last ``valid_days`` and bring memory up to date.

    ``changed`` says whether the set of active criteria (feature, direction, scope) is another than
    before. Raises ``NothingToDo`` without outcomes, or when neither outcomes nor click model are
    new and nothing expired.
    """
    version = lake.version(OUTCOMES)
    if not version:
        raise NothingToDo("no outcomes yet; collect_feedback makes them from impressions and clicks")
    click_model_version = champion.version if champion else NO_CLICK_MODEL
    mark = f"distilled-by-click-model-{click_model_version}"
    before = criteria.active(lake, now)
    known = [row for row in lake.read(MEMORY_CRITERIA).to_pylist() if row["status"] == "active"]
    rows = known
    if not _is_marked(lake, mark, version):
        rows = _estimate_anew(known, read_evidence(lake, valid_days), champion, valid_days)
    elif all(row["valid_until"] > now for row in known):
        raise NothingToDo(f"outcomes version {version} were distilled with click model {click_model_version} before")
    held = [row for row in rows if row["valid_until"] > now]
    kept = {row["criterion_id"] for row in held}
    retired = [{**row, "status": "retired"} for row in known if row["criterion_id"] not in kept]
    if held or retired:
        lake.write(MEMORY_CRITERIA, held + retired, run)
    lake.tag(OUTCOMES, mark, version)
    after = criteria.active(lake, now)
    return {
        "active": len(after),
        "retired": len(retired),
        "changed": criteria.key(before) != criteria.key(after),
        "criteria_version": lake.version(MEMORY_CRITERIA),
        "outcomes_version": version,
        "click_model": click_model_version,
    }


def publish(lake: Lake, now: datetime) -> dict[str, Any]:
    """What is asked of covers now: the same whenever the same is asked, however it was estimated.

    Raises ``NothingToDo`` before the first criterion was learned.
    """
    if not lake.version(MEMORY_CRITERIA):
        raise NothingToDo("no criterion was ever learned")
    in_force = criteria.active(lake, now)
    return {"active": len(in_force), "criteria": criteria.key(in_force)}


def _is_marked(lake: Lake, mark: str, version: int) -> bool:
    return lake.open(OUTCOMES).tags.list().get(mark, {}).get("version") == version


def _estimate_anew(
    known: list[dict[str, Any]], evidence: Evidence, champion: Champion | None, valid_days: int
) -> list[dict[str, Any]]:
    """Rows of the criteria that hold, and of known ones of which nothing could be said this time."""
    cuts = {(row["feature"], row["scope"]): row["low"] if row["high"] is None else row["high"] for row in known}
    effects = estimate_effects(evidence, cuts)
    asked = {(effect.feature, effect.scope) for effect in effects}
    unasked = [row for row in known if (row["feature"], row["scope"]) not in asked]
    held = _find_held(effects, evidence, champion)
    for effect in sorted(effects, key=lambda each: each.p):
        log.info("%s", _describe(effect, effect in held))
    return [_row(effect, evidence, champion, valid_days) for effect in held] + unasked


def _find_held(effects: Sequence[Effect], evidence: Evidence, champion: Champion | None) -> list[Effect]:
    """Effects that become criteria; one that holds in general is not repeated for a category."""
    held = find_discoveries(effects)
    if held and champion:
        said = click_model.explain(click_model.load(champion.path), evidence.covers)
        held = [effect for effect in held if not _speaks_against(said, effect, evidence.covers)]
    general = {(effect.feature, effect.difference > 0) for effect in held if effect.scope == ALL}
    return [each for each in held if each.scope == ALL or (each.feature, each.difference > 0) not in general]


def _speaks_against(said: pd.DataFrame, effect: Effect, covers: pd.DataFrame) -> bool:
    inside = covers.index if effect.scope == ALL else covers.index[covers["category"] == effect.scope]
    high = covers.loc[inside, effect.feature] >= effect.cut
    contribution = said.loc[inside, effect.feature]
    return bool((contribution[high].mean() - contribution[~high].mean()) * effect.difference < 0)


def _row(effect: Effect, evidence: Evidence, champion: Champion | None, valid_days: int) -> dict[str, Any]:
    more = effect.difference > 0
    low, high = (effect.cut, None) if more else (None, effect.cut)
    ends = sorted(abs(end) for end in (effect.low, effect.high))
    shown_at = evidence.outcomes["shown_at"]
    mandatory = ends[0] >= HAVE_TO_HAVE_LIFT * evidence.outcomes["clicked"].mean()
    return {
        "criterion_id": _digest(effect.feature, low, high, effect.scope),
        "feature": effect.feature,
        "low": low,
        "high": high,
        "scope": effect.scope,
        "effect": abs(effect.difference),
        "interval_low": ends[0],
        "interval_high": ends[1],
        "support": effect.impressions,
        "need": "have_to_have" if mandatory else "better_to_have",
        "status": "active",
        "valid_from": shown_at.min().to_pydatetime(),
        "valid_until": shown_at.max().to_pydatetime() + timedelta(days=valid_days),
        "sentence_zh": words.say_zh(effect, evidence.simulated),
        "sentence_en": words.say_en(effect, evidence.simulated),
        "click_model": str(champion.version if champion else NO_CLICK_MODEL),
        "outcomes_version": evidence.version,
        "simulated": evidence.simulated,
    }


def _describe(effect: Effect, held: bool) -> str:
    points = [100 * value for value in (effect.difference, effect.low, effect.high)]
    return "{:>15} ≥ {:<7g} {:>8}: {:+.2f} points ({:+.2f} to {:+.2f}), p = {:.4f}{}".format(
        *(effect.feature, effect.cut, effect.scope, *points, effect.p, ", becomes a criterion" if held else "")
    )


def _digest(*parts: Any) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
