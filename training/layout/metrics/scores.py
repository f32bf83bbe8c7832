"""What was measured of one system's layouts: per poster, as means with intervals, and as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from training.intervals import Interval, gain, interval


@dataclass(frozen=True)
class Meaning:
    """How a score is to be read. ``least`` and ``most`` bound it, as far as it has bounds."""

    better: Literal["higher", "lower", "neither"]
    least: float
    most: float | None
    words: str


MEANINGS = {
    "validity": Meaning("higher", 0, 1, "share of elements of at least 0.1 % of the canvas"),
    "overlap": Meaning("lower", 0, None, "intersection over union of texts with one another"),
    "non_alignment": Meaning("lower", 0, None, "distance to the nearest shared edge or middle line, as −log10(1 − d)"),
    "underlay_loose": Meaning("higher", 0, 1, "largest share of a text that lies on an underlay, mean of underlays"),
    "underlay_strict": Meaning("higher", 0, 1, "share of underlays with a text wholly on them"),
    "utility": Meaning("higher", 0, 1, "share of what does not draw the eye that elements use"),
    "occlusion": Meaning("lower", 0, 1, "mean saliency beneath elements"),
    "unreadability": Meaning("lower", 0, 1, "mean slope of the picture beneath texts"),
    "faces_covered": Meaning("lower", 0, 1, "share of the area of faces beneath elements"),
    "products_covered": Meaning("lower", 0, 1, "share of the area of products beneath elements"),
    "retention": Meaning("higher", 0, 1, "share of given texts placed, on the canvas, large enough"),
    "text_fits": Meaning("higher", 0, 1, "share of given texts that can be set in their box at a readable size"),
    "contrast": Meaning("higher", 1, 21, "WCAG ratio of ink to ground at its worst, mean of texts"),
    "readable_contrast": Meaning("higher", 0, 1, "share of given texts with a contrast of at least 4.5"),
    "diversity": Meaning(
        "neither", 0, 1, "shares of the canvas by which edges differ between pictures; 0 = always the same layout"
    ),
}
"""Every score, in the order of tables."""


@dataclass(frozen=True)
class Scores:
    """Scores of one system on the same posters as others.

    ``values`` and ``weights`` hold an array [posters] for each name in ``MEANINGS``. A poster of
    weight 0 was not measured (no face to cover, no underlay) and its value is NaN or says nothing.
    ``profile`` and ``saliency`` name what the eight PosterLayout metrics were computed with.
    """

    profile: str
    saliency: str
    values: dict[str, np.ndarray]
    weights: dict[str, np.ndarray]

    def means(self) -> dict[str, float]:
        """The weighted mean of each score; NaN where no poster was measured."""
        return {name: self._mean(name) for name in self.values}

    def interval(self, name: str, groups: Sequence[str]) -> Interval:
        """A score's mean and its 95 % interval, drawn over groups of posters."""
        return interval(self.values[name], groups, self.weights[name])

    def gain(self, other: "Scores", name: str, groups: Sequence[str]) -> Interval:
        """How much better this system scores than another on the same posters: above 0 is better.

        The sign is turned for scores of which lower is better. Raises ``ValueError`` when the two were
        not measured alike, or the score is no better either way.
        """
        if (self.profile, self.saliency) != (other.profile, other.saliency):
            raise ValueError(
                f"scores of profile {self.profile} with saliency {self.saliency} do not compare with those of "
                f"{other.profile} with {other.saliency}; measure both alike"
            )
        better = MEANINGS[name].better
        if better == "neither":
            raise ValueError(f"{name} is better neither high nor low; compare its means")
        sign = 1 if better == "higher" else -1
        own, others = sign * self.values[name], sign * other.values[name]
        return gain(own, others, groups, self.weights[name], other.weights[name])

    def _mean(self, name: str) -> float:
        values, weights = self.values[name], self.weights[name]
        counted = weights > 0
        return float(np.average(values[counted], weights=weights[counted])) if counted.any() else float("nan")


def as_table(systems: Mapping[str, Scores], groups: Sequence[str]) -> str:
    """The systems' scores with their 95 % intervals as Markdown, a row for each score; ``legend`` says what it is."""
    lines = [f"| score | better | {' | '.join(systems)} |", "|---" * (len(systems) + 2) + "|"]
    for name, meaning in MEANINGS.items():
        cells = [_cell(scores.interval(name, groups)) for scores in systems.values()]
        lines.append(f"| {name} | {meaning.better} | {' | '.join(cells)} |")
    return "\n".join(lines)


def legend() -> str:
    """What each score is, as a Markdown list: in a table's last column a viewer would cut it off."""
    return "\n".join(f"- **{name}**: {meaning.words}" for name, meaning in MEANINGS.items())


def _cell(measured: Interval) -> str:
    if np.isnan(measured.mean):
        return "–"
    if not np.isfinite(measured.low):
        return f"{measured.mean:.3f}"
    return f"{measured.mean:.3f} ({measured.low:.3f} to {measured.high:.3f})"
