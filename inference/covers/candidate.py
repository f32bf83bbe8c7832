"""From a draft to a candidate cover: rendered, judged on its pixels, scored.

A ratio in which the draft's own style breaks a mandatory check is tried in plainer styles before
the draft is given up: a card under the text is always readable, if not always pretty.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.covers import features
from inference.covers.demands import Demand, judge_demands
from inference.covers.drafts import Draft
from inference.covers.frames.select import FrameChoice
from inference.covers.picture import layout, reflect, render
from inference.covers.picture.layout import Layout
from inference.covers.picture.reflect import Check
from inference.covers.picture.style import RATIOS, STYLES
from inference.covers.plan import Plan
from inference.covers.titles.verdict import TitleCandidate
from inference.memory import criteria as memory
from inference.memory.criteria import Criterion

MAIN_RATIO = "3:4"
"""The picture on which features are measured and candidates are compared."""

FALLBACK_STYLES = ("card", "headline", "label")

FRAME_WEIGHT, TITLE_WEIGHT, LAYOUT_WEIGHT = 0.5, 0.3, 0.2
"""Priors of what makes a cover good, in force until criteria speak."""

USUAL_LAYOUT_COST = 1.5
"""Layout cost that earns half of what layout can earn: the median of 120 covers of ten clips, which cost 0.4 to 5."""

CRITERIA_WEIGHT = 10.0
"""Score per unit of click probability: one percentage point more clicks is worth a tenth of quality."""


class Unfit(Exception):
    """No style gives a picture that passes its mandatory checks. The message says what each one failed."""


@dataclass(frozen=True)
class Picture:
    """One ratio of a cover and what was measured on its pixels."""

    jpeg: bytes
    layout: Layout
    checks: tuple[Check, ...]
    style: str


@dataclass(frozen=True)
class Cover:
    """A candidate that passed every mandatory check. ``scores`` add up to ``score``."""

    cover_id: str
    frame: FrameChoice
    title: TitleCandidate
    style: str
    pictures: dict[str, Picture]
    features: dict[str, float]
    demands: tuple[Demand, ...]
    scores: dict[str, float]

    @property
    def score(self) -> float:
        return sum(self.scores.values())

    @property
    def order(self) -> tuple[int, float]:
        """What candidates are sorted by: demands of the requirement that are not met, then the score."""
        return sum(demand.met is False for demand in self.demands), -self.score


def render_main(draft: Draft, plan: Plan, cover_id: str, criteria: Sequence[Criterion]) -> Cover:
    """The candidate with its 3:4 picture only, scored. Raises ``Unfit``."""
    picture, image = _render(draft, MAIN_RATIO)
    measured = features.measure(image, picture.layout)
    scores = {
        "frame": FRAME_WEIGHT * draft.frame.score,
        "title": TITLE_WEIGHT * draft.title.score,
        "layout": LAYOUT_WEIGHT / (1 + picture.layout.cost / USUAL_LAYOUT_COST),
        "criteria": CRITERIA_WEIGHT * memory.score(measured, criteria),
    }
    demands = judge_demands(plan, draft.frame, picture.layout.wording, measured)
    return Cover(cover_id, draft.frame, draft.title, picture.style, {MAIN_RATIO: picture}, measured, demands, scores)


def render_rest(cover: Cover, draft: Draft) -> Cover:
    """The same candidate in every ratio, each laid out for itself. Raises ``Unfit``."""
    rest = {ratio: _render(draft, ratio)[0] for ratio in RATIOS if ratio != MAIN_RATIO}
    return replace(cover, pictures=cover.pictures | rest)


def _render(draft: Draft, ratio: str):
    """The first style's picture that passes, as ``Picture`` and as pixels."""
    failures = []
    for name in dict.fromkeys((draft.style, *FALLBACK_STYLES)):
        try:
            composed = layout.compose(draft.frame, draft.wording, ratio, STYLES[name])
        except ValueError as error:  # the words cannot be set in this font or on this canvas
            failures.append(f"{name}: {error}")
            continue
        image = render.render(draft.frame, composed)
        checks = tuple(reflect.check(image, composed, draft.wording))
        failed = [check for check in checks if check.mandatory and not check.passed]
        if not failed:
            return Picture(render.to_jpeg(image), composed, checks, name), image
        failures.append(f"{name}: {failed[0].reason}")
    raise Unfit(f"{ratio}: {'; '.join(failures)}")
