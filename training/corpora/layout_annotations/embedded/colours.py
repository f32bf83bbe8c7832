"""What a colour is called: nearest prototype in OKLab, greys apart.

Eleven names cover all colours (Berlin and Kay, 1969), but unevenly: brown is a dark orange, pink a
light red or purple, and what is nearly grey is called so whatever its hue.
"""

import numpy as np

from inference.covers.picture.colour import to_oklab
from inference.models.layout import Colour

GREY_CHROMA = 0.035
DARK_CHROMA, DARK = 0.06, 0.3
"""OKLab chroma under which a colour is called grey, black or white; in the dark, more chroma goes unseen."""

BLACK_LIGHTNESS, WHITE_LIGHTNESS = 0.42, 0.82
"""OKLab lightness up to which a grey is called black, and from which white."""

PROTOTYPES = {
    Colour.RED: "ff0000 e60012 d7000f c8102e b22222 dc143c a31515 8b0000 f03030",
    Colour.ORANGE: "ffa500 ff8c00 ff7f2a f26b1d e8590c ff7043 f7941d ffb347",
    Colour.YELLOW: "ffff00 ffd700 ffe600 ffeb3b fff176 f5c518 e6b800 fff3a0",
    Colour.GREEN: "008000 00a651 228b22 2e7d32 004d25 00c853 7cb342 90ee90 808000 a5d610 1b998b b8e6b8",
    Colour.BLUE: "0000ff 1e66d0 003399 0d1b6e 00a0e9 2196f3 87ceeb 4a6fa5 008bb5 00bcd4 b3d9f7",
    Colour.PURPLE: "800080 7b1fa2 5e35b1 8a2be2 4b0082 9c5fc4 b39ddb 6a1b6a 2f044e",
    Colour.PINK: "ff69b4 ff1493 ffc0cb f48fb1 e91e63 fa8fa8 ffb6d9 f06ab0",
    Colour.BROWN: "8b4513 6f4e37 5d4037 a0522d 7b3f00 4e2a14 a67c52 8d6e63 b08050 c8a27a",
}
"""sRGB in hexadecimal: what is sold, printed and standardised under these names, light and dark."""


def name_colour(rgb: np.ndarray) -> Colour:
    """The name of an sRGB colour, three floats from 0 to 1."""
    lightness, a, b = to_oklab(rgb)
    chroma = np.hypot(a, b)
    if chroma < GREY_CHROMA or (lightness < DARK and chroma < DARK_CHROMA):
        return _grey(lightness)
    return min(_PLACES, key=lambda name: np.linalg.norm(_PLACES[name] - (lightness, a, b), axis=1).min())


def _grey(lightness: float) -> Colour:
    if lightness < BLACK_LIGHTNESS:
        return Colour.BLACK
    return Colour.WHITE if lightness > WHITE_LIGHTNESS else Colour.GREY


def _place(hexadecimal: str) -> np.ndarray:
    return to_oklab(np.frombuffer(bytes.fromhex(hexadecimal), np.uint8) / 255)


_PLACES = {name: np.stack([_place(each) for each in listed.split()]) for name, listed in PROTOTYPES.items()}
