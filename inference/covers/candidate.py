"""From a draft to a candidate cover: rendered, judged on its pixels, scored.

A ratio in which the draft's own style breaks a mandatory check, or in which OCR does not read the title
exactly, is tried in plainer styles before the draft is given up: a card under the text is always
readable, if not always pretty.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inference.covers import features
from inference.covers.attempts import UNSET
from inference.covers.demands import Demand, judge_demands, share_met
from inference.covers.drafts import Draft
from inference.covers.frames.select import FrameChoice
from inference.covers.picture import compose, reflect, render
from inference.covers.picture.layout import Layout
from inference.covers.picture.reflect import READ_BACK, Check
from inference.covers.picture.style import RATIOS
from inference.covers.picture.template import Template
from inference.covers.plan import Plan
from inference.covers.titles.verdict import TitleCandidate
from inference.covers.verdicts import Finished
from inference.memory import criteria as memory
from inference.memory.criteria import Criterion
from inference.models.layout_model import LayoutModel
from inference.models.vision_language import VisionLanguageModel

MAIN_RATIO = "3:4"
"""The picture on which features are measured and candidates are compared."""

FRAME_WEIGHT, TITLE_WEIGHT, LAYOUT_WEIGHT, WISHES_WEIGHT = 0.5, 0.3, 0.2, 0.2
"""Priors of what makes a cover good, in force until criteria speak. Wishes are a plan's optional tasks."""

USUAL_LAYOUT_COST = 1.5
"""Layout cost that earns half of what layout can earn: the median of 120 covers of ten clips, which cost 0.4 to 5."""

CRITERIA_WEIGHT = 10.0
"""Score per unit of click probability: one percentage point more clicks is worth a tenth of quality."""


class Unfit(Exception):
    """No style gives a picture that passes its mandatory checks.

    The message says what each one failed; ``problems`` names the checks.
    """

    def __init__(self, message: str, problems: Sequence[str]) -> None:
        super().__init__(message)
        self.problems = tuple(dict.fromkeys(problems))


@dataclass(frozen=True)
class Studio:
    """What covers are made with beside their own frame and words: each part may be missing.

    ``layout_model`` proposes layouts beside the search, ``template`` is a designer's, ``viewer`` judges
    what measures cannot.
    """

    layout_model: LayoutModel | None = None
    template: Template | None = None
    viewer: VisionLanguageModel | None = None


@dataclass(frozen=True)
class Picture:
    """One ratio of a cover and what was measured on its pixels.

    ``failures`` are the styles tried before the one that stands, and what each one failed.
    """

    jpeg: bytes
    layout: Layout
    checks: tuple[Check, ...]
    style: str
    webp: bytes = b""
    failures: tuple[str, ...] = ()

    @property
    def read_exactly(self) -> bool:
        return all(check.passed for check in self.checks if check.name == READ_BACK)


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
    def order(self) -> tuple[int, int, float]:
        """What candidates are sorted by: demands not met, pictures whose title OCR misreads, then the score."""
        misread = sum(not picture.read_exactly for picture in self.pictures.values())
        return sum(demand.unmet for demand in self.demands), misread, -self.score


def render_main(draft: Draft, plan: Plan, cover_id: str, criteria: Sequence[Criterion], studio: Studio) -> Cover:
    """The candidate with its 3:4 picture only, scored. Raises ``Unfit``."""
    picture, image = _render(draft, MAIN_RATIO, studio)
    measured = features.measure(image, picture.layout)
    demands = judge_demands(plan, Finished(image, draft.frame, picture.layout, measured), studio.viewer)
    scores = {
        "frame": FRAME_WEIGHT * draft.frame.score,
        "title": TITLE_WEIGHT * draft.title.score,
        "layout": LAYOUT_WEIGHT / (1 + picture.layout.cost / USUAL_LAYOUT_COST),
        "wishes": WISHES_WEIGHT * share_met(demands),
        "criteria": CRITERIA_WEIGHT * memory.score(measured, criteria),
    }
    return Cover(cover_id, draft.frame, draft.title, picture.style, {MAIN_RATIO: picture}, measured, demands, scores)


def render_rest(cover: Cover, draft: Draft, studio: Studio, left_out: Collection[str] = ()) -> Cover:
    """The same candidate in every ratio but those left out, each laid out for itself. Raises ``Unfit``."""
    wanted = (ratio for ratio in RATIOS if ratio != MAIN_RATIO and ratio not in left_out)
    rest = {ratio: _render(draft, ratio, studio)[0] for ratio in wanted}
    return replace(cover, pictures=cover.pictures | rest)


@dataclass(frozen=True)
class _Rendered:
    """One style of a draft in one ratio, and the checks it failed, the mandatory ones first."""

    style: str
    image: np.ndarray
    layout: Layout
    checks: tuple[Check, ...]

    @property
    def failed(self) -> list[Check]:
        failed = [check for check in self.checks if not check.passed and (check.mandatory or check.name == READ_BACK)]
        return sorted(failed, key=lambda check: not check.mandatory)

    @property
    def fit(self) -> bool:
        return not any(check.mandatory for check in self.failed)


def _render(draft: Draft, ratio: str, studio: Studio) -> tuple[Picture, np.ndarray]:
    """The first style's picture that passes and whose title is read exactly, or else the first that passes."""
    failures, problems = [], []
    misread: tuple[_Rendered, tuple[str, ...]] | None = None
    for name in draft.styles:
        try:
            rendered = _render_in(draft, ratio, name, studio)
        except ValueError as error:  # the words cannot be set in this font or on this canvas
            failures.append(f"{name}: {error}")
            problems.append(UNSET)
            continue
        if not rendered.failed:
            return _finish(rendered, failures), rendered.image
        if rendered.fit and misread is None:
            misread = rendered, tuple(failures)
        failures.append(f"{name}: {rendered.failed[0].reason}")
        problems.append(rendered.failed[0].name)
    if misread is None:
        raise Unfit(f"{ratio}: {'; '.join(failures)}", problems)
    return _finish(*misread), misread[0].image


def _render_in(draft: Draft, ratio: str, name: str, studio: Studio) -> _Rendered:
    """Raises ``ValueError`` as ``compose`` does."""
    layout = compose.compose(draft.frame, draft.wording, ratio, draft.dress(name), studio.layout_model, studio.template)
    image = render.render(draft.frame, layout)
    checks = reflect.check(image, layout, draft.wording)
    if all(check.passed for check in checks if check.mandatory):
        checks.append(reflect.check_reading(image, layout))
    return _Rendered(name, image, layout, tuple(checks))


def _finish(rendered: _Rendered, failures: Sequence[str]) -> Picture:
    jpeg, webp = render.to_jpeg(rendered.image), render.to_webp(rendered.image)
    return Picture(jpeg, rendered.layout, rendered.checks, rendered.style, webp, tuple(failures))
