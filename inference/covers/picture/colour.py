"""Colour as people see it: OKLab, WCAG contrast, and a palette drawn from a picture.

Colours are sRGB, three floats from 0 to 1, unless a name says otherwise. OKLab is Björn Ottosson's
(2020); luminance and contrast ratio are those of WCAG 2.2.
"""

from dataclasses import dataclass

import cv2
import numpy as np

RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
LAB_TO_LMS, LMS_TO_RGB = np.linalg.inv(LMS_TO_LAB), np.linalg.inv(RGB_TO_LMS)
LUMINANCE_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)

PALETTE_SIDE = 64
"""Pixels; a palette needs no more of a picture than a thumbnail."""

HUE_BINS = 24
GREY_CHROMA = 0.025
VIVID_CHROMA = 0.08
"""Mean OKLab chroma below which a picture counts as colourless, about where a tint is first noticed,
and above which its main colour would swallow an accent of the same hue."""

SECOND_HUE_DEGREES, SECOND_HUE_SHARE = 60, 0.2
"""How far off and how strong, against the first, a picture's second hue is to become its accent."""

AMBER_HUE, CORAL_HUE = 88.0, 30.0
"""Degrees in OKLCh. Amber is the accent of a picture without a second hue, coral if it is all amber itself."""

OLIVE_HUE, OLIVE_REACH, BROWN_HUE = 100.0, 28.0, 50.0
"""Yellows darken to olive, which looks dirty; so a deep yellow is brown, as in paint, or coral."""

AIMED, MIDDLE_LUMINANCE = 5.0, 0.18
"""Contrast at which an accent carries text, a little above WCAG's 4.5, and the luminance that black and
white stand out from alike."""

ACCENT_CHROMA, ACCENT_LIGHTNESS, ACCENT_DEPTH = 0.19, (0.88, 0.82, 0.76), (0.52, 0.48, 0.44)

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Palette:
    """Colours that suit a picture, each in a light and a deep form that carry text on one another.

    ``light`` and ``deep`` are nearly neutral, tinted with the picture's main hue. ``accent_light``
    and ``accent_deep`` are saturated, in the picture's second hue where it has one.
    """

    light: Colour
    deep: Colour
    accent_light: Colour
    accent_deep: Colour


def to_linear(colour: np.ndarray) -> np.ndarray:
    """Undo the sRGB transfer curve."""
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def to_oklab(colour: np.ndarray) -> np.ndarray:
    """Lightness 0 to 1, green to red, blue to yellow, in the last axis."""
    return np.cbrt(to_linear(np.asarray(colour, np.float64)) @ RGB_TO_LMS.T) @ LMS_TO_LAB.T


def from_oklch(lightness: float, chroma: float, hue_degrees: float) -> Colour:
    """The sRGB colour, its chroma lowered as far as the gamut demands."""
    angle = np.radians(hue_degrees)
    for share in np.linspace(1, 0, 41):
        lab = np.array([lightness, share * chroma * np.cos(angle), share * chroma * np.sin(angle)])
        linear = ((lab @ LAB_TO_LMS.T) ** 3) @ LMS_TO_RGB.T
        if linear.min() >= -1e-4 and linear.max() <= 1 + 1e-4:
            break
    linear = linear.clip(0, 1)
    red, green, blue = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return float(red), float(green), float(blue)


_LINEAR_OF_BYTE = to_linear(np.arange(256) / 255).astype(np.float32)


def luminance(image: np.ndarray) -> np.ndarray:
    """WCAG relative luminance, 0 to 1, of an RGB uint8 image."""
    return _LINEAR_OF_BYTE[image] @ LUMINANCE_WEIGHTS


def luminance_of(colour: Colour) -> float:
    return float(to_linear(np.asarray(colour)) @ LUMINANCE_WEIGHTS)


def contrast(first: np.ndarray | float, second: np.ndarray | float) -> np.ndarray:
    """WCAG contrast ratio of two luminances, 1 to 21."""
    return (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)


def draw_palette(image: np.ndarray) -> Palette:
    """The palette of an RGB uint8 picture."""
    small = cv2.resize(image, (PALETTE_SIDE, PALETTE_SIDE), interpolation=cv2.INTER_AREA)
    lab = to_oklab(small.reshape(-1, 3) / 255)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    main, second = _two_hues(hue, chroma)
    shade = BROWN_HUE if abs(main - OLIVE_HUE) < OLIVE_REACH else main
    second_shade = CORAL_HUE if abs(second - OLIVE_HUE) < OLIVE_REACH else second
    tint = 1.0 if chroma.mean() > GREY_CHROMA else 0.3
    return Palette(
        light=from_oklch(0.985, 0.012 * tint, main),
        deep=from_oklch(0.21, 0.05 * tint, shade),
        accent_light=_vivid(second, ACCENT_LIGHTNESS),
        accent_deep=_vivid(second_shade, ACCENT_DEPTH),
    )


def lighten_until_readable(fill: Colour, ground: Colour) -> Colour:
    """A colour with its hue kept, made lighter or, on a light ground, darker until text of the ground shows on it.

    Lightness moves in steps of OKLCh until the contrast is ``AIMED``; chroma gives way only to the gamut.
    """
    lightness, a, b = to_oklab(np.array(fill))
    step = 0.02 if luminance_of(ground) < MIDDLE_LUMINANCE else -0.02
    for _ in range(50):
        if contrast(luminance_of(fill), luminance_of(ground)) >= AIMED or not 0 <= lightness <= 1:
            return fill
        lightness += step
        fill = from_oklch(min(1.0, max(0.0, lightness)), float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a))))
    return fill


def _vivid(hue: float, lightnesses: tuple[float, ...]) -> Colour:
    """The most colourful of a hue's colours at these lightnesses: yellow is so when light, red when deep."""
    options = [from_oklch(lightness, ACCENT_CHROMA, hue) for lightness in lightnesses]
    return max(options, key=lambda option: round(float(np.hypot(*to_oklab(np.array(option))[1:])), 2))


def _two_hues(hue: np.ndarray, chroma: np.ndarray) -> tuple[float, float]:
    """Main hue and accent hue in degrees. Pixels weigh by chroma, so grey ones have no say."""
    weights, edges = np.histogram(hue, HUE_BINS, (0, 360), weights=np.where(chroma > GREY_CHROMA, chroma, 0))
    if chroma.mean() < GREY_CHROMA or not weights.any():
        return AMBER_HUE, AMBER_HUE
    smooth = weights + (np.roll(weights, 1) + np.roll(weights, -1)) / 2
    centres = (edges[:-1] + edges[1:]) / 2
    main = int(smooth.argmax())
    away = np.abs((centres - centres[main] + 180) % 360 - 180) >= SECOND_HUE_DEGREES
    second = int(np.where(away, smooth, 0).argmax())
    if smooth[second] >= SECOND_HUE_SHARE * smooth[main]:
        return float(centres[main]), float(centres[second])
    is_amber = abs(centres[main] - AMBER_HUE) < SECOND_HUE_DEGREES / 2 and chroma.mean() > VIVID_CHROMA
    return float(centres[main]), CORAL_HUE if is_amber else AMBER_HUE
