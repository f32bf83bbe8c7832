"""What MLflow's pages of a model say of serving: which version, since when, and what served before.

A registered version's description opens with one line on its serving, above its card; the registered
model's has the history. Both are told anew after each event, and as often as one likes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from data_contracts.catalog import Model
from inference.models import registry
from training import tracking
from training.promotion.ledger import Event

LISTED = 20
"""Newest events in the registered model's description; ``served_models`` has them all."""

LONGEST_REASON = 160
"""Characters of a reason in a line or a cell."""

BREAK = "\n\n"


def tell(model: Model, events: Sequence[Event], versions: Iterable[int | None]) -> None:
    """Write what the events say onto the registered model and the given versions, keeping their cards."""
    newest = next((event for event in reversed(events) if event.kind != "refused"), None)
    serving = newest.version if newest else None
    since = f"{newest.happened_at:%Y-%m-%d %H:%M} UTC" if newest else "ever"
    tracking.annotate(model, None, tell_history(model, events), {"serving": name_of(serving), "serving_since": since})
    for version in sorted({version for version in versions if version}):
        told = tell_version(version, events)
        _, _, card = registry.description(model, version).partition(BREAK)
        tracking.annotate(model, version, told + BREAK + card, {"serving": told.replace("**", "")})


def tell_card(model: Model, version: int, card: str) -> None:
    """Put a card below the line on a version's serving."""
    line, _, _ = registry.description(model, version).partition(BREAK)
    tracking.annotate(model, version, (line or "Not judged yet.") + BREAK + card)


def tell_history(model: Model, events: Sequence[Event]) -> str:
    """Markdown: what the model is about, what serves, and the newest events, newest first."""
    lines = ["| when (UTC) | what | why | decided by |", "|---|---|---|---|"]
    for event in list(reversed(events))[:LISTED]:
        cells = (f"{event.happened_at:%Y-%m-%d %H:%M}", describe(event), shorten(event.why), event.decided_by)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    newest = next((event for event in reversed(events) if event.kind != "refused"), None)
    serves = f"**{name_of(newest.version).capitalize()} serves** since {_time(newest.happened_at)}." if newest else ""
    return BREAK.join(part for part in (model.about, serves, "\n".join(lines)) if part)


def tell_version(version: int, events: Sequence[Event]) -> str:
    """One line: since when a version serves, or from when to when it did, or why it never did."""
    told = [event for event in events if event.kind != "refused"]
    spans = [place for place, event in enumerate(told) if event.version == version]
    if not spans:
        refused = next((e for e in reversed(events) if e.kind == "refused" and e.version == version), None)
        return f"Never served: {shorten(refused.why)}" if refused else "Never served."
    start = told[spans[-1]]
    if spans[-1] == len(told) - 1:
        return f"**Serves** since {_time(start.happened_at)}: {shorten(start.why)}"
    end = told[spans[-1] + 1]
    span = f"from {_time(start.happened_at)} to {_time(end.happened_at)}"
    return f"Served {span}, then {describe(end)}: {shorten(end.why)}"


def describe(event: Event) -> str:
    """An event in a few words."""
    version, before = name_of(event.version), name_of(event.from_version)
    return {
        "promoted": f"{version} promoted" + (f" over {before}" if event.from_version else ""),
        "rolled_back": f"rolled back from {before} to {version}",
        "refused": f"{version} refused, {before} stays",
        "bootstrap": f"{version} found serving",
    }[event.kind]


def name_of(version: int | None) -> str:
    """How a version is called; none is what serves without training: a base model, or nothing."""
    return f"version {version}" if version else "no version"


def shorten(text: str) -> str:
    """One line of a reason."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON - 1]}…"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
