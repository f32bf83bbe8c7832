"""The interpretable features of a cover, computed here only.

Reflection checks criteria against them, the click model learns from them and criteria speak of
them, so all three mean the same numbers. They are measured on the rendered 3:4 picture.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inference.media.geometry import Box

if TYPE_CHECKING:
    from inference.covers.picture.layout import Layout

RATIO = "3:4"
"""The ratio whose picture is measured."""


@dataclass(frozen=True)
class Feature:
    """A feature's name and how it is said. ``more`` and ``less`` complete "covers with …"."""

    name: str
    unit: str
    more_en: str
    less_en: str
    more_zh: str
    less_zh: str


# fmt: off
FEATURES = (
    Feature("brightness", "mean luma, 0 to 1", "a brighter picture", "a darker picture", "画面更明亮", "画面更暗"),
    Feature("contrast", "sd of luma, 0 to 0.5", "stronger contrast", "softer contrast", "对比更强", "对比更柔和"),
    Feature("colourfulness", "Hasler–Süsstrunk, about 0 to 1.5", "livelier colours", "calmer colours", "色彩更鲜艳", "色彩更素净"),
    Feature("warmth", "mean red minus blue, -1 to 1", "warmer colours", "cooler colours", "色调更暖", "色调更冷"),
    Feature("sharpness", "log10 of Laplacian variance", "a sharper picture", "a softer picture", "画面更清晰", "画面更柔"),
    Feature("face_count", "faces", "more faces", "fewer faces", "人脸更多", "人脸更少"),
    Feature("face_area", "share of the picture, 0 to 1", "a larger face", "a smaller face", "人脸更大", "人脸更小"),
    Feature("product_area", "share of the picture, 0 to 1", "a larger product", "a smaller product", "商品占比更大", "商品占比更小"),
    Feature("text_area", "share of the picture, 0 to 1", "larger text", "smaller text", "文字更大", "文字更小"),
    Feature("title_y", "centre of the title, 0 top to 1 bottom", "the title low", "the title high", "标题在下方", "标题在上方"),
    Feature("title_length", "display width in Chinese characters", "a longer title", "a shorter title", "标题更长", "标题更短"),
    Feature("title_contrast", "WCAG ratio of ink to surround, 1 to 21", "stronger text contrast", "softer text contrast", "文字对比更强", "文字对比更弱"),
    Feature("price_shown", "0 or 1", "the price shown", "no price shown", "标出价格", "不标价格"),
)
# fmt: on


def measure(image: np.ndarray, layout: "Layout") -> dict[str, float]:
    """Every feature of a rendered 3:4 cover, by the names of ``FEATURES``.

    ``image`` is RGB uint8 of the layout's size. Raises ``ValueError`` for another ratio or size.
    """
    if layout.ratio != RATIO or image.shape != (layout.height, layout.width, 3):
        raise ValueError(f"features are measured on the {RATIO} picture, not on {layout.ratio} of shape {image.shape}")
    from inference.covers.picture.legibility import measure_contrast

    values = _measure_pixels(image) | _measure_layout(layout)
    values["title_contrast"] = measure_contrast(image, layout.title)
    return {feature.name: float(values[feature.name]) for feature in FEATURES}


def _measure_pixels(image: np.ndarray) -> dict[str, float]:
    import cv2

    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    means, deviations = (value.ravel() / 255 for value in cv2.meanStdDev(luma))
    (red, _, blue), _ = (value.ravel() / 255 for value in cv2.meanStdDev(image))
    detail = cv2.meanStdDev(cv2.Laplacian(luma, cv2.CV_16S))[1].item() ** 2
    return {
        "brightness": means[0],
        "contrast": deviations[0],
        "colourfulness": _measure_colourfulness(image),
        "warmth": red - blue,
        "sharpness": np.log10(max(detail, LEAST_DETAIL)),
    }


LEAST_DETAIL = 1e-2
"""Laplacian variance given to a flat picture, so that its logarithm exists."""


def _measure_colourfulness(image: np.ndarray) -> float:
    """Hasler and Süsstrunk, *Measuring colourfulness in natural images*, 2003; over 100, so 1 is very colourful."""
    import cv2

    red, green, blue = (plane.astype(np.float32) for plane in cv2.split(image))
    opponents = np.dstack([red - green, (red + green) / 2 - blue])
    means, deviations = (value.ravel() for value in cv2.meanStdDev(opponents))
    return float(np.hypot(*deviations) + 0.3 * np.hypot(*means)) / 100


def _measure_layout(layout: "Layout") -> dict[str, float]:
    from inference.covers.picture.typography import display_width

    canvas = layout.width * layout.height
    faces = [_visible(face, layout) for face in layout.faces]
    product = _visible(layout.product, layout) if layout.product else 0.0
    _, title_middle = layout.title.box.centre
    return {
        "face_count": len(faces),
        "face_area": max(faces, default=0.0) / canvas,
        "product_area": product / canvas,
        "text_area": sum(block.outer.area for block in layout.blocks) / canvas,
        "title_y": title_middle / layout.height,
        "title_length": display_width(layout.wording.title),
        "price_shown": layout.wording.price is not None,
    }


def _visible(box: Box, layout: "Layout") -> float:
    """Pixels of a box that lie on the picture."""
    return box.intersection(layout.picture).area
