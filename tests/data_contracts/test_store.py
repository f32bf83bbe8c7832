"""The lake under retries, kills and crowds of writers."""

import multiprocessing
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import lance
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from data_contracts.catalog import CLICKS, PRODUCTS, QUARANTINE
from data_contracts.contract import load
from data_contracts.errors import ContractViolation
from data_contracts.store import Lake

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def click(number: int, impression: str = "i", **change) -> dict:
    return {"click_id": f"c{number}", "impression_id": impression, "clicked_at": NOW, "simulated": True, **change}


def rows_of(lake: Lake, dataset=CLICKS) -> list[dict]:
    return sorted(lake.read(dataset).to_pylist(), key=lambda row: row["click_id"])


def test_what_is_written_can_be_read(lake):
    landed = lake.write(CLICKS, [click(1), click(2)], run="r")
    assert (landed.inserted, landed.updated, landed.unchanged, landed.refused) == (2, 0, 0, 0)
    assert rows_of(lake) == [click(1), click(2)]
    assert lake.version(CLICKS) == landed.version


def test_a_dataset_never_written_is_empty(lake):
    assert lake.version(CLICKS) == 0
    assert lake.read(CLICKS, ["click_id"]).num_rows == 0


def test_writing_again_changes_nothing_not_even_the_version(lake):
    first = lake.write(CLICKS, [click(1), click(2)], run="r")
    again = lake.write(CLICKS, [click(2), click(1)], run="retry")
    assert (again.version, again.unchanged, again.changed) == (first.version, 2, False)


def test_a_newer_row_replaces_its_key_unless_the_old_is_to_be_kept(lake):
    lake.write(CLICKS, [click(1)], run="r")
    lake.write(CLICKS, [click(1, "other"), click(2)], run="r", on_match="keep")
    assert rows_of(lake) == [click(1), click(2)]
    lake.write(CLICKS, [click(1, "other")], run="r")
    assert rows_of(lake) == [click(1, "other"), click(2)]


def test_a_complete_write_deletes_what_it_does_not_name(lake):
    lake.write(CLICKS, [click(1), click(2), click(3)], run="r")
    landed = lake.write(CLICKS, [click(2), click(3, "other"), click(4)], run="r", complete=True)
    assert (landed.inserted, landed.updated, landed.unchanged, landed.deleted) == (1, 1, 1, 1)
    assert rows_of(lake) == [click(2), click(3, "other"), click(4)]
    again = lake.write(CLICKS, [click(2), click(3, "other"), click(4)], run="retry", complete=True)
    assert (again.version, again.changed) == (landed.version, False)


def test_a_complete_write_of_a_partition_leaves_the_others_alone(lake):
    monday, tuesday = "impression_id = 'monday'", "impression_id = 'tuesday'"
    rows = [click(1, "monday"), click(2, "monday"), click(3, "tuesday"), click(4, "tuesday")]
    lake.write(CLICKS, rows, run="r")
    landed = lake.write(CLICKS, [click(2, "monday"), click(5, "monday")], run="r", complete=True, within=monday)
    assert (landed.inserted, landed.updated, landed.unchanged, landed.deleted) == (1, 0, 1, 1)
    assert rows_of(lake) == [click(2, "monday"), click(3, "tuesday"), click(4, "tuesday"), click(5, "monday")]
    again = lake.write(CLICKS, [click(2, "monday"), click(5, "monday")], run="retry", complete=True, within=monday)
    assert (again.version, again.changed) == (landed.version, False)

    moved = lake.write(CLICKS, [click(5, "tuesday")], run="r", complete=True, within=tuesday)
    assert (moved.updated, moved.deleted) == (1, 2)
    assert rows_of(lake) == [click(2, "monday"), click(5, "tuesday")]
    assert lake.write(CLICKS, [], run="r", complete=True, within=monday).deleted == 1


@pytest.mark.parametrize("column", ["impression_id", "simulated"])
def test_a_column_new_to_the_contract_joins_a_dataset_of_before(lake, column):
    schema = load(CLICKS).schema
    before = schema.remove(schema.get_field_index(column))
    lance.write_dataset(pa.Table.from_pylist([click(1), click(2)], before), lake.dataset_uri(CLICKS))
    landed = lake.write(CLICKS, [click(2), click(3)], run="r")
    assert (landed.inserted, landed.updated) == (1, 1)
    assert rows_of(lake) == [click(1) | {column: None}, click(2), click(3)]
    assert lake.write(CLICKS, [click(2), click(3)], run="retry").version == landed.version


def test_refused_rows_are_quarantined_and_good_ones_land_even_when_the_task_must_fail(lake):
    rows = [click(1), click(2, simulated=None), click(3, clicked_at="yesterday")]
    with pytest.raises(ContractViolation, match="2 of 3 rows refused, more than the contract's 1%"):
        lake.write(CLICKS, rows, run="run-7")
    assert rows_of(lake) == [click(1)]
    refused = lake.read(QUARANTINE).to_pylist()
    assert {(r["rule"], r["run"], r["contract"]) for r in refused} == {
        ("required", "run-7", "clicks"),
        ("type", "run-7", "clicks"),
    }
    assert "yesterday" in "".join(row["row"] for row in refused)


