import csv

import pytest

from data_contracts.settings import REPOSITORY
from training.corpora.content_title_pairs.filters.nouns import head_noun, names_something


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("sony digital camera black", "camera"),
        ("sony white speaker dock and clock radio for ipod and iphone icfc1ipmk2wht", "radio"),
        ("Leak-Proof Travel Flask, 500 ml", "Flask"),
        ("waring deep fryer black/stainless steel finish df100", "fryer"),
        ("speck hard shell case for 15' macbook", "case"),
        ("weber grill (copper)", "grill"),
        ("universal ir/rf remote mx350", "remote"),
        ("Acme: Steel Flask", "Flask"),
        ("Coffee Maker 25.0 cu. ft. 2nd Generation", "Maker"),
        ("in black", None),
        ("Portable Wireless", None),
        ("vct80av 2008", None),
        ("", None),
    ],
)
def test_head_noun(title, head):
    assert head_noun(title) == head


def test_every_title_of_the_sample_catalogue_names_something():
    with (REPOSITORY / "infra" / "samples" / "products.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["title"] for row in rows if not names_something(row["title"], row["language"])] == []
