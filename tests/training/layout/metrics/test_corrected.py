"""Each quirk of the published evaluation, put right; values worked out by hand."""

import math

import numpy as np
import pytest

from training.layout.metrics import corrected, posterlayout
from training.layout.metrics.elements import LOGO, TEXT, UNDERLAY, Elements

FLAT = np.full((750, 500, 3), 128, np.uint8)
EVEN = np.full((75, 50), 0.2, np.float32)


def measure(*items, image=FLAT, saliency=EVEN):
    boxes = np.array([box for _, box in items], float).reshape(-1, 4)
    return corrected.measure(Elements(boxes, np.array([kind for kind, _ in items], int)), image, saliency)


def columns(values, height=750):
    row = np.asarray(values, np.uint8)
    return np.repeat(np.broadcast_to(row, (height, len(row)))[..., None], 3, axis=2).copy()


WHOLE = (TEXT, (0, 0, 1, 1))


def test_overlap_is_the_mean_over_pairs():
    pair = (TEXT, (0, 0, 0.5, 0.5)), (LOGO, (0.25, 0, 0.75, 0.5))
    assert measure(*pair)["overlap"] == (pytest.approx(1 / 3), 1)
    assert measure(*pair, (TEXT, (0, 0.8, 1, 0.9)))["overlap"][0] == pytest.approx(1 / 9)
    assert measure(pair[0])["overlap"][1] == 0


def test_each_element_is_aligned_with_its_own_nearest():
    one, other, far = (
        (TEXT, (0.1, 0.1, 0.3, 0.2)),
        (TEXT, (0.15, 0.4, 0.45, 0.6)),
        (TEXT, (0.6, 0.75, 0.97, 0.99)),
    )
    near, away = -math.log10(1 - 0.05), -math.log10(1 - 0.35)
    assert measure(one, other)["non_alignment"][0] == pytest.approx(near)
    assert measure(one, other, far)["non_alignment"][0] == pytest.approx((2 * near + away) / 3)
    assert measure(one)["non_alignment"][1] == 0


def test_all_four_edges_decide_what_an_underlay_holds():
    under = (UNDERLAY, (0.1, 0.1, 0.5, 0.5))
    assert measure(under, (TEXT, (0.2, 0.2, 0.9, 0.4)))["underlay_strict"] == (0, 1)
    assert measure(under, (TEXT, (0.2, 0.2, 0.5, 0.4)))["underlay_strict"] == (1, 1)
    assert measure(under, (TEXT, (0.2, 0.2, 0.9, 0.4)))["underlay_loose"][0] == pytest.approx(3 / 7)
    assert measure(WHOLE)["underlay_strict"][1] == 0


@pytest.mark.parametrize(
    ("box", "valid"),
    [
        ((0.5, 0.5, 0.533, 0.53), False),
        ((0.5, 0.5, 0.534, 0.53), True),
        ((0.99, 0.5, 1.4, 0.55), False),
        ((1.2, 1.2, 1.4, 1.4), False),
        ((1.2, 0.4, 1.4, 0.6), False),
        ((-0.2, 0.4, 0.1, 0.6), True),
    ],
)
def test_validity_is_about_what_lies_on_the_canvas(box, valid):
    assert measure((TEXT, box), WHOLE)["validity"] == (1.0 if valid else 0.5, 2)


def test_only_what_lies_on_the_canvas_counts():
    measured = measure((TEXT, (-0.5, 0, 0.5, 0.5)))
    assert measured["utility"][0] == pytest.approx(0.25)
    assert measured["occlusion"][0] == pytest.approx(0.2)


def test_an_empty_page_has_nothing_beneath_it():
    measured = measure()
    assert {name for name, (_, weight) in measured.items() if weight} == {"utility"}
    assert measured["utility"][0] == 0


def test_a_picture_keeps_its_shape():
    wide = columns(255 * (np.arange(1500) >= 750), height=300)
    assert corrected.canvas_size(wide) == (750, 150)
    tall = np.ascontiguousarray(wide.transpose(1, 0, 2))
    assert corrected.canvas_size(tall) == (150, 750)
    assert measure(WHOLE, image=wide)["unreadability"] == pytest.approx(measure(WHOLE, image=tall)["unreadability"])


def test_rising_and_falling_slopes_count_alike_and_more_the_steeper_they_are():
    step = np.arange(500) >= 200
    rising = measure(WHOLE, image=columns(255 * step))["unreadability"][0]
    assert rising == pytest.approx(2 / 500)
    assert measure(WHOLE, image=columns(255 * ~step))["unreadability"][0] == pytest.approx(rising)
    assert measure(WHOLE, image=columns(51 * step))["unreadability"][0] == pytest.approx(rising / 5)
    assert measure(WHOLE)["unreadability"][0] == 0


def test_logos_are_read_and_what_lies_on_underlays_is_not():
    image = columns(255 * (np.arange(500) >= 200))
    assert measure((LOGO, (0, 0, 1, 1)), image=image)["unreadability"][0] > 0
    assert measure(WHOLE, (UNDERLAY, (0.3, 0, 0.5, 1)), image=image)["unreadability"] == (0, 1)
    assert measure(WHOLE, (UNDERLAY, (0, 0, 1, 1)), image=image)["unreadability"] == (0, 1)


def test_both_profiles_measure_the_same_names():
    arguments = Elements(np.array([[0, 0, 1, 1.0]]), np.array([TEXT])), FLAT, EVEN
    assert list(corrected.measure(*arguments)) == list(posterlayout.measure(*arguments))
