from datetime import UTC, datetime, timedelta

import pytest

from data_contracts.catalog import Model
from training.promotion import status
from training.promotion.ledger import Event

MODEL = Model("title_copy", "Writes titles.")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def event(hours: int, kind: str, before: int | None, version: int | None, why: str = "better") -> Event:
    return Event("title_copy", kind, version, before, NOON + timedelta(hours=hours), why, "ada", "run")


EVENTS = [
    event(0, "promoted", None, 1),
    event(1, "promoted", 1, 2),
    event(2, "refused", 2, 3, "ada refused it: dull"),
    event(3, "rolled_back", 2, 1, "it shouts"),
]


@pytest.mark.parametrize(
    ("version", "line"),
    [
        (1, "**Serves** since 2026-11-21 15:00 UTC: it shouts"),
        (
            2,
            "Served from 2026-11-21 13:00 UTC to 2026-11-21 15:00 UTC, "
            "then rolled back from version 2 to version 1: it shouts",
        ),
        (3, "Never served: ada refused it: dull"),
        (4, "Never served."),
    ],
)
def test_each_version_says_in_a_line_when_it_served(version, line):
    assert status.tell_version(version, EVENTS) == line


def test_the_model_has_the_history_newest_first():
    about, serves, table = status.tell_history(MODEL, EVENTS).split("\n\n")
    assert about == "Writes titles."
    assert serves == "**Version 1 serves** since 2026-11-21 15:00 UTC."
    assert [line.split(" | ")[1] for line in table.splitlines()[2:]] == [
        "rolled back from version 2 to version 1",
        "version 3 refused, version 2 stays",
        "version 2 promoted over version 1",
        "version 1 promoted",
    ]


def test_a_refusal_before_the_first_promotion_claims_nothing_serves():
    assert "serves" not in status.tell_history(MODEL, [event(0, "refused", None, 1)])


def test_a_reason_with_bars_and_lines_stays_in_its_cell():
    told = status.tell_history(MODEL, [event(0, "bootstrap", None, 1, "a | b\nc " + "x" * 300)])
    (row,) = told.splitlines()[-1:]
    assert row.count(" | ") == 3
    assert "a / b c xxx" in row
    assert len(row) < 300
