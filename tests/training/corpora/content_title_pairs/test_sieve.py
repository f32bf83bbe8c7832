"""The same pairs, the same result: one by one, and in processes whatever the size of the batches."""

import os
from dataclasses import replace

import pytest

from training.corpora.content_title_pairs.filters import apply_filters
from training.corpora.content_title_pairs.pair import Drop, Pair
from training.corpora.content_title_pairs.sieve import sieve

CONTENT = "Keeps drinks hot for 12 hours\nLeak-proof lid\nThis steel travel flask holds 500 ml.\n$15.9"
PAIRS = [
    Pair(CONTENT, title, "en", "catalogue", f"p{number}")
    for number in range(40)
    for title in ("12-Hour Hot Steel Travel Flask", "Acme Steel Travel Flask", "24-Hour Hot Flask", "Flask")
]


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_processes_say_what_one_after_the_other_says(batch):
    alone = sieve(PAIRS, apply_filters)
    assert {type(result) for result in alone} == {Pair, Drop}
    assert any(result.cleaned_from for result in alone if isinstance(result, Pair))
    assert sieve(PAIRS, apply_filters, many=0, batch=batch) == alone


def test_text_that_is_no_text_reaches_the_filters():
    broken = replace(PAIRS[0], title="Steel Flask \ud800")
    (drop,) = sieve([broken], apply_filters, many=0)
    assert drop == apply_filters(broken)
    assert isinstance(drop, Drop)


def test_few_pairs_start_no_process():
    assert sieve(PAIRS[:3], tell_process) == [Drop("process", "", str(os.getpid()))] * 3
    elsewhere = {drop.detail for drop in sieve(PAIRS, tell_process, many=0, batch=10)}
    assert str(os.getpid()) not in elsewhere


def test_an_error_in_a_process_is_not_swallowed():
    with pytest.raises(Exception, match="no such language"):
        sieve([replace(PAIRS[0], language="xx")], fail, many=0)


def tell_process(pair: Pair) -> Drop:
    return Drop("process", "", str(os.getpid()))


def fail(pair: Pair) -> Pair:
    raise ValueError("no such language")
