import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from data_contracts import contract
from data_contracts.catalog import COVERS, DATASETS, PRODUCTS, VIDEOS, Dataset

GOOD_VIDEO = {
    "video_id": "a" * 16,
    "name": "裙子 'red'.mp4",
    "uri": "file:///landing/x.mp4",
    "fingerprint": "1-2",
    "sha256": "b" * 64,
    "size_bytes": 1,
    "duration_s": 1.5,
    "width": 640,
    "height": 360,
    "rotation_deg": 0,
    "fps": 25.0,
    "variable_fps": False,
    "has_audio": True,
    "product_id": None,
    "product_match": "none",
    "ingested_at": None,
}


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_every_contract_is_accepted_by_the_standards_own_linter(dataset):
    datacontract = Path(sys.executable).with_name("datacontract")
    done = subprocess.run([datacontract, "lint", dataset.contract_file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_every_contract_names_its_key_owner_and_maker(dataset):
    loaded = contract.load(dataset)
    assert loaded.name == dataset.name
    assert loaded.key
    assert loaded.owner
    assert loaded.dag
    assert loaded.task


def test_a_good_row_passes_with_its_types():
    table, refusals = contract.load(VIDEOS).check([GOOD_VIDEO])
    assert refusals == []
    assert table.to_pylist() == [GOOD_VIDEO]
    assert table.schema.field("duration_s").type == pa.float64()


BROKEN = [
    ({"video_id": "xyz"}, "pattern", "video_id = 'xyz' does not match"),
    ({"name": None}, "required", "name is missing"),
    ({"name": ""}, "minLength", "fewer than 1 characters"),
    ({"name": "x" * 2000}, "maxLength", "more than 1024 characters"),
    ({"name": "\ud800"}, "type", "is no string"),
    ({"name": 3}, "type", "is no string"),
    ({"width": "wide"}, "type", "is no integer"),
    ({"width": 2.5}, "type", "is no integer"),
    ({"width": 0}, "minimum", "below the minimum 1"),
    ({"duration_s": 0.0}, "exclusiveMinimum", "is not above 0"),
    ({"duration_s": float("nan")}, "finite", "NaN is not a finite number"),
    ({"duration_s": float("inf")}, "finite", "is not a finite number"),
    ({"fps": 5000.0}, "maximum", "above the maximum 1000"),
    ({"rotation_deg": 45}, "invalidValues", "none of 0, 90, 180, 270"),
    ({"colour": "red"}, "unknown_field", "colour is not in the contract"),
]


@pytest.mark.parametrize(("change", "rule", "words"), BROKEN, ids=lambda value: str(value)[:30])
def test_a_broken_row_is_refused_with_rule_and_reason(change, rule, words):
    table, refusals = contract.load(VIDEOS).check([GOOD_VIDEO, {**GOOD_VIDEO, "video_id": "c" * 16, **change}])
    assert table.num_rows == 1
    (refusal,) = refusals
    assert refusal.rule == rule
    assert words in refusal.reason
    assert len(refusal.reason) < 400


def test_rules_reach_into_lists_and_objects():
    image = {"ratio": "2:1", "sha256": "d" * 64, "width": 1, "height": 1}
    row = {"cover_id": "a" * 16, "images": [{**image, "ratio": "3:4"}, image]}
    good = {"video_id": "a" * 16, "generation": 1, "rank": 0, "chosen": True, "score": 1.0, "title": "t"}
    good |= {"title_source": "rule", "language": "en", "frame_time_s": 0.0, "features": [], "inputs_key": "e" * 64}
    good |= {"title_model": "base", "criteria_version": 0, "criteria_key": "none", "record": "{}"}
    _, refusals = contract.load(COVERS).check([{**good, **row}])
    assert [(r.rule, r.reason) for r in refusals] == [
        ("invalidValues", "images[].ratio = '2:1' is none of 3:4, 1:1, 16:9")
    ]


def test_of_rows_with_one_key_the_first_stays_and_a_contradiction_is_refused():
    table, refusals = contract.load(VIDEOS).check([GOOD_VIDEO, dict(GOOD_VIDEO), {**GOOD_VIDEO, "width": 1}])
    assert table.num_rows == 1
    assert [refusal.rule for refusal in refusals] == ["primary_key"]


def test_a_composite_key_tells_languages_apart():
    row = {"product_id": "p1", "title": "t", "selling_points": [], "videos": []}
    table, refusals = contract.load(PRODUCTS).check([{**row, "language": "zh"}, {**row, "language": "en"}])
    assert (table.num_rows, refusals) == (2, [])


def test_a_contract_that_asks_for_what_is_not_checked_is_refused(tmp_path, monkeypatch):
    text = VIDEOS.contract_file.read_text().replace("minimum: 1", "multipleOf: 2")
    monkeypatch.setattr("data_contracts.catalog.CONTRACTS", tmp_path)
    (tmp_path / "strange.odcs.yaml").write_text(text)
    with pytest.raises(ValueError, match="multipleOf"):
        contract.load(Dataset("strange"))


def test_any_row_can_be_kept_as_json():
    row = {"text": "\ud800 标题", "when": datetime(2026, 1, 1, tzinfo=UTC), "bytes": b"x"}
    text = contract.row_as_json(row)
    assert "标题" in text
    assert text.encode("utf-8")
