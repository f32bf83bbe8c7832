import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.corpora.content_title_pairs.near_duplicates import (
    BANDS,
    ROWS,
    SIMILAR,
    WINDOW,
    components,
    find_links,
    group,
    jaccard,
    shingles,
)

NANO = "apple 8gb {} 4th generation ipod nano, holds up to 2,000 songs, 16 hours of video, {} finish"
CASE = "canon black leather case for powershot cameras, magnetic closure, belt loop on the back"
LETTERS = {"en": "abcdefghijklmnopqrstuvwxyz ", "zh": "".join(map(chr, range(0x4E00, 0x4F00)))}


def links_of(texts: list[str]) -> set[tuple[int, int]]:
    found = find_links(texts)
    return set(zip(found.one.tolist(), found.other.tolist(), strict=True))


def clusters_of(texts: list[str]) -> list[int]:
    found = find_links(texts)
    return components(len(texts), found.one, found.other).tolist()


def test_colours_of_one_product_are_near_duplicates_and_others_are_not():
    texts = [NANO.format("black", "black"), CASE, NANO.format("green", "green"), NANO.format("red", "red")]
    assert clusters_of(texts) == [0, 1, 0, 0]


def test_case_width_and_blanks_make_no_difference():
    found = find_links(["Steel Flask 500ml 保温杯", "ＳＴＥＥＬ flask  500ml保温杯", "wool socks"])
    assert (found.one.tolist(), found.other.tolist(), found.similarity.tolist()) == ([0], [1], [1.0])


@pytest.mark.parametrize("texts", [[], ["a"], ["", "a", ""]])
def test_next_to_nothing_is_compared_as_well(texts):
    assert links_of(texts) == ({(0, 2)} if len(texts) == 3 else set())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("ab猫", max_size=12), max_size=12), st.randoms())
def test_the_order_of_texts_changes_nothing(texts, shuffler):
    order = list(range(len(texts)))
    shuffler.shuffle(order)
    back = {tuple(sorted((order[one], order[other]))) for one, other in links_of([texts[i] for i in order])}
    assert len(back) == len(links_of(texts))
    places = clusters_of([texts[i] for i in order])
    together = {frozenset(order[i] for i in range(len(texts)) if places[i] == place) for place in places}
    places = clusters_of(texts)
    assert together == {frozenset(i for i in range(len(texts)) if places[i] == place) for place in places}


@pytest.mark.parametrize(
    "colours", [("black", "green", "red"), ("black", "green", "red", "orange", "purple and white")]
)
def test_hashing_finds_what_comparing_all_with_all_finds(colours):
    texts = [NANO.format(a, b) for a in colours for b in colours] + [CASE, CASE.replace("canon", "nikon")]
    sets = [shingles(text) for text in texts]
    pairs = [(i, j) for i in range(len(texts)) for j in range(i + 1, len(texts))]
    truth = {(i, j) for i, j in pairs if jaccard(sets[i], sets[j]) >= SIMILAR}
    found = links_of(texts)
    assert found <= truth
    if len(texts) <= WINDOW:
        assert len(found) >= 0.95 * len(truth)
    assert clusters_of(texts) == components(len(texts), *np.array(sorted(truth)).T).tolist()


@pytest.mark.parametrize("language", LETTERS)
@pytest.mark.parametrize("similarity", [0.5, 0.6, 0.8])
def test_planted_near_duplicates_are_found_as_often_as_banding_promises(language, similarity):
    random.seed(f"{language} {similarity}")
    texts = [text for _ in range(400) for text in _pair_at(similarity, LETTERS[language])]
    similarities = [jaccard(shingles(one), shingles(other)) for one, other in zip(texts[::2], texts[1::2], strict=True)]
    promised = sum(1 - (1 - each**ROWS) ** BANDS for each in similarities if each >= SIMILAR)
    spread = sum((1 - each**ROWS) ** BANDS for each in similarities if each >= SIMILAR) ** 0.5
    found = links_of(texts)
    assert found <= {(place, place + 1) for place in range(0, len(texts), 2)}
    assert len(found) >= promised - 4 * spread - 1


def _pair_at(similarity: float, letters: str) -> tuple[str, str]:
    """Two texts of 120 characters that share a beginning; 0.05 above, since SIMILAR itself is a coin's toss."""
    shared = round(120 * 2 * (similarity + 0.05) / (1.05 + similarity))
    beginning, one, other = ("".join(random.choices(letters, k=k)) for k in (shared, 120 - shared, 120 - shared))
    return beginning + one, beginning + other


def test_a_boilerplate_that_thousands_share_makes_one_cluster_and_few_comparisons():
    boilerplate = "七天无理由退货，正品保证，全国联保，下单后四十八小时内发货，支持货到付款，如有问题请联系客服。" * 2
    texts = [f"{boilerplate}{number:05}" for number in range(3000)]
    found = find_links(texts)
    assert len(found.one) <= len(texts) * BANDS * (WINDOW + 1)
    assert not components(len(texts), found.one, found.other).any()


def test_equal_texts_are_linked_to_the_first_alone():
    found = find_links(["the same title"] * 50_000)
    assert np.array_equal(found.one, np.zeros(49_999))


def test_a_shared_key_joins_rows():
    assert group([["b"], ["a"], ["b"]]) == ["b", "a", "b"]


def test_groups_are_joined_through_a_third():
    assert group([["x", "nano"], ["y", "nano"], ["y"], ["z"]]) == ["nano", "nano", "nano", "z"]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=8), st.randoms())
def test_the_order_of_rows_changes_no_group(keys, shuffler):
    rows = list(zip(keys, group(keys), strict=True))
    shuffler.shuffle(rows)
    assert group([own for own, _ in rows]) == [name for _, name in rows]
