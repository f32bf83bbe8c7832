"""Which demands of a requirement a cover meets, told from the finished picture.

Frames and words are chosen with the demands in mind, but a video without a face cannot show one. Such
a cover is made all the same; it ranks behind every candidate that meets more, and its record says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inference.covers.frames.select import FrameChoice
from inference.covers.picture.style import Wording
from inference.covers.plan import Plan
from inference.covers.titles.checks import width


@dataclass(frozen=True)
class Demand:
    """One demand and what was found. ``met`` is None where nothing here can tell."""

    wanted: str
    met: bool | None
    found: str


def judge_demands(
    plan: Plan, frame: FrameChoice, wording: Wording, features: Mapping[str, float]
) -> tuple[Demand, ...]:
    """Every demand of a plan against a cover; ``features`` are those of its 3:4 picture."""
    found = _look_for_subjects(frame, features)
    demands = [Demand(f"show {subject}", *found[subject]) for subject in plan.must_show]
    for subject in plan.must_not_show:
        seen, words = found[subject]
        demands.append(Demand(f"no {subject}", None if seen is None else not seen, words))
    if plan.title_max_chars is not None:
        size = width(wording.title, wording.language)
        demands.append(Demand(f"title up to {plan.title_max_chars}", size <= plan.title_max_chars, f"{size:g} wide"))
    if plan.ratio:
        demands.append(Demand(f"in {plan.ratio}", True, "every cover comes in every ratio"))
    return tuple(demands)


def _look_for_subjects(frame: FrameChoice, features: Mapping[str, float]) -> dict[str, tuple[bool | None, str]]:
    """Whether each subject that a plan can name is on the cover, and what was found."""
    faces, product, price = (features[name] for name in ("face_count", "product_area", "price_shown"))
    return {
        "face": (faces > 0, f"faces: {faces:g}"),
        "product": (product > 0, f"an object on {product:.0%} of the picture" if product else "no object stands out"),
        "price": (price > 0, "a price is shown" if price else "no price is shown"),
        "text": (bool(frame.texts), f"burnt-in lines: {len(frame.texts)}"),
        "hand": (None, "no model here finds hands; frames into which something reaches rank behind others"),
    }
