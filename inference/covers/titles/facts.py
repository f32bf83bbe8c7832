"""All that is known of a video and its product: what its title may draw on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inference.covers.titles.claims import ENGLISH_FUNCTION_WORDS
from inference.covers.titles.notices import without_appeals, without_notices

MAX_SPOKEN = 300
CURRENCY_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True)
class Facts:
    """All that a title may draw on; each part may be missing.

    ``spoken``, ``on_screen`` (largest first) and ``file_words`` are of the video, the rest of its product.
    Sentences that call the buyer to something, or give orders to whoever writes, are no facts and go.
    """

    title: str | None = None
    selling_points: tuple[str, ...] = ()
    description: str | None = None
    price: float | None = None
    currency: str | None = None
    category: str | None = None
    spoken: str | None = None
    on_screen: tuple[str, ...] = ()
    file_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("title", "description", "spoken"):
            object.__setattr__(self, name, without_appeals(getattr(self, name)))
        points = filter(None, map(without_appeals, self.selling_points))
        object.__setattr__(self, "selling_points", tuple(points))

    @classmethod
    def of_product(cls, row: Mapping[str, Any], **of_video: Any) -> "Facts":
        """The facts of a row of ``products``; ``of_video`` adds spoken, on_screen or file_words."""
        names = ("title", "description", "price", "currency", "category")
        points = tuple(row["selling_points"])
        return cls(selling_points=points, **{name: row[name] for name in names}, **of_video)

    @property
    def content(self) -> str:
        """What the model writes from. The product's own title is left out while there is anything else:
        the model learned to write titles, not to repeat them."""
        spoken = self.spoken[:MAX_SPOKEN] if self.spoken else None
        parts = [*self.selling_points, self.description, self.category, self.price_tag, spoken, *self.headlines]
        return _as_lines(*parts) or _as_lines(self.title, self.file_name)

    @property
    def everything(self) -> str:
        """All facts as text: what is not in here may not be claimed."""
        return _as_lines(self.written, self.spoken)

    @property
    def written(self) -> str:
        """All facts but what was said: somebody chose these words."""
        of_product = [self.title, self.description, self.category, self.price_tag, *self.selling_points]
        return _as_lines(*of_product, *self.headlines, self.file_name)

    @property
    def headlines(self) -> tuple[str, ...]:
        """What stands on screen and is about the video: no notices, no watermarks."""
        return without_notices(self.on_screen)

    @property
    def file_name(self) -> str:
        """The words of the file name as a title: ``Great Wall``, ``长城``."""
        words = [
            word if place and word in ENGLISH_FUNCTION_WORDS else word[:1].upper() + word[1:]
            for place, word in enumerate(self.file_words)
        ]
        return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", " ".join(words))

    @property
    def price_tag(self) -> str | None:
        """``¥99`` or ``99 SEK``; None without a price."""
        if self.price is None:
            return None
        sign = CURRENCY_SIGNS.get(self.currency or "")
        return f"{sign}{self.price:g}" if sign else f"{self.price:g} {self.currency or ''}".strip()


def _as_lines(*parts: str | None) -> str:
    return "\n".join(part.strip() for part in parts if part and part.strip())
