"""A line of text as it was set, and the size of its font."""

import re
from dataclasses import dataclass

from inference.media.geometry import Box
from training.corpora.layout_annotations.embedded.ink import Ink

HAN = re.compile(r"[\u3400-\u9fff]")
HAN_HEIGHT = 0.92
"""Em that Chinese characters fill; of Latin ones see ``LATIN_PARTS``."""

DESCENDERS = (re.compile(r"[gjpqy,;$]"), 0.2)
LATIN_PARTS = ((re.compile(r"[A-Z0-9bdfhklt$£€¥￥%&!?]"), 0.2), DESCENDERS)
X_HEIGHT = 0.52
"""Em of a line of x's; what ascenders and capitals, and what descenders add."""


@dataclass(frozen=True, eq=False)
class Line:
    """A line of text. ``box`` is tight around its ink; ``size`` is its font's, in pixels; ``score`` 0 to 1."""

    text: str
    box: Box
    ink: Ink
    size: float
    score: float
    bulleted: bool = False

    @property
    def language(self) -> str:
        return language_of(self.text)

    @property
    def baseline(self) -> float:
        """Where its letters stand, in pixels from the top; of Chinese characters, where they end."""
        letters, depth = DESCENDERS
        return self.box.bottom - (depth * self.size if self.language == "en" and letters.search(self.text) else 0.0)


def language_of(text: str) -> str:
    """zh where any Chinese character stands, else en."""
    return "zh" if HAN.search(text) else "en"


def font_size(text: str, ink_height: float) -> float:
    """Pixels of an em, from how high a line's ink is and which characters it holds."""
    if HAN.search(text):
        return ink_height / HAN_HEIGHT
    return ink_height / (X_HEIGHT + sum(height for letters, height in LATIN_PARTS if letters.search(text)))
