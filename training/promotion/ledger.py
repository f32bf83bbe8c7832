"""What serves, and the record of it, which must not tell different stories.

The alias ``champion`` in MLflow is what serves; the dataset ``served_models`` says since when and
why. Two stores cannot be written at once, so the whole event is first left as a tag on the
registered model, then the alias is moved, then the row is written, then the tag goes. Whoever opens
the ledger next and finds a tag knows that a writer was interrupted: the alias where the tag says it
goes means that the row may be missing, and it is written as it was meant; the alias elsewhere means
that nothing happened yet. A version that serves without either, because somebody moved the alias by
hand, gets a row that says so.
"""

import dataclasses
import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pyarrow.compute as pc
from filelock import FileLock

from data_contracts import settings
from data_contracts.catalog import SERVED_MODELS, Model
from data_contracts.contract import load
from data_contracts.store import Lake
from inference.models import registry
from training import tracking

log = logging.getLogger(__name__)

MEANT = "served_event"
"""Tag on the registered model: an event, from before the alias is moved until its row is written."""

Kind = Literal["promoted", "rolled_back", "refused", "bootstrap"]


@dataclass(frozen=True)
class Event:
    """A row of ``served_models``: see its contract. ``version`` None is no version, what served before any did."""

    model: str
    kind: Kind
    version: int | None
    from_version: int | None
    happened_at: datetime
    why: str
    decided_by: str
    run: str
    mlflow_run: str | None = None
    scores: Sequence[dict[str, Any]] | None = None
    held_out: str | None = None
    lineage: str | None = None

    @property
    def event_id(self) -> str:
        """The same for every attempt of one task."""
        identity = [self.model, self.kind, self.version, self.from_version, self.mlflow_run, self.run]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:16]

    def as_row(self) -> dict[str, Any]:
        return {"event_id": self.event_id, **dataclasses.asdict(self)}

    def as_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "Event":
        fields = json.loads(text)
        return cls(**fields | {"happened_at": datetime.fromisoformat(fields["happened_at"])})


class Ledger:
    """A model's events, oldest first, while nobody else may add one."""

    def __init__(self, lake: Lake, model: Model):
        self.model = model
        self.events = history(lake, model)
        self._lake = lake
        self._repair()

    @property
    def serving(self) -> int | None:
        """The version that serves now."""
        return registry.champion_version(self.model)

    def of_run(self, run: str, kind: Kind) -> Event | None:
        """What a run did already, should this be another attempt of it."""
        return next((event for event in self.events if (event.run, event.kind) == (run, kind)), None)

    def serve(self, event: Event) -> Event:
        """Let an event's version serve, and write the row. Raises ``ValueError`` when its contract refuses it."""
        event = self._in_order(event)
        tracking.annotate(self.model, tags={MEANT: event.as_json()})
        if event.version is None:
            tracking.remove_alias(self.model, registry.CHAMPION)
        else:
            tracking.set_alias(self.model, event.version, registry.CHAMPION)
        self._write(event)
        tracking.remove_tag(self.model, MEANT)
        return event

    def note(self, event: Event) -> Event:
        """Write the row of a decision that changes nothing of what serves."""
        if known := next((each for each in self.events if each.event_id == event.event_id), None):
            return known
        event = self._in_order(event)
        self._write(event)
        return event

    def previous(self) -> int | None:
        """What served before the present version was promoted; versions taken back meanwhile are passed over."""
        version, passed = self.serving, set()
        while version is not None and version not in passed:
            passed.add(version)
            version = next((e.from_version for e in reversed(self.events) if _promotes(e, version)), None)
            if version is not None and not self.taken_back(version):
                return version
        return None

    def taken_back(self, version: int) -> Event | None:
        """The rollback that took a version off, unless it came back after that."""
        for event in reversed(self.events):
            if event.kind == "rolled_back" and event.from_version == version:
                return event
            if event.kind != "refused" and event.version == version:
                return None
        return None

    def find_taken_back(self, version: int, lineage: str) -> Event | None:
        """The rollback of a version, or of one that was made of the same data with the same recipe."""
        same = {e.version for e in self.events if e.kind == "promoted" and e.lineage == lineage and e.version}
        taken = (self.taken_back(each) for each in sorted({version, *same}))
        return next((event for event in taken if event), None)

    def _repair(self) -> None:
        serving = self.serving
        if text := registry.tags_of(self.model).get(MEANT):
            meant = Event.from_json(text)
            if meant.version == serving and meant.event_id not in {event.event_id for event in self.events}:
                log.warning("%s: version %s serves, its row is missing: writing it now", self.model.name, serving)
                self._write(meant)
            tracking.remove_tag(self.model, MEANT)
        told = next((event.version for event in reversed(self.events) if event.kind != "refused"), None)
        if told != serving:
            self._write(self._in_order(_found(self.model, serving, told)))

    def _in_order(self, event: Event) -> Event:
        """The event, later than the one before it whatever the clocks say, and as its contract wants it."""
        if self.events and event.happened_at <= self.events[-1].happened_at:
            event = dataclasses.replace(event, happened_at=self.events[-1].happened_at + timedelta(microseconds=1))
        _, refused = load(SERVED_MODELS).check([event.as_row()])
        if refused:
            raise ValueError(f"{self.model.name}: nothing was changed, the record would refuse it: {refused[0].reason}")
        return event

    def _write(self, event: Event) -> None:
        self._lake.write(SERVED_MODELS, [event.as_row()], run=event.run, on_match="keep")
        self.events.append(event)


@contextmanager
def open_ledger(lake: Lake, model: Model) -> Iterator[Ledger]:
    """A model's ledger, put right where an interrupted writer left it, and closed to everybody else meanwhile."""
    home = settings.load().home
    home.mkdir(parents=True, exist_ok=True)
    with FileLock(home / f".{model.name}.serving.lock"):
        yield Ledger(lake, model)


def history(lake: Lake, model: Model) -> list[Event]:
    """A model's events, oldest first."""
    rows = lake.read(SERVED_MODELS, where=pc.field("model") == model.name).to_pylist()
    events = [Event(**{name: value for name, value in row.items() if name != "event_id"}) for row in rows]
    return sorted(events, key=lambda event: event.happened_at)


def now() -> datetime:
    """The time of an event, UTC."""
    return datetime.now(UTC)


def _promotes(event: Event, version: int) -> bool:
    return event.kind in ("promoted", "bootstrap") and event.version == version


def _found(model: Model, serving: int | None, told: int | None) -> Event:
    """The row of what serves though no row told of it: it served before there was a record, or was set by hand."""
    moment = now()
    name = f"version {serving}" if serving else "no version"
    why = f"found that {name} serves: no promotion and no rollback of ours set it"
    log.warning("%s: %s", model.name, why)
    return Event(model.name, "bootstrap", serving, told, moment, why, "nobody known", f"found {moment.isoformat()}")
