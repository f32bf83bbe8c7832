from hypothesis import given, settings
from hypothesis import strategies as st

from training.corpora.content_title_pairs.groups import SIMILAR, group, jaccard, near_duplicates, shingles

NANO = "apple 8gb {} 4th generation ipod nano, holds up to 2,000 songs, 16 hours of video, {} finish"
CASE = "canon black leather case for powershot cameras, magnetic closure, belt loop on the back"


def test_colours_of_one_product_share_a_group_and_others_do_not():
    texts = [NANO.format("black", "black"), CASE, NANO.format("green", "green"), NANO.format("red", "red")]
    groups = group([[str(i)] for i in range(4)], texts)
    assert groups[0] == groups[2] == groups[3] == "0"
    assert groups[1] == "1"


def test_a_shared_key_joins_texts_of_two_languages():
    assert group([["b"], ["a"], ["b"]], ["steel flask", "wool socks", "不锈钢杯"]) == ["b", "a", "b"]


def test_groups_are_joined_through_a_third():
    similar = [NANO.format("black", "black"), NANO.format("green", "green")]
    keys = [["x"], ["y"], ["y"], ["z"]]
    assert group(keys, [*similar, CASE, "woollen hiking socks"]) == ["x", "x", "x", "z"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("ab", min_size=1, max_size=12), min_size=1, max_size=12), st.randoms())
def test_the_order_of_rows_changes_nothing(texts, random):
    keys = [[f"{place:02}"] for place in range(len(texts))]
    order = list(range(len(texts)))
    random.shuffle(order)
    shuffled = group([keys[i] for i in order], [texts[i] for i in order])
    assert {tuple(keys[i]): name for i, name in zip(order, shuffled, strict=True)} == {
        tuple(key): name for key, name in zip(keys, group(keys, texts), strict=True)
    }


def test_hashing_finds_what_comparing_all_with_all_finds():
    colours = ("black", "green", "red", "orange", "purple and white")
    texts = [NANO.format(a, b) for a in colours for b in colours] + [CASE, CASE.replace("canon", "nikon")]
    sets = [shingles(text) for text in texts]
    pairs = [(i, j) for i in range(len(texts)) for j in range(i + 1, len(texts))]
    truth = {(i, j) for i, j in pairs if jaccard(sets[i], sets[j]) >= SIMILAR}
    found = set(near_duplicates(texts))
    assert found <= truth
    assert len(found) >= 0.95 * len(truth)