def test_refusing_the_same_row_again_quarantines_it_once(lake):
    for _ in range(2):
        lake.quarantine(CLICKS, [{"click_id": "x\ud800"}], rule="orphan", reason="no impression \ud800", run="r")
    assert lake.read(QUARANTINE).num_rows == 1


def test_versions_and_tags_bring_back_the_past(lake):
    first = lake.write(CLICKS, [click(1)], run="r")
    lake.tag(CLICKS, "trained-on", first.version)
    lake.write(CLICKS, [click(2)], run="r")
    assert lake.read(CLICKS, version="trained-on").num_rows == 1
    assert lake.read(CLICKS, version=first.version).num_rows == 1
    lake.tag(CLICKS, "trained-on", lake.version(CLICKS))
    assert lake.read(CLICKS, version="trained-on").num_rows == 2
    with pytest.raises(ValueError, match="missing"):
        lake.read(CLICKS, version="missing")


def test_composite_keys_merge_by_all_their_parts(lake):
    row = {"product_id": "p1", "title": "t", "selling_points": ["a"], "videos": []}
    lake.write(PRODUCTS, [{**row, "language": "zh"}, {**row, "language": "en"}], run="r")
    landed = lake.write(PRODUCTS, [{**row, "language": "zh", "title": "u"}, {**row, "language": "fr"}], run="r")
    assert (landed.inserted, landed.updated) == (1, 1)
    assert lake.read(PRODUCTS).num_rows == 3


def test_blobs_are_addressed_by_their_bytes(lake, tmp_path):
    file = tmp_path / "名 字.bin"
    file.write_bytes(b"hello")
    digest = lake.put_blob(file)
    assert lake.put_blob(b"hello") == digest
    assert lake.open_blob(digest).read() == b"hello"
    with lake.blob_file(digest) as path:
        assert path.read_bytes() == b"hello"
    with pytest.raises(FileNotFoundError):
        lake.open_blob("0" * 64)


def test_a_blob_that_cannot_be_written_whole_leaves_nothing(lake, tmp_path):
    with pytest.raises(FileNotFoundError):
        lake.put_blob(tmp_path / "absent")
    assert not [path for path in Path(lake.blob_uri).rglob("*") if path.is_file()]


BATCHES = st.lists(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), max_size=8), min_size=1, max_size=5)


@given(batches=BATCHES, retried=st.lists(st.integers(0, 4), max_size=4))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_batches_with_any_retries_leave_exactly_the_last_row_of_each_key(tmp_path_factory, batches, retried):
    folder = tmp_path_factory.mktemp("lake")
    lake = Lake(str(folder / "lake"), str(folder / "blobs"))
    expected: dict[str, dict] = {}
    for number, batch in enumerate(batches):
        rows = {key: click(key, value) for key, value in batch}
        for _ in range(1 + retried.count(number)):
            lake.write(CLICKS, rows.values(), run=f"r{number}")
        expected |= {row["click_id"]: row for row in rows.values()}
    assert {row["click_id"]: row for row in lake.read(CLICKS).to_pylist()} == expected
    assert lake.read(CLICKS).num_rows == len(expected)


def _write_many(uri: str, writer: int, batches: int) -> None:
    lake = Lake(uri, f"{uri}-blobs")
    for batch in range(batches):
        rows = [click(writer * 1000 + batch), click(90_000 + batch)]  # one of its own, one that all insert
        lake.write(CLICKS, rows, run=f"w{writer}")


def test_writers_at_once_lose_nothing_and_double_nothing(lake):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write_many, args=(lake.uri, number, 6)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    ids = lake.read(CLICKS)["click_id"].to_pylist()
    assert len(ids) == len(set(ids)) == 4 * 6 + 6


@pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.2])
def test_a_killed_writer_leaves_the_last_good_version_and_a_retry_completes_it(lake, delay_s):
    lake.write(CLICKS, [click(0)], run="before")
    spawn = multiprocessing.get_context("spawn")
    writer = spawn.Process(target=_write_many, args=(lake.uri, 1, 400))
    writer.start()
    while lake.version(CLICKS) < 4 and writer.is_alive():
        time.sleep(0.01)
    time.sleep(delay_s)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    ids = lake.read(CLICKS)["click_id"].to_pylist()
    assert len(ids) == len(set(ids))
    assert "c0" in ids
    _write_many(lake.uri, 1, 20)
    ids = lake.read(CLICKS)["click_id"].to_pylist()
    assert len(ids) == len(set(ids))
    assert {f"c{1000 + batch}" for batch in range(20)} <= set(ids)
