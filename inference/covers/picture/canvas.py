"""The frame on its canvas: cleaned, enlarged, sharpened, and extended where it does not reach."""

import cv2
import numpy as np

from inference.covers.picture.colour import Colour
from inference.covers.picture.layout import Layout, Logo, Panel

DEBLOCK_FROM = 1.3
"""Enlargement from which compression blocks would show: beyond it they are smoothed first."""

DEBLOCK_COLOUR_SIGMA, DEBLOCK_SPACE_SIGMA = 14, 1.6
"""Of a bilateral filter of 5 × 5, in levels of 255 and in source pixels: flat areas calm, edges stay."""

SHARPEN_AMOUNT, SHARPEN_SIGMA = 0.6, 0.55
"""Unsharp mask: strength, and radius in source pixels."""

EXTENSION_SCALE, EXTENSION_SIGMA = 1 / 12, 6.0
"""The extension is made so small and blurred by so many of its pixels, then enlarged."""

EXTENSION_KEPT = 0.75
"""Share of its colour the extension keeps; the rest is shade."""

MIRRORED_MARGIN = 0.15
"""Share of the picture mirrored into its extension."""

FEATHER = 0.07
"""Width over which the picture's edge melts into its extension, as a share of the canvas's short side."""


def paint_picture(image: np.ndarray, layout: Layout, shade: Colour) -> np.ndarray:
    """The canvas without any text, RGB uint8: the picture, its extension, a template's panels and logo.

    ``shade`` darkens what extends the picture.
    """
    canvas = _paint_frame(image, layout, shade)
    if layout.panels or layout.logo:
        canvas = canvas.copy()
    for panel in layout.panels:
        _fill(canvas, panel)
    if layout.logo:
        _lay_logo(canvas, layout.logo)
    return canvas


def _paint_frame(image: np.ndarray, layout: Layout, shade: Colour) -> np.ndarray:
    left, top, right, bottom = layout.window.as_list()
    place = layout.picture.as_list()
    shown = enlarge(image[top:bottom, left:right], place[2] - place[0], place[3] - place[1])
    if shown.shape[0] < layout.height:
        return _extend(shown, place[1], layout.height, _feather(layout), shade)
    if shown.shape[1] < layout.width:
        turned = np.ascontiguousarray(shown.transpose(1, 0, 2))
        extended = _extend(turned, place[0], layout.width, _feather(layout), shade)
        return np.ascontiguousarray(extended.transpose(1, 0, 2))
    return shown


def _fill(canvas: np.ndarray, panel: Panel) -> None:
    left, top, right, bottom = panel.box.as_list()
    part = canvas[top:bottom, left:right].astype(np.float32)
    mixed = (1 - panel.opacity) * part + panel.opacity * 255 * np.array(panel.fill, np.float32)
    canvas[top:bottom, left:right] = mixed.round().astype(np.uint8)


def _lay_logo(canvas: np.ndarray, logo: Logo) -> None:
    """The logo as large as its box allows, in the middle of it."""
    scale = min(logo.box.width / logo.image.shape[1], logo.box.height / logo.image.shape[0])
    width, height = (max(1, round(scale * side)) for side in logo.image.shape[1::-1])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    premultiplied = logo.image.astype(np.float32) / 255
    premultiplied[..., :3] *= premultiplied[..., 3:]
    small = cv2.resize(premultiplied, (width, height), interpolation=flags).clip(0, 1)
    x, y = logo.box.centre
    left, top = max(0, round(x - width / 2)), max(0, round(y - height / 2))
    part = canvas[top : top + height, left : left + width]
    small = small[: part.shape[0], : part.shape[1]]
    part[:] = (255 * small[..., :3] + (1 - small[..., 3:]) * part).round().clip(0, 255).astype(np.uint8)


def enlarge(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """The picture at another size, RGB uint8: enlarged without blocks or blur, or reduced."""
    factor = width / image.shape[1]
    if factor <= 1:
        return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    if factor > DEBLOCK_FROM:
        image = cv2.bilateralFilter(image, 5, DEBLOCK_COLOUR_SIGMA, DEBLOCK_SPACE_SIGMA)
    large = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), SHARPEN_SIGMA * factor)
    return cv2.addWeighted(large, 1 + SHARPEN_AMOUNT, soft, -SHARPEN_AMOUNT, 0)


def _extend(shown: np.ndarray, start: int, length: int, feather: float, shade: Colour) -> np.ndarray:
    """``length`` rows with the picture from row ``start``, its margins mirrored, blurred and darkened beyond.

    Only margins are mirrored, stretched over the whole extension: a mirrored subject would be seen
    as a second one, however blurred.
    """
    end = start + len(shown)
    columns = max(1, round(shown.shape[1] * EXTENSION_SCALE))
    inner = cv2.resize(shown, (columns, max(1, round(len(shown) * EXTENSION_SCALE))), interpolation=cv2.INTER_AREA)
    margin = max(1, round(MIRRORED_MARGIN * len(inner)))
    before, after = round(start * EXTENSION_SCALE), round((length - end) * EXTENSION_SCALE)
    small = np.concatenate(
        [_stretch(inner[margin - 1 :: -1], before), inner, _stretch(inner[: -margin - 1 : -1], after)]
    )
    blurred = cv2.GaussianBlur(small, (0, 0), EXTENSION_SIGMA)
    darkened = EXTENSION_KEPT * blurred + (1 - EXTENSION_KEPT) * 255 * np.array(shade)
    extension = cv2.resize(darkened.astype(np.uint8), (shown.shape[1], length), interpolation=cv2.INTER_CUBIC)
    opacity = np.broadcast_to(_opacity(start, end, length, feather)[:, None], shown.shape[:2]).copy()
    extension[start:end] = cv2.blendLinear(shown, extension[start:end], opacity, 1 - opacity)
    return extension


def _stretch(rows: np.ndarray, length: int) -> np.ndarray:
    if not length:
        return rows[:0]
    return cv2.resize(np.ascontiguousarray(rows), (rows.shape[1], length), interpolation=cv2.INTER_LINEAR)


def _opacity(start: int, end: int, length: int, feather: float) -> np.ndarray:
    """Of each row of the picture, fading at those of its edges that are not the canvas's."""
    row = np.arange(end - start, dtype=np.float32) + 0.5
    opacity = np.ones_like(row)
    if start > 0:
        opacity *= smooth_step(row / feather)
    if end < length:
        opacity *= smooth_step(row[::-1] / feather)
    return opacity


def _feather(layout: Layout) -> float:
    """As wide as wanted, but not into a head, the product or burnt-in text."""
    picture = layout.picture
    distances = [FEATHER * min(layout.width, layout.height)]
    for box in (*layout.heads, *layout.texts, *filter(None, [layout.product])):
        distances += [box.top - picture.top] * (picture.top > 0)
        distances += [picture.bottom - box.bottom] * (picture.bottom < layout.height)
        distances += [box.left - picture.left] * (picture.left > 0)
        distances += [picture.right - box.right] * (picture.right < layout.width)
    return max(2.0, min(distances))


def smooth_step(position: np.ndarray) -> np.ndarray:
    """0 up to 0, 1 from 1 on, level at both ends; float32."""
    t = position.clip(0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)
