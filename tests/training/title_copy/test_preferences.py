import pytest

from data_contracts.catalog import CONTENT_TITLE_PAIRS
from training.corpora.content_title_pairs.build import build
from training.corpora.content_title_pairs.pair import Pair, Shown
from training.title_copy.preferences import MOST_LOSERS, find_preferences

CONTENT = "Steel flask that keeps drinks hot for 12 hours, 500 ml, with a lid that does not leak"


def shown(title: str, click_rate: float = 0.02) -> dict:
    return vars(Shown(title, 1000, round(1000 * click_rate), click_rate))


def winner(title: str, *beaten: str, **changes) -> dict:
    """A row of the dataset whose title beat others, best of them first."""
    rates = [0.05 - 0.001 * place for place in range(len(beaten))]
    row = {
        "pair_id": "0" * 16,
        "content": CONTENT,
        "title": title,
        "cleaned_from": None,
        "language": "en",
        "source": "published",
        "shown": shown(title, 0.08),
        "rejected": [shown(*each) for each in zip(beaten, rates, strict=True)],
        "simulated": False,
        "group": "g1",
        "split": "train",
    }
    return row | changes


def titles(found) -> list[tuple[str, str]]:
    return sorted((each["chosen"]["title"], each["rejected"]["title"]) for each in found.preferences)


def test_every_title_that_was_beaten_makes_a_preference():
    found = find_preferences([winner("Keeps drinks hot for 12 hours", "Steel flask with a lid", "A lid of steel")])
    assert titles(found) == [
        ("Keeps drinks hot for 12 hours", "A lid of steel"),
        ("Keeps drinks hot for 12 hours", "Steel flask with a lid"),
    ]
    for each in found.preferences:
        assert each["chosen"] | {"title": ""} == each["rejected"] | {"title": ""}
        assert (each["group"], each["split"], each["chosen"]["content"]) == ("g1", "train", CONTENT)
    assert not found.refused


@pytest.mark.parametrize(
    ("loser", "rule"),
    [
        ("Steel flask, call 212-555-0187", "contact"),
        ("Write to ada@example.com for a flask", "personal_data"),
        ("加微信 flask88 Steel flask", "contact"),
        ("A fucking hot flask", "profanity"),
        ("Steel flask www.example.com", "markup"),
        ("保温杯十二小时", "title_language"),
        ("keeps drinks hot, for 12 hours!", "same_title"),
        ("Steel fl\ufffdsk", "encoding"),
    ],
)
def test_a_loser_that_may_not_be_read_is_refused_by_rule(loser, rule):
    found = find_preferences([winner("Keeps drinks hot for 12 hours", loser, "Steel flask with a lid")])
    assert titles(found) == [("Keeps drinks hot for 12 hours", "Steel flask with a lid")]
    assert found.refused == {rule: 1}


def test_a_loser_is_cleansed_as_winners_are():
    found = find_preferences([winner("Keeps drinks hot for 12 hours", "Steel&nbsp;flask <b>with</b> a lid ★")])
    assert titles(found) == [("Keeps drinks hot for 12 hours", "Steel flask with a lid")]


def test_a_loser_that_claims_too_much_is_liked_less_and_a_winner_that_does_teaches_nothing():
    invented = "Keeps drinks hot for 48 hours"
    assert titles(find_preferences([winner("Steel flask with a lid", invented)])) == [
        ("Steel flask with a lid", invented)
    ]
    found = find_preferences([winner(invented, "Steel flask with a lid")])
    assert (found.preferences, found.refused) == ([], {"winner_unsupported": 1})


def test_clicks_on_other_words_say_nothing_of_a_cleaned_winner():
    cleaned = winner("Steel flask", "A lid of steel", shown=shown("Acme steel flask"), cleaned_from="Acme steel flask")
    found = find_preferences([cleaned])
    assert (found.preferences, found.refused) == ([], {"winner_reworded": 1})
    in_other_signs = winner("Steel flask", "A lid of steel", shown=shown("STEEL FLASK!"))
    assert len(find_preferences([in_other_signs]).preferences) == 1


def test_held_out_rows_and_rows_nobody_saw_make_none():
    rows = [winner("Steel flask", "A lid of steel", split="held_out"), winner("Steel flask", shown=None)]
    rows.append({"content": CONTENT, "title": "Steel flask", "language": "en", "group": "g2", "split": "train"})
    found = find_preferences(rows)
    assert (found.preferences, found.refused) == ([], {})


def test_of_many_losers_those_clicked_least_are_taken():
    losers = [f"Steel flask with lid {letter}" for letter in "abcdefgh"]
    found = find_preferences([winner("Keeps drinks hot for 12 hours", *losers)])
    assert [loser for _, loser in titles(found)] == losers[-MOST_LOSERS:]


def test_the_same_rows_in_another_order_make_the_same_preferences():
    rows = [winner("Steel flask", f"A lid {letter}", group=letter) for letter in "abcd"]
    found = find_preferences(rows).preferences
    assert found == find_preferences(rows[::-1]).preferences
    assert sorted(each["group"] for each in found) == list("abcd")
    assert len({each["example_id"] for each in found}) == 4


def test_the_sentence_says_what_is_simulated():
    found = find_preferences(
        [
            winner("Steel flask", "A lid of steel", simulated=True),
            winner("Steel flask", "A hot lid", "Call 212-555-0187"),
        ]
    )
    assert found.sentence == "preferences: 1 of real people, 1 simulated; refused: 1 contact"


def test_rows_as_the_builder_writes_them_and_the_lake_reads_them_are_understood(lake):
    losers = Shown("Steel flask with a lid", 900, 20, 0.02), Shown("Call 212-555-0187", 900, 10, 0.01)
    pairs = [
        Pair(
            content=f"{CONTENT}, model F{number}",
            title="Steel flask keeps drinks hot",
            language="en",
            source="published",
            video_id=f"{number:016x}",
            content_sources=("catalogue",),
            shown=Shown("Steel flask keeps drinks hot", 1000, 80, 0.08),
            rejected=losers,
            simulated=True,
        )
        for number in range(3)
    ]
    lake.write(CONTENT_TITLE_PAIRS, build(pairs).rows, "run")
    rows = [row | {"split": "train"} for row in lake.read(CONTENT_TITLE_PAIRS).to_pylist()]
    found = find_preferences(rows)
    assert set(titles(found)) == {("Steel flask keeps drinks hot", "Steel flask with a lid")}
    assert len(found.preferences) == len(rows) > 0
    assert all(each["simulated"] for each in found.preferences)
    assert found.refused == {"contact": len(rows)}
