"""Against values worked out by hand, and against the same metrics written out element by element."""

import math

import numpy as np
import pytest

from tests.training.layout.metrics import oracle
from training.layout.metrics import posterlayout
from training.layout.metrics.elements import LOGO, TEXT, UNDERLAY, Elements

WIDTH, HEIGHT = posterlayout.WIDTH, posterlayout.HEIGHT
FLAT = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
EVEN = np.full((HEIGHT, WIDTH), 0.2)


def elements(*items):
    return Elements(
        np.array([box for _, box in items], float).reshape(-1, 4), np.array([kind for kind, _ in items], int)
    )


def measure(*items, image=FLAT, saliency=EVEN):
    return posterlayout.measure(elements(*items), image, saliency)


def grey(rows):
    return np.repeat(np.asarray(rows, np.uint8)[..., None], 3, axis=2)


def columns(values):
    return grey(np.broadcast_to(np.asarray(values), (HEIGHT, WIDTH)))


WHOLE = (TEXT, (0, 0, 1, 1))
TWO_TEXTS = ((TEXT, (0.1, 0.1, 0.3, 0.2)), (TEXT, (0.15, 0.4, 0.45, 0.6)))


def test_overlap_divides_by_elements_not_by_pairs():
    pair = (TEXT, (0, 0, 0.5, 0.5)), (LOGO, (0.25, 0, 0.75, 0.5))
    assert measure(*pair)["overlap"] == (pytest.approx(1 / 3 / 2), 1)
    assert measure(*pair, (UNDERLAY, (0, 0, 1, 1)), (TEXT, (0, 0.8, 1, 0.9)))["overlap"][0] == pytest.approx(1 / 9)


def test_every_element_gets_the_alignment_of_the_best_pair():
    nearest = -math.log10(1 - 0.05)  # of the two left edges
    assert measure(*TWO_TEXTS)["non_alignment"][0] == pytest.approx(2 * nearest, rel=1e-5)
    far = (TEXT, (0.6, 0.75, 0.97, 0.99))
    assert measure(*TWO_TEXTS, far)["non_alignment"][0] == pytest.approx(3 * nearest, rel=1e-5)
    assert measure(TWO_TEXTS[0])["non_alignment"] == (0, 1)


def test_an_underlay_holds_what_sticks_out_on_the_right():
    under = (UNDERLAY, (0.1, 0.1, 0.5, 0.5))
    right = measure(under, (TEXT, (0.2, 0.2, 0.9, 0.4)))
    assert right["underlay_strict"] == (1, 1)
    assert right["underlay_loose"][0] == pytest.approx(3 / 7)
    left = measure(under, (TEXT, (0.05, 0.2, 0.4, 0.4)))
    assert left["underlay_strict"] == (0, 1)
    assert left["underlay_loose"][0] == pytest.approx(6 / 7)
    assert measure(under)["underlay_loose"] == (0, 1)


def test_a_poster_without_underlay_has_no_say_and_counts_as_worst_if_none_has():
    assert measure(WHOLE)["underlay_loose"] == measure(WHOLE)["underlay_strict"] == (0, 0)


@pytest.mark.parametrize(
    ("box", "valid"),
    [
        ((0.5, 0.5, 0.533, 0.53), False),  # 0.00099
        ((0.5, 0.5, 0.534, 0.53), True),  # 0.00102
        ((0.99, 0.5, 1.4, 0.55), False),  # what is on the canvas is too small
        ((1.2, 1.2, 1.4, 1.4), True),  # wholly beyond it: minus times minus
        ((1.2, 0.4, 1.4, 0.6), True),  # only to its right: the absolute value
        ((1.001, 0.4, 1.4, 0.6), False),
    ],
)
def test_validity_takes_the_absolute_product_of_clipped_sides(box, valid):
    assert measure((TEXT, box), WHOLE)["validity"] == (1.0 if valid else 0.5, 2)


def test_pixels_are_cut_off_towards_zero():
    measured = measure((TEXT, (0, 0, 0.5, 0.5)))  # 256.5 pixels
    assert measured["utility"][0] == pytest.approx(256 * 375 / (513 * 750))
    assert measured["occlusion"][0] == pytest.approx(0.2)


def test_boxes_are_cut_off_as_32_bit_floats():
    assert int(0.332 * HEIGHT) == 249
    assert measure((TEXT, (0, 0, 1, 0.332)))["utility"][0] == pytest.approx(248 / 750)


def test_a_negative_coordinate_empties_a_box():
    measured = measure((TEXT, (-0.1, 0, 0.5, 0.5)))
    assert measured["utility"] == measured["occlusion"] == (0, 1)


