import json
from dataclasses import replace

import pytest

from data_contracts.catalog import CONTENT_TITLE_PAIRS, QUARANTINE
from data_contracts.errors import ContractViolation, TooLittleMemory
from tests.training.title_copy.trainings import prepare
from training.finetune import preflight
from training.finetune.examples import read_examples, write_examples
from training.finetune.job import Job
from training.finetune.machine import Machine
from training.finetune.preflight import Report, check_examples
from training.title_copy.recipes import TitleRecipe
from training.title_copy.task import TitleTask

ROOMY = Machine(free=2**40, processes=1, on_gpu=False)


@pytest.fixture(autouse=True)
def tiny_profile(monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")


@pytest.fixture
def work(own_home):
    return prepare("checked")


def check(work, lake, machine=ROOMY, run="run 1", **changes) -> Report:
    recipe = Job.read(work, TitleRecipe).recipe
    return check_examples(TitleTask(), replace(recipe, **changes), work, run, lake, machine)


def spoil(work, places, **changes) -> list[str]:
    """Change the rows at these places of the training; their ids."""
    rows = read_examples(work)
    for place in places:
        rows[place] |= changes
    write_examples(work, rows)
    return [rows[place]["example_id"] for place in places]


def quarantined(lake) -> list[dict]:
    return lake.read(QUARANTINE).to_pylist()


def test_lengths_are_those_that_the_training_will_see(work, lake):
    rows = read_examples(work)
    report = check(work, lake)
    encoder = TitleTask().encoder(Job.read(work, TitleRecipe).recipe, work)
    for split, found in report.lengths.items():
        encoded = [encoder.encode(row) for row in rows if row["split"] == split]
        lengths = sorted(len(example.ids) for example in encoded)
        assert (found.examples, found.least, found.most) == (len(lengths), lengths[0], lengths[-1])
        assert (found.total, found.scored) == (sum(lengths), sum(example.weight for example in encoded))
        assert sum(length <= found.most_of_95 for length in lengths) >= 0.95 * len(lengths)
        assert lengths[0] <= found.median <= found.most_of_95 <= lengths[-1]
    assert report.longest.tokens == max(each.most for each in report.lengths.values())
    assert (list(report.refused), quarantined(lake), read_examples(work)) == ([], [], rows)
    assert Report.read(work) == report


def test_a_few_bad_rows_go_to_the_quarantine_and_the_rest_goes_on(work, lake):
    before = read_examples(work)
    (empty,) = spoil(work, [3], title=" ")
    (long,) = spoil(work, [5], title="袋" * 2000)
    report = check(work, lake)
    reasons = {each.example_id: each.reason for each in report.refused}
    assert reasons[empty] == "its answer is empty"
    assert "the recipe takes at most 4096" in reasons[long]
    assert [row["example_id"] for row in read_examples(work)] == [
        row["example_id"] for row in before if row["example_id"] not in reasons
    ]
    kept = {json.loads(row["row"])["example_id"]: row for row in quarantined(lake)}
    assert kept.keys() == reasons.keys()
    for name, row in kept.items():
        assert (row["contract"], row["rule"], row["reason"]) == (
            CONTENT_TITLE_PAIRS.name,
            preflight.RULE,
            reasons[name],
        )
    assert f"- `{empty}` ({before[3]['split']}): its answer is empty" in report.as_markdown()


@pytest.mark.parametrize("lost", ["nothing", "the report", "the new examples"])
def test_a_retry_after_a_kill_does_nothing_twice(work, lake, lost):
    spoil(work, [3], title="")
    spoilt = read_examples(work)
    first = check(work, lake)
    left = read_examples(work)
    if lost != "nothing":
        write_examples(work, spoilt)  # what comes last is lost first
    if lost == "the report":
        (work / preflight.REPORT_FILE).unlink()
    assert check(work, lake, run="run 1, again") == first
    assert read_examples(work) == left
    assert [row["run"] for row in quarantined(lake)] == ["run 1"]


def test_too_many_bad_rows_end_it_each_time_and_nothing_is_lost(work, lake):
    bad = spoil(work, range(0, 30, 3), title="")
    for _ in range(2):
        with pytest.raises(
            ContractViolation, match=rf"10 of \d+ rows .* at most 5%.*{bad[0]}: its answer is empty"
        ) as ended:
            check(work, lake)
    assert str(work / preflight.REPORT_FILE) in str(ended.value)
    assert len(quarantined(lake)) == 10
    assert {each.example_id for each in Report.read(work).refused} == set(bad)


def test_a_training_without_held_out_rows_cannot_be_judged(work, lake):
    rows = [row for row in read_examples(work) if row["split"] != "held_out"]
    write_examples(work, [*rows, rows[0] | {"example_id": "last", "split": "held_out", "title": ""}])
    with pytest.raises(ContractViolation, match="none is left of held_out"):
        check(work, lake)


def test_a_training_that_does_not_fit_is_refused_before_it_starts_and_may_be_tried_elsewhere(work, lake):
    with pytest.raises(TooLittleMemory, match=r"recipe tiny needs about \d\.\d GB; 0\.5 GB are free"):
        check(work, lake, Machine(free=2**29, processes=1, on_gpu=False))
    report = check(work, lake)
    assert report.memory.needed < ROOMY.free
    assert "| **together** |" in report.as_markdown()
