import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.corpora.content_title_pairs.card import (
    BARS,
    DROPPED_SAMPLES,
    KEPT_SAMPLES,
    MOST_CHARACTERS,
    Build,
    Changes,
    count_widths,
    difference,
    find_stages,
    render,
    visible,
)
from training.corpora.content_title_pairs.pair import Drop, Pair

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\u202egnp.exe\x00\ud800 & '\"><img src=x onerror=alert(1)>"


def row(number: int, title: str = "Steel travel flask", **change) -> dict:
    return {
        "pair_id": f"{number:016x}",
        "content": "Keeps drinks hot for 12 hours",
        "title": title,
        "language": "en",
        "source": "catalogue",
        "split": "held_out" if number % 5 == 0 else "train",
        "cleaned_from": None,
        "shown": None,
        "rejected": [],
        "simulated": False,
        **change,
    }


def drop(number: int, rule: str, title: str = "Flask", detail: str = "") -> tuple[Pair, Drop]:
    return Pair(f"content {number:03}", title, "en", "catalogue"), Drop(rule, f"why {rule}", detail)


BUILD = Build(
    "content_title_pairs, version 3",
    NOON,
    rows=[row(number) for number in range(120)],
    dropped=[drop(number, "copy") for number in range(60)] + [drop(1, "markup")],
    read={"products": 7},
)


def text_of(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode().split("</style>")[1]))


def test_the_funnel_ends_at_what_was_kept():
    stages = find_stages(BUILD)
    assert [(stage.drop.rule, stage.dropped, stage.left) for stage in stages] == [("copy", 60, 121), ("markup", 1, 120)]


def test_the_page_says_how_many_and_shows_fifty_of_them():
    page = render(BUILD)
    said = text_of(page)
    assert "Found 181 Kept 120 66.3 % Dropped 61 33.7 % To train on 96 Held out 24 20.0 %" in said
    assert "products 7" in said
    assert "2026-06-01 12:00 UTC" in said
    assert said.count("Steel travel flask") == KEPT_SAMPLES
    assert said.count("content 0") == DROPPED_SAMPLES + 1
    assert not re.search(r'(src|href)="|@import|url\(', page.decode()), "it needs nothing but itself"


def test_the_same_build_gives_the_same_bytes_in_any_order():
    assert render(replace(BUILD, rows=BUILD.rows[::-1], dropped=BUILD.dropped[::-1])) == render(BUILD)


def test_what_is_hostile_is_shown_and_does_nothing():
    page = render(
        replace(
            BUILD,
            rows=[row(1, HOSTILE, content=HOSTILE, cleaned_from=f"{HOSTILE} x")],
            dropped=[drop(1, "markup", HOSTILE, HOSTILE)],
        )
    ).decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "⟨U+202E⟩gnp.exe⟨U+0000⟩⟨U+D800⟩ &amp;" in page


def test_a_title_of_twenty_megabytes_is_cut():
    assert len(render(replace(BUILD, dropped=[drop(1, "title_length", "a" * 20_000_000)]))) < 200_000
    assert visible("a" * 5000) == "a" * MOST_CHARACTERS + "… (5,000 characters)"


def test_changes_since_a_version_are_told():
    before = [row(1), row(2), row(3)]
    now = [row(2), row(3, split="held_out"), row(4, "A new title")]
    changes = Changes.between(6, before, now)
    assert ([r["pair_id"][-1] for r in changes.added], [r["pair_id"][-1] for r in changes.removed]) == (["4"], ["1"])
    assert changes.changed == [(before[2], now[1])]
    said = text_of(render(replace(BUILD, changes=changes, dropped_before={"copy": 70, "contact": 2})))
    assert "since version 6 1 rows added, 1 removed, 1 changed." in said
    assert "60 121 70 -10" in said
    assert "contact dropped none this time 0 120 2 -2" in said


def test_a_winner_stands_above_the_titles_it_beat():
    def shown(title: str, rate: float) -> dict:
        return {"title": title, "impressions": 2000, "clicks": 90, "click_rate": rate}

    won = row(1, "Hot for 12 hours", shown=shown("Hot for 12 hours", 0.045), rejected=[shown("A flask", 0.03)])
    said = text_of(render(replace(BUILD, rows=[won])))
    assert "Hot for 12 hours 2,000 90 4.50 % A flask 2,000 90 3.00 %" in said
    assert "simulated" not in said
    said = text_of(render(replace(BUILD, rows=[{**won, "simulated": True}])))
    assert "Hot for 12 hours simulated 2,000" in said


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        (
            "Acme steel flask 24",
            "steel flask",
            [("removed", "Acme "), ("kept", "steel flask"), ("removed", " 24")],
        ),
        ("钢杯", "钢杯", [("kept", "钢杯")]),
    ],
)
def test_cleaning_is_shown_word_by_word(before, after, pieces):
    assert difference(before, after) == pieces


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_of_a_difference_are_both_texts(before, after):
    pieces = difference(before, after)
    assert "".join(text for kind, text in pieces if kind != "added") == visible(before)
    assert "".join(text for kind, text in pieces if kind != "removed") == visible(after)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=80))
def test_a_histogram_counts_every_text_in_few_bars(widths):
    shape = count_widths(widths, "characters")
    assert sum(shape.counts) == len(widths)
    assert len(shape.counts) <= BARS


def test_nothing_kept_and_nothing_dropped_is_a_page_too():
    empty = replace(BUILD, rows=[], dropped=[], dropped_before={"copy": 1})
    assert "Found 0 Kept 0 – Dropped 0 –" in text_of(render(empty))


def test_what_belongs_to_somebody_is_counted_and_not_shown():
    dropped = [drop(1, "contact", "call 13912345678", "phone"), drop(2, "personal_data", "Li Lei, 110101")]
    page = render(replace(BUILD, dropped=dropped)).decode()

    assert "13912345678" not in page
    assert "Li Lei" not in page
    assert page.count("withheld") >= 2
    assert "why contact" in page
