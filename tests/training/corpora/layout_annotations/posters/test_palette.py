"""Colours: names people would give them, and contrast that reads."""

from collections import Counter
from random import Random

import cv2
import numpy as np
import pytest
from matplotlib.colors import XKCD_COLORS, to_rgb

from inference.models.layout import Colour
from training.corpora.layout_annotations.posters.palette import (
    PAPERS,
    READABLE,
    contrast_ratio,
    draw_ink,
    draw_paper,
    ink_for,
    mixed,
)

NEAREST = 5


def lab(colours) -> np.ndarray:
    return cv2.cvtColor(np.asarray(colours, np.float32).reshape(-1, 1, 3), cv2.COLOR_RGB2LAB).reshape(-1, 3)


@pytest.fixture(scope="module")
def survey():
    """Colours that people named, from the xkcd survey, and the basic term each name ends with."""
    named = {name.split(":")[1].split()[-1].replace("gray", "grey"): [] for name in XKCD_COLORS}
    for name, colour in XKCD_COLORS.items():
        named[name.split(":")[1].split()[-1].replace("gray", "grey")].append(to_rgb(colour))
    pairs = [(colour.value, each) for colour in Colour for each in named[colour.value]]
    return np.array([name for name, _ in pairs]), lab([each for _, each in pairs])


@pytest.mark.parametrize("colour", [colour for colour in Colour if colour is not Colour.WHITE])
def test_an_ink_has_the_name_that_people_gave_to_colours_like_it(survey, colour):
    names, places = survey
    random = Random(0)
    agreed = 0
    for _ in range(200):
        distance = np.linalg.norm(places - lab(np.array(draw_ink(random, colour).rgb) / 255), axis=1)
        nearest = names[np.argsort(distance)[:NEAREST]]
        agreed += colour in (nearest[0], Counter(nearest).most_common(1)[0][0])
    assert agreed >= 198


def test_white_is_all_but_pure():
    """Of the survey's names near white most are tinted ones; so white is measured, not looked up."""
    random = Random(0)
    inks = lab([np.array(draw_ink(random, Colour.WHITE).rgb) / 255 for _ in range(200)])
    assert inks[:, 0].min() > 95
    assert np.hypot(inks[:, 1], inks[:, 2]).max() < 4


@pytest.mark.parametrize("colour", list(Colour))
def test_shades_of_a_name_differ(colour):
    random = Random(0)
    assert len({draw_ink(random, colour).rgb for _ in range(100)}) > 10


def test_contrast_is_that_of_the_standard():
    assert contrast_ratio((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast_ratio((255, 255, 255), (118, 118, 118)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("kind", sorted(PAPERS))
def test_an_ink_for_a_paper_reads_on_it(kind):
    random = Random(0)
    for _ in range(50):
        paper = draw_paper(random, kind)
        assert contrast_ratio(ink_for(random, [paper], list(Colour)).rgb, paper) >= READABLE


def test_mixing_goes_from_one_colour_to_the_other():
    assert mixed((0, 0, 0), (200, 100, 50), 0.0) == (0, 0, 0)
    assert mixed((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)
    assert mixed((0, 0, 0), (200, 100, 50), 1.0) == (200, 100, 50)
