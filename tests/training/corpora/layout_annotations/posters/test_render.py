"""Posters: their truth against their pixels, and all that should occur among them."""

from itertools import combinations

import numpy as np
import pytest

from inference.media.geometry import Box
from inference.models.layout import Colour, Role
from training.corpora.layout_annotations.posters.distortions import Distortion
from training.corpora.layout_annotations.posters.layouts import FAMILIES
from training.corpora.layout_annotations.posters.render import LONGER_SIDE, SHORTER_SIDE, render
from training.corpora.layout_annotations.posters.wording import Price, Wording

RING = 3
"""Pixels around a box that should hold no ink."""

FLAT, INKED = 6.0, 0.2
"""Largest deviation of a flat ring, in grey levels; and the share of the way to the ink's colour that is ink."""


def inkedness(image: np.ndarray, box: Box) -> np.ndarray | None:
    """How far pixels in and around a box are from the ground's colour (0) towards the ink's (1).

    None where the ground is not flat. An edge or a shadow leads away from the ink's colour.
    """
    left, top, right, bottom = box.as_list()
    height, width = image.shape[:2]
    if min(left, top) < RING or right > width - RING or bottom > height - RING:
        return None
    cut = image[top - RING : bottom + RING, left - RING : right + RING].astype(float)
    ring = np.concatenate([cut[0], cut[-1], cut[:, 0], cut[:, -1]])
    if ring.std(axis=0).max() > FLAT:
        return None
    away = cut - np.median(ring, axis=0)
    farthest = away.reshape(-1, 3)[np.square(away).sum(axis=2).argmax()]
    return away @ farthest / (farthest @ farthest)


def tightness(image: np.ndarray, box: Box) -> tuple[float, float] | None:
    """The most ink outside a box, and the least of the four along its sides inside."""
    inked = inkedness(image, box)
    if inked is None:
        return None
    inside = inked[RING:-RING, RING:-RING]
    outside = inked.copy()
    outside[RING - 1 : 1 - RING, RING - 1 : 1 - RING] = 0  # a pixel beside the box may be half covered
    return outside.max(), min(side.max() for side in (inside[0], inside[-1], inside[:, 0], inside[:, -1]))


def test_boxes_hold_all_ink_and_no_more(posters):
    measured = [
        tightness(poster.image, block.box)
        for poster in posters
        if poster.distortion is Distortion.NONE
        for block in poster.annotation.blocks
    ]
    measured = [each for each in measured if each]
    assert len(measured) > 60
    assert max(outside for outside, _ in measured) < INKED
    assert min(sides for _, sides in measured) > INKED


@pytest.mark.parametrize("distortion", [Distortion.SCALING, Distortion.SKEW])
def test_boxes_stay_tight_when_the_picture_is_warped(photos, distortion):
    measured = [
        tightness(poster.image, block.box)
        for poster in (render(seed, photos, distortion=distortion) for seed in range(25))
        for block in poster.annotation.blocks
    ]
    measured = [each for each in measured if each]
    assert len(measured) > 60
    assert max(outside for outside, _ in measured) < INKED
    assert min(sides for _, sides in measured) > INKED


def test_boxes_are_whole_pixels_inside_the_picture(posters):
    for poster in posters:
        height, width = poster.image.shape[:2]
        annotation = poster.annotation
        assert (annotation.width, annotation.height) == (width, height)
        others = (*annotation.faces, *annotation.products, *annotation.underlays)
        for box in (*(block.box for block in annotation.blocks), *others):
            assert [box.left, box.top, box.right, box.bottom] == box.as_list()
            assert 0 <= box.left < box.right <= width
            assert 0 <= box.top < box.bottom <= height


def test_ink_keeps_off_the_border_even_when_skewed(photos):
    for seed in range(25):
        poster = render(seed, photos, distortion=Distortion.SKEW)
        height, width = poster.image.shape[:2]
        for block in poster.annotation.blocks:
            assert min(block.box.left, block.box.top, width - block.box.right, height - block.box.bottom) > 0


def test_blocks_keep_apart(posters):
    for poster in posters:
        for one, other in combinations(poster.annotation.blocks, 2):
            assert one.box.intersection(other.box).area == 0, (poster.seed, one.text, other.text)


def test_every_role_colour_language_distortion_and_layout_occurs(posters):
    blocks = [block for poster in posters for block in poster.annotation.blocks]
    assert {block.role for block in blocks} == set(Role)
    assert {block.colour for block in blocks} == set(Colour)
    assert {block.language for block in blocks} == {"zh", "en"}
    assert {poster.distortion for poster in posters} == set(Distortion)
    assert {poster.layout for poster in posters} == {family.__name__.replace("_", " ") for family in FAMILIES}


def test_every_poster_has_its_headline_once_and_it_is_the_largest_thought(posters):
    for poster in posters:
        roles = [block.role for block in poster.annotation.blocks]
        assert roles.count(Role.HEADLINE) == 1
        assert len(roles) > 1


def test_words_stand_on_their_underlays(posters):
    for poster in posters:
        for block in poster.annotation.blocks:
            if block.role is Role.CALL_TO_ACTION:
                assert any(block.box.covered_by(underlay) > 0.99 for underlay in poster.annotation.underlays)


def test_canvases_stay_within_their_sizes(photos):
    for seed in range(40):
        height, width = render(seed, photos, distortion=Distortion.NONE).image.shape[:2]
        assert SHORTER_SIDE <= min(width, height) <= max(width, height) <= LONGER_SIDE


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(photos, posters):
    for seed in (0, 1, 2, 3, 4, 5):
        again = render(seed, photos)
        assert again.image.tobytes() == posters[seed].image.tobytes()
        assert again.annotation == posters[seed].annotation
    assert len({poster.image.tobytes() for poster in posters}) == len(posters)


def test_words_passed_in_are_what_is_set(photos):
    wording = Wording("zh", "一口好锅|用十年", price=Price("¥199", "¥399", "到手价"), action="立即抢购")
    texts = {block.text for block in render(7, photos, wording=wording).annotation.blocks}
    assert texts == {"一口好锅用十年", "到手价¥199", "¥399", "立即抢购"} or texts == {
        "一口好锅用十年",
        "到手价¥199",
        "立即抢购",
    }


def test_a_character_without_a_glyph_is_refused_rather_than_drawn_as_a_box(photos):
    with pytest.raises(ValueError, match=r"no glyph for 🎉 \(U\+1F389\)"):
        render(1, photos, wording=Wording("en", "Party 🎉"))


def test_faces_are_never_under_words_when_another_photo_serves(posters):
    for poster in posters:
        for face in poster.annotation.faces:
            for block in poster.annotation.blocks:
                assert face.intersection(block.box).area == 0
