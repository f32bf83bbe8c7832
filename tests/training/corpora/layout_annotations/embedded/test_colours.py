"""Colours are called what people call them."""

import numpy as np
import pytest

from inference.models.layout import Colour
from training.corpora.layout_annotations.embedded.colours import name_colour

NAMED = {
    "black": "000000 222222 0a0f1a",
    "white": "ffffff f7f3ea eeeeee",
    "grey": "808080 999da1 666666",
    "red": "e01020 c0151f ff2a2a",
    "orange": "ff9900 f07818",
    "yellow": "ffe100 f8d820 fff04d",
    "green": "0a8f3c 3fae49 14532d",
    "blue": "1050d0 3a8fe0 12307a",
    "purple": "7a1fa0 9b4fd0 4a1470",
    "pink": "ff70b0 f8a0c0 f03890",
    "brown": "6b3a1a 8a5a2b 4a2c12",
}


@pytest.mark.parametrize("name", list(Colour))
def test_a_colour_has_its_common_name(name):
    for hexadecimal in NAMED[name].split():
        assert name_colour(np.frombuffer(bytes.fromhex(hexadecimal), np.uint8) / 255) is name, hexadecimal


def test_every_colour_there_is_has_a_name():
    levels = np.linspace(0, 1, 9)
    found = {name_colour(np.array([red, green, blue])) for red in levels for green in levels for blue in levels}
    assert found == set(Colour)