def test_an_empty_page_is_perfect():
    measured = measure()
    assert [measured[name] for name in ("non_alignment", "utility", "occlusion", "unreadability")] == [(0, 1)] * 4
    assert measured["validity"][1] == measured["overlap"][1] == 0


def test_of_two_saliency_maps_the_larger_value_counts():
    half = np.zeros((HEIGHT, WIDTH))
    half[:, :100] = 0.6
    assert measure((TEXT, (0, 0, 0.1, 1)), saliency=np.stack([half, EVEN]))["occlusion"][0] == pytest.approx(0.6)
    assert measure((TEXT, (0.8, 0, 1, 1)), saliency=np.stack([half, EVEN]))["occlusion"][0] == pytest.approx(0.2)


def test_a_picture_that_darkens_to_the_right_has_no_slope():
    step = np.arange(WIDTH) >= 200
    assert measure(WHOLE, image=columns(255 * step))["unreadability"][0] == pytest.approx(2 / WIDTH)
    assert measure(WHOLE, image=columns(255 * ~step))["unreadability"][0] == 0
    assert measure(WHOLE)["unreadability"][0] == 0


def test_the_faintest_slope_there_is_counts_as_the_steepest():
    image = columns((np.arange(WIDTH) // 3).clip(0, 100))  # two of three pixels see a step of 1
    assert measure((TEXT, (0, 0, 0.5, 1)), image=image)["unreadability"][0] == pytest.approx(2 / 3, abs=0.01)


def test_the_square_of_a_slope_of_16_overflows_to_nothing():
    steps = (np.arange(WIDTH) // 8 * 4).clip(0, 200)  # Sobel answers 4 times a step
    assert measure(WHOLE, image=columns(steps))["unreadability"][0] == 0
    assert measure(WHOLE, image=columns(steps // 4 * 3))["unreadability"][0] > 0


def test_logos_and_what_lies_on_underlays_are_not_read():
    image = columns(255 * (np.arange(WIDTH) >= 200))
    assert measure((LOGO, (0, 0, 1, 1)), image=image)["unreadability"][0] == 0
    assert measure(WHOLE, (UNDERLAY, (0.3, 0, 0.5, 1)), image=image)["unreadability"][0] == 0


@pytest.mark.parametrize("seed", range(40))
def test_arrays_and_loops_agree_on_any_layout(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 9))
    low = rng.normal(0.35, 0.3, (count, 2))
    boxes = np.concatenate([low, low + rng.exponential(0.25, (count, 2)) + 0.01], axis=1).astype(np.float32)
    kinds = rng.integers(1, 4, count)
    boxes[0], kinds[0] = (0.2, 0.3, 0.6, 0.5), TEXT
    items = [
        (int(kind), [float(v) for v in box * np.float32([513, 750] * 2)])
        for kind, box in zip(kinds, boxes, strict=True)
    ]
    measured = posterlayout.measure(Elements(boxes, kinds), FLAT, EVEN)
    assert measured["validity"] == (pytest.approx(len(oracle.only_valid(items)) / count), count)
    for name in ("overlap", "non_alignment"):
        assert measured[name][0] == pytest.approx(getattr(oracle, name)(items), rel=1e-4, abs=1e-6)
    for name in ("underlay_loose", "underlay_strict"):
        if any(kind == UNDERLAY for kind, _ in oracle.only_valid(items)):
            assert measured[name] == (pytest.approx(getattr(oracle, name)(items), rel=1e-4), 1)
        else:
            assert measured[name][1] == 0


def test_arrays_and_loops_agree_on_any_picture():
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (HEIGHT, WIDTH))
    saliency = rng.integers(0, 256, (HEIGHT, WIDTH)) / 255
    items = [(TEXT, (0.1, 0.1, 0.5, 0.3)), (LOGO, (-0.2, 0.2, 0.7, 0.4)), (UNDERLAY, (0.3, 0.2, 1.1, 0.5))]
    on_canvas = [(kind, [float(v) for v in np.float32(box) * np.float32([513, 750] * 2)]) for kind, box in items]
    measured = measure(*items, image=grey(rows), saliency=saliency)
    as_rows = rows.tolist()
    assert measured["unreadability"][0] == pytest.approx(oracle.unreadability(on_canvas, as_rows))
    assert measured["utility"][0] == pytest.approx(oracle.utility(on_canvas, saliency.tolist()))
    assert measured["occlusion"][0] == pytest.approx(oracle.occlusion(on_canvas, saliency.tolist()))
