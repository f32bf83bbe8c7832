"""Traces in a real MLflow database, and what happens where there is none."""

import json
import logging
import socket
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import TraceState

from data_contracts.catalog import COVERS
from inference.covers import traces
from inference.covers.make import Brief
from inference.covers.plan import read_requirement
from inference.covers.titles.facts import Facts
from tests.conftest import free_port

BRIEF = Brief("骑行.mp4", "0123456789abcdef", Path(), Facts(), "zh", key="k", product_id="p1")
PLAN = read_requirement("竖版3:4，标题不超过10个字")


@pytest.fixture(scope="module")
def uri(tmp_path_factory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'mlflow.db'}"


@pytest.fixture
def mlflow(uri, own_home, monkeypatch) -> MlflowClient:
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", uri)
    return MlflowClient(tracking_uri=uri)


def trace_a_cover(score: float = 0.75) -> str | None:
    with traces.run(BRIEF, PLAN) as trace:
        with trace.span("watch", candidates=6) as watch:
            with trace.span("scan") as scan:
                scan.set({"frames": 120})
            watch.set({"chosen": [1.5, 2.25]}, frames_decoded=480)
        for attempt in (1, 2):
            with trace.span("act", attempt=attempt):
                pass
            with trace.span("reflect", attempt=attempt) as reflect:
                reflect.set({"met": attempt == 2})
        trace.set({"cover_id": "abc", "score": score})
    return trace.id


def test_a_trace_holds_every_step_in_its_place(mlflow):
    kept = mlflow.get_trace(trace_a_cover())
    spans = kept.data.spans
    names = {span.span_id: span.name for span in spans}
    told = [(span.name, names.get(span.parent_id)) for span in spans]
    steps = [("watch", "cover"), ("scan", "watch"), *2 * [("act", "cover"), ("reflect", "cover")]]
    assert told == [("cover", None), *steps]
    assert [span.outputs["met"] for span in spans if span.name == "reflect"] == [False, True]
    assert spans[1].inputs == {"candidates": 6}
    assert spans[1].outputs == {"chosen": [1.5, 2.25]}
    assert spans[1].attributes["frames_decoded"] == 480
    assert all(spans[0].start_time_ns <= span.start_time_ns <= span.end_time_ns for span in spans)
    assert spans[0].inputs["requirement"] == PLAN.requirement
    assert spans[0].inputs["mandatory"] == ["ratio 3:4", "title_max_chars 10"]


def test_a_trace_is_found_in_the_experiment_of_the_covers(mlflow):
    trace_id = trace_a_cover(0.5)
    experiment = mlflow.get_experiment_by_name(COVERS.name).experiment_id
    newest = mlflow.search_traces(locations=[experiment], max_results=1)[0].info
    assert (newest.trace_id, newest.state) == (trace_id, TraceState.OK)
    assert newest.request_preview == f"骑行.mp4: {PLAN.requirement}"
    assert json.loads(newest.response_preview) == {"cover_id": "abc", "score": 0.5}
    assert newest.tags["video"] == "骑行.mp4"


def test_what_failed_is_told_and_propagates(mlflow):
    with (
        pytest.raises(ValueError, match="no face"),
        traces.run(BRIEF, PLAN) as trace,
        trace.span("act"),
    ):
        raise ValueError("no face in any frame")
    kept = mlflow.get_trace(trace.id)
    assert kept.info.state == TraceState.ERROR
    assert kept.info.response_preview == "ValueError: no face in any frame"
    assert [span.status.description for span in kept.data.spans] == 2 * ["ValueError: no face in any frame"]


def test_no_picture_and_no_long_text_gets_into_a_trace(mlflow):
    with traces.run(BRIEF, PLAN) as trace:
        big = {"jpeg": b"x" * 9000, "image": np.zeros((40, 30, 3)), "text": "字" * 9000, "times": list(range(999))}
        trace.set({**big, "score": np.float64(0.123456789), "box": {"left": 1}, "path": Path("a.mp4")})
    told = mlflow.get_trace(trace.id).data.spans[0].outputs
    assert (told["jpeg"], told["image"]) == ("9000 bytes", "array of shape (40, 30, 3)")
    assert told["text"].endswith("… (9000 characters)")
    assert told["times"][-1] == f"and {999 - traces.LONGEST_LIST} more"
    assert (told["score"], told["box"], told["path"]) == (0.1235, {"left": 1}, "a.mp4")
    assert len(json.dumps(told, ensure_ascii=False)) < 2000


def test_without_mlflow_one_warning_and_nothing_else(own_home, caplog):
    with caplog.at_level(logging.WARNING):
        assert [trace_a_cover(), trace_a_cover()] == [None, None]
    assert [record.message for record in caplog.records] == [
        "covers are made without traces: there is no MLflow yet; make run or COVERLOOP_MLFLOW_URI has one"
    ]
    assert not own_home.exists()


def test_a_server_that_is_down_or_hangs_costs_one_warning(monkeypatch, caplog):
    with socket.socket() as hanging:
        hanging.bind(("127.0.0.1", 0))
        hanging.listen()
        for port in (free_port(), hanging.getsockname()[1]):
            caplog.clear()
            monkeypatch.setenv("COVERLOOP_MLFLOW_URI", f"http://127.0.0.1:{port}")
            assert [trace_a_cover(), trace_a_cover()] == [None, None]
            (warning,) = caplog.records
            assert f"MLflow at http://127.0.0.1:{port} does not answer" in warning.message
            assert traces.address("tr-1") == ""


def test_a_database_that_takes_no_trace_costs_one_warning(tmp_path, monkeypatch, caplog):
    (tmp_path / "mlflow.db").write_text("no database at all, and long enough to be told from an empty one" * 100)
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    with caplog.at_level(logging.WARNING, "inference"):
        trace_a_cover()
        trace_a_cover()
    ours = [record.message for record in caplog.records if record.name == traces.__name__]
    assert len(ours) == 1
    assert "took none" in ours[0]
    assert "not a database" in ours[0]
