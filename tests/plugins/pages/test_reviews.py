"""What people said of covers."""

import pytest

from data_contracts.catalog import HUMAN_REVIEWS
from data_contracts.errors import ContractViolation
from plugins.pages.reviews import longest_reason, newest_reviews, reviews_of, write_review
from tests.plugins.pages import sample

COVER, OTHER = sample.digest("cover", 0, 2, 0), sample.digest("cover", 1, 2, 0)


def test_every_review_is_kept_and_the_newest_counts(filled):
    write_review(filled, COVER, "refuse", "too dark", "ada")
    write_review(filled, OTHER, "refuse", "", "ada")
    write_review(filled, COVER, "accept", " bright <b>enough</b> ", "uwe")
    said = [(review["reviewer"], review["verdict"], review["reason"]) for review in reviews_of(filled, COVER)]
    assert said == [("uwe", "accept", "bright <b>enough</b>"), ("ada", "refuse", "too dark")]
    assert {cover: review["verdict"] for cover, review in newest_reviews(filled).items()} == {
        COVER: "accept",
        OTHER: "refuse",
    }


def test_only_a_cover_can_be_reviewed(filled):
    with pytest.raises(LookupError, match="no cover nothing"):
        write_review(filled, "nothing", "accept", "", "ada")
    assert filled.version(HUMAN_REVIEWS) == 0


def test_the_contract_limits_a_reason(filled):
    write_review(filled, COVER, "accept", "x" * longest_reason(), "ada")
    with pytest.raises(ContractViolation, match="more than"):
        write_review(filled, COVER, "accept", "x" * (longest_reason() + 1), "ada")
    assert len(reviews_of(filled, COVER)) == 1
