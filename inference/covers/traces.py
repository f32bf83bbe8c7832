"""What the agent did for each video, as a trace in MLflow: plan, watch, act and reflect, one span each.

Besides the registry this is the only place of ``inference`` that speaks to MLflow. Spans are collected
in memory and written at once when a video is done, through a client of its own, so nothing global is
set. Where MLflow is not to be had covers are made all the same, and one warning says so.

    with traces.run(brief, plan) as trace:
        with trace.span("watch", candidates=6) as span:
            span.set({"considered": 120})
"""

import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts import settings
from data_contracts.catalog import COVERS
from inference.covers.plan import Plan, Task

if TYPE_CHECKING:
    from inference.covers.make import Brief

log = logging.getLogger(__name__)

PLAN, WATCH, ACT, REFLECT = "plan", "watch", "act", "reflect"

SPAN_TYPES = {PLAN: "PARSER", WATCH: "RETRIEVER", ACT: "TOOL", REFLECT: "EVALUATOR"}
"""MLflow's names for what a span does; its page gives each an icon. Others are tasks."""

REACH_S = 2.0
"""Seconds in which a tracking server must answer before covers are made; a healthy one takes milliseconds."""

WRITE_S = 60.0
"""Seconds after which a write of a trace is given up. One takes a tenth of a second, the first of a process
up to twenty on a busy machine, for it loads MLflow; a server that went away MLflow itself would ask for minutes."""

LONGEST_TEXT = 500
"""Characters of a text in a trace: enough for a title or a reason, and no transcript."""

LONGEST_LIST = 30
"""Items of a list in a trace."""

SQLITE = "sqlite:///"


@dataclass
class Span:
    """A step of the agent that is under way. Times are nanoseconds since 1970."""

    name: str
    inputs: Mapping[str, Any]
    parent: "Span | None"
    outputs: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    failure: str = ""
    span_id: str = field(default_factory=lambda: os.urandom(8).hex())
    started_ns: int = field(default_factory=time.time_ns)
    ended_ns: int = 0

    def set(self, outputs: Mapping[str, Any], **attributes: Any) -> None:
        """Add to what came of the step: ids, scores, reasons. Attributes are figures, such as a cost."""
        self.outputs.update(outputs)
        self.attributes.update(attributes)

    @property
    def seconds(self) -> float:
        return (self.ended_ns - self.started_ns) / 1e9


class Trace:
    """The spans of one video, in the order in which they began. ``id`` is None where none is written."""

    def __init__(self, trace_id: str | None, root: Span) -> None:
        self.id = trace_id
        self.root = root
        self.spans = [root]
        self._open = [root]

    @contextmanager
    def span(self, name: str, **inputs: Any) -> Iterator[Span]:
        """A step within the one that is under way. An exception is noted with it and propagates."""
        opened = Span(name, inputs, self._open[-1])
        self.spans.append(opened)
        self._open.append(opened)
        try:
            with _timed(opened):
                yield opened
        finally:
            self._open.pop()

    def set(self, outputs: Mapping[str, Any], **attributes: Any) -> None:
        """Add to what came of the video."""
        self.root.set(outputs, **attributes)


@contextmanager
def run(brief: "Brief", plan: Plan) -> Iterator[Trace]:
    """Trace what is done for a video, of which ``brief`` tells, by a plan. Never raises on MLflow's account."""
    uri = settings.load().mlflow
    told = {
        "video": brief.name,
        "requirement": plan.requirement,
        "mandatory": [_in_words(task) for task in plan.mandatory],
        "optional": [_in_words(task) for task in plan.optional],
        "unread": plan.unread,
        "video_id": brief.video_id,
        "product_id": brief.product_id,
    }
    trace_id = f"tr-{os.urandom(16).hex()}" if _reachable(uri) else None
    trace = Trace(trace_id, Span("cover", told, None))
    try:
        with _timed(trace.root):
            yield trace
    finally:
        if trace_id is not None:
            _write_in_time(uri, trace)


def address(trace_id: str) -> str:
    """MLflow's page of a trace; empty where MLflow is no server or does not answer."""
    import httpx

    uri = settings.load().mlflow
    if not (trace_id and uri.startswith("http")):
        return ""
    try:
        return f"{uri.rstrip('/')}/#/experiments/{_ask_experiment_id(uri)}/traces?selectedEvaluationId={trace_id}"
    except httpx.HTTPError:
        return ""


@contextmanager
def _timed(span: Span) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        span.failure = f"{type(error).__name__}: {error}"
        raise
    finally:
        span.ended_ns = time.time_ns()


@lru_cache
def _reachable(uri: str) -> bool:
    """Whether traces can be written, found out once for a process; what keeps them from it is a warning."""
    if uri.startswith("http"):
        return _answers(uri)
    chosen = bool(settings.load().mlflow_uri)
    if not chosen and uri.startswith(SQLITE) and not Path(uri.removeprefix(SQLITE)).exists():
        log.warning("covers are made without traces: there is no MLflow yet; make run or COVERLOOP_MLFLOW_URI has one")
        return False
    return True


