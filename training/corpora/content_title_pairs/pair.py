"""A pair on its way from a source to the dataset, and the reason for which one is dropped."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Shown:
    """A title that people saw: its impressions, clicks, and click rate after position and shrinkage, 0 to 1."""

    title: str
    impressions: int
    clicks: int
    click_rate: float


@dataclass(frozen=True)
class Pair:
    """A title, the content it was written from, and where both come from.

    ``source`` is where the title comes from, ``content_sources`` where the content does. ``seen_at``
    (UTC) is when the content was first seen; pairs without it count as the oldest. ``shown`` is what
    people did when they saw this title, ``rejected`` the titles it beat for the same content, and
    ``simulated`` whether these people were simulated.
    ``cleaned_from`` is the title as it was, where a filter cleaned it.
    """

    content: str
    title: str
    language: str
    source: str
    product_id: str | None = None
    video_id: str | None = None
    content_sources: tuple[str, ...] = ()
    seen_at: datetime | None = None
    shown: Shown | None = None
    rejected: tuple[Shown, ...] = ()
    simulated: bool = False
    cleaned_from: str | None = None


@dataclass(frozen=True)
class Drop:
    """Why a pair is not used: the rule, the same for all such pairs, and the detail of this one."""

    rule: str
    reason: str
    detail: str = ""
