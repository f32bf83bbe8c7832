from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from training.corpora.content_title_pairs.pair import Pair
from training.corpora.content_title_pairs.split import HELD_OUT_SHARE, day_of, find_held_out, fit_in

MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)


def pair(days: int | None, source: str = "catalogue") -> Pair:
    seen_at = None if days is None else MONDAY + timedelta(days=days)
    return Pair("content", "title", "en", source, seen_at=seen_at)


def row(number: int, group: str, day: str, split: str, source: str = "catalogue") -> dict:
    return {"pair_id": f"{number:016x}", "group": group, "day": day, "split": split, "source": source}


PAIRS = st.lists(
    st.tuples(
        st.builds(pair, st.none() | st.integers(0, 9), st.sampled_from(["catalogue", "synthetic"])),
        st.sampled_from("abcdefghijklmnop"),
    ),
    max_size=60,
)


def oldest(pairs: list, group: str) -> datetime:
    times = [each.seen_at for each, own in pairs if own == group and each.source != "synthetic"]
    return datetime.min.replace(tzinfo=UTC) if None in times else min(times)


@given(PAIRS, st.randoms())
def test_no_training_group_is_newer_than_one_held_out_whatever_the_order(pairs, random):
    held_out = find_held_out(pairs)
    candidates = {group for each, group in pairs if each.source != "synthetic"}
    assert held_out <= candidates
    assert abs(len(held_out) - HELD_OUT_SHARE * len(candidates)) <= 0.5
    for kept in candidates - held_out:
        assert all(oldest(pairs, kept) <= oldest(pairs, judge) for judge in held_out)
    random.shuffle(pairs)
    assert find_held_out(pairs) == held_out


def test_the_newest_fifth_is_held_out_and_the_undated_is_oldest():
    groups = "abcdefghij"
    dated = [(pair(number), group) for number, group in enumerate(groups)]
    assert find_held_out(dated) == {"i", "j"}
    undated = [(pair(None), "j"), *dated]
    assert find_held_out(undated) == {"h", "i"}


def test_a_group_is_as_old_as_its_oldest_pair():
    pairs = [(pair(0), "a"), (pair(9), "a"), *((pair(1), group) for group in "bcde")]
    assert find_held_out(pairs) == {"e"}


def test_within_one_day_the_digest_decides():
    assert find_held_out([(pair(0), group) for group in "edcba"]) == {"e"}


def test_a_day_is_a_day_of_utc():
    late = datetime.fromisoformat("2026-06-01T23:30:00-05:00")
    assert str(day_of(Pair("c", "t", "en", "catalogue", seen_at=late))) == "2026-06-02"
    assert day_of(pair(None)) is None


def test_a_day_built_alone_goes_where_its_near_duplicates_stand():
    standing = [row(1, "a", "2026-06-01", "train"), row(2, "b", "2026-06-01", "held_out")]
    rows = [
        row(1, "a", "2026-06-01", "held_out"),  # another day's: left as it stands
        row(3, "a", "2026-06-02", "held_out"),
        row(4, "b", "2026-06-02", "held_out", "synthetic"),
        row(5, "c", "2026-06-02", "held_out"),
    ]
    fitting, torn = fit_in(rows, standing, "2026-06-02")
    assert [(each["pair_id"][-1], each["split"]) for each in fitting] == [("3", "train"), ("5", "held_out")]
    assert torn == [rows[2]]


SIDES = st.sampled_from(["train", "held_out"])
DAYS = st.sampled_from(["2026-06-01", "2026-06-02"])


@given(
    st.lists(st.tuples(st.sampled_from("abc"), DAYS), max_size=20),
    st.fixed_dictionaries(dict.fromkeys("abc", SIDES)),
    st.fixed_dictionaries(dict.fromkeys("xyz", SIDES)),
    st.lists(st.sampled_from("xyz"), min_size=20, max_size=20),
)
def test_whatever_joined_groups_since_none_is_on_both_sides(placed, then, now, regrouped):
    standing = [row(n, group, day, then[group]) for n, (group, day) in enumerate(placed)]
    rows = [row(n, regrouped[n], day, now[regrouped[n]]) for n, (_, day) in enumerate(placed)]
    fitting, torn = fit_in(rows, standing, "2026-06-02")
    assert len(fitting) + len(torn) == sum(day == "2026-06-02" for _, day in placed)
    left = [{**each, "group": rows[n]["group"]} for n, each in enumerate(standing) if each["day"] == "2026-06-01"]
    for group in {each["group"] for each in fitting}:
        assert len({each["split"] for each in [*left, *fitting] if each["group"] == group}) == 1
