"""What a plan asks of the picture."""

import pytest

from inference.covers.frames.wanted import Wanted


def test_subjects_are_shown_or_hidden():
    wanted = Wanted.of(["face", "product"], ("text", "hand"))
    assert (wanted.face, wanted.product, wanted.no_text, wanted.no_hand) == (True, True, True, True)
    assert (wanted.no_face, wanted.no_product) == (False, False)


def test_a_person_has_a_face_and_what_is_asked_both_ways_is_hidden():
    assert Wanted.of(["person"], []).face
    both = Wanted.of(["face"], ["person"])
    assert both.no_face
    assert not both.face


def test_words_it_does_not_know_ask_for_nothing():
    wanted = Wanted.of(["price"], ["logo"])
    assert not any((wanted.face, wanted.no_face, wanted.no_text, wanted.no_hand, wanted.product, wanted.no_product))


def test_one_string_is_not_a_collection_of_subjects():
    with pytest.raises(TypeError, match="collection"):
        Wanted.of("face", [])
