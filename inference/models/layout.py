"""What stands where in a picture: text blocks with role, language and ink colour, and the boxes of the rest.

English names in code; ``KEYS`` is the one table from them to the keys of the JSON that the layout
model is trained on and answers with. Renderer, annotators and layout model share this vocabulary and
nothing else: how a colour is drawn and how it is recognised are two pieces of code, or measuring one
on the other would prove nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from inference.media.geometry import Box


class Role(StrEnum):
    """What a block of text is there for."""

    HEADLINE = "headline"
    SUBHEADLINE = "subheadline"
    SELLING_POINT = "selling_point"
    PRICE = "price"
    CALL_TO_ACTION = "call_to_action"
    BRAND = "brand"


READABLE_SIZE = {Role.HEADLINE: 0.05}
READABLE_SIZE_OF_OTHERS = 0.018
"""Smallest em, as shares of the canvas's short side: the smallest that rendered posters are set in."""


def readable_size(role: Role) -> float:
    """Smallest em of a role, as a share of the canvas's short side."""
    return READABLE_SIZE.get(role, READABLE_SIZE_OF_OTHERS)


class Colour(StrEnum):
    """The eleven basic colour terms (Berlin and Kay, *Basic Color Terms*, 1969)."""

    BLACK = "black"
    WHITE = "white"
    GREY = "grey"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"


KEYS = {
    "texts": "文本",
    Role.HEADLINE: "主标题",
    Role.SUBHEADLINE: "副标题",
    Role.SELLING_POINT: "卖点",
    Role.PRICE: "价格",
    Role.CALL_TO_ACTION: "行动点",
    Role.BRAND: "品牌",
    "text": "ocr",
    "box": "box",
    "language": "文本语言",
    "colour": "文本主体色调",
    "faces": "人脸",
    "products": "商品",
    "underlays": "衬底",
    "zh": "中文",
    "en": "英文",
    Colour.BLACK: "黑色",
    Colour.WHITE: "白色",
    Colour.GREY: "灰色",
    Colour.RED: "红色",
    Colour.ORANGE: "橙色",
    Colour.YELLOW: "黄色",
    Colour.GREEN: "绿色",
    Colour.BLUE: "蓝色",
    Colour.PURPLE: "紫色",
    Colour.PINK: "粉色",
    Colour.BROWN: "棕色",
}
"""From names in code to what stands in the trained JSON."""

SCALE = 1000
"""Boxes of the trained JSON run from 0 to this over the picture's width and height."""


@dataclass(frozen=True)
class TextBlock:
    """Lines that belong together: one thought in one font.

    ``text`` is read in order, Chinese lines joined without a blank, English ones with one. ``box`` is
    in pixels, tight around the ink. ``language`` is zh or en. ``confidence`` is 0 to 1.
    """

    text: str
    box: Box
    role: Role
    language: str
    colour: Colour
    confidence: float = 1.0


@dataclass(frozen=True)
class Annotation:
    """One picture, ``width`` × ``height`` pixels; blocks in reading order; the other boxes in pixels."""

    width: int
    height: int
    blocks: tuple[TextBlock, ...]
    faces: tuple[Box, ...] = ()
    products: tuple[Box, ...] = ()
    underlays: tuple[Box, ...] = ()