def _answers(uri: str) -> bool:
    import httpx

    try:
        httpx.get(f"{uri.rstrip('/')}/health", timeout=REACH_S).raise_for_status()
    except httpx.HTTPError as error:
        log.warning("covers are made without traces: MLflow at %s does not answer (%s)", uri, error)
        return False
    return True


_failed: set[str] = set()
"""Tracking URIs at which a write failed in this process. They are warned of once and not tried again."""


def _write_in_time(uri: str, trace: Trace) -> None:
    if uri in _failed:
        return
    errors: list[str] = ["no answer in time"]
    writer = threading.Thread(target=_try_to_write, args=(uri, trace, errors), daemon=True)
    writer.start()
    writer.join(WRITE_S)
    if errors:
        _failed.add(uri)
        log.warning("covers are made without further traces: MLflow at %s took none (%s)", uri, errors[-1])


def _try_to_write(uri: str, trace: Trace, errors: list[str]) -> None:
    """Empties ``errors`` on success. Whatever MLflow raises must not cost a cover."""
    try:
        _write(uri, trace)
    except Exception as error:
        errors.append(f"{type(error).__name__}: {error}")
    else:
        errors.clear()


def _write(uri: str, trace: Trace) -> None:
    from mlflow.entities import TraceInfo, TraceLocation, TraceState
    from mlflow.entities.span import Span as MlflowSpan
    from mlflow.tracing.client import TracingClient

    experiment, root = _experiment(uri), trace.root
    spans = [MlflowSpan.from_dict(_as_dict(span, trace.id)) for span in trace.spans]
    client = TracingClient(uri)
    client.log_spans(experiment, spans)
    client.start_trace(
        TraceInfo(
            trace_id=trace.id,
            trace_location=TraceLocation.from_experiment_id(experiment),
            request_time=root.started_ns // 1_000_000,
            state=TraceState.ERROR if root.failure else TraceState.OK,
            request_preview=f"{root.inputs['video']}: {root.inputs['requirement'] or 'no requirement'}",
            response_preview=root.failure or _as_json(_small(root.outputs)),
            execution_duration=(root.ended_ns - root.started_ns) // 1_000_000,
            tags={"mlflow.traceName": root.name, "video": str(root.inputs["video"])},
        )
    )


def _in_words(task: Task) -> str:
    """``show face``"""
    return " ".join([task.what, *(str(value) for value in task.parameters.values() if value is not None)])


def _experiment(uri: str) -> str:
    """The id of the experiment named after the covers, which is made when there is none."""
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    from data_contracts.contract import load

    client = MlflowClient(tracking_uri=uri)
    if found := client.get_experiment_by_name(COVERS.name):
        return found.experiment_id
    home = settings.load().home
    artifacts = None if uri.startswith("http") else (home / "artifacts" / COVERS.name).absolute().as_uri()
    about = f"{load(COVERS).purpose} One trace for each video: what the agent planned, watched, tried and judged."
    try:
        return client.create_experiment(COVERS.name, artifacts, tags={"mlflow.note.content": about})
    except MlflowException:  # another process was faster
        if found := client.get_experiment_by_name(COVERS.name):
            return found.experiment_id
        raise


@lru_cache
def _ask_experiment_id(uri: str) -> str:
    """Raises ``httpx.HTTPError`` when the server does not answer in time or has no such experiment."""
    import httpx

    asked = f"{uri.rstrip('/')}/api/2.0/mlflow/experiments/get-by-name"
    answer = httpx.get(asked, params={"experiment_name": COVERS.name}, timeout=REACH_S)
    return answer.raise_for_status().json()["experiment"]["experiment_id"]


def _as_dict(span: Span, trace_id: str) -> dict[str, Any]:
    """A span in MLflow's own form; values of its attributes are JSON."""
    told = {
        "mlflow.traceRequestId": trace_id,
        "mlflow.spanType": "AGENT" if span.parent is None else SPAN_TYPES.get(span.name, "TASK"),
        "mlflow.spanInputs": _small(span.inputs),
        "mlflow.spanOutputs": _small(span.outputs),
        "cost_s": round(span.seconds, 3),
        **_small(span.attributes),
    }
    return {
        "trace_id": trace_id,
        "span_id": span.span_id,
        "parent_span_id": span.parent.span_id if span.parent else "",
        "name": span.name,
        "start_time_unix_nano": span.started_ns,
        "end_time_unix_nano": span.ended_ns,
        "status": {"code": "ERROR" if span.failure else "OK", "message": span.failure},
        "attributes": {name: _as_json(value) for name, value in told.items()},
    }


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _small(value: Any) -> Any:
    """The value as JSON can hold it, without pictures, long texts and long lists, and with no more digits than help."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _small(item) for key, item in value.items()}
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}… ({len(value)} characters)"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, float):
        return round(value, 4)
    if value is None or isinstance(value, bool | int):
        return value
    return _small_list(value)


def _small_list(value: Any) -> Any:
    if isinstance(value, Sequence | set | frozenset):
        items = [_small(item) for item in list(value)[:LONGEST_LIST]]
        return items if len(value) <= LONGEST_LIST else [*items, f"and {len(value) - LONGEST_LIST} more"]
    if hasattr(value, "shape"):
        return f"array of shape {tuple(value.shape)}" if value.shape else _small(value.item())
    return _small(str(value))
