"""What the evaluation found, for people: a page to read, tables to sort, a picture to look at."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.corpora.content_title_pairs.near_duplicates import SIMILAR
from training.intervals import Interval
from training.title_copy.scores import SCORES, Scored

Pair = Mapping[str, Any]

SAMPLES_SHOWN = 12
"""Titles on the page; the table ``titles`` has all."""


@dataclass(frozen=True)
class Report:
    """The systems' scores on the same held-out pairs, and masks [pairs] of the parts by name, the whole first.

    ``trained`` is the one of them that each of ``others`` is compared with.
    """

    trained: Scored
    others: Sequence[Scored]
    systems: Sequence[Scored]
    pairs: Sequence[Pair]
    parts: Mapping[str, np.ndarray]
    token_cap: int

    def page(self, verdict: str) -> str:
        """The evaluation as Markdown: what was compared, all scores, by distance, titles to read."""
        languages = ", ".join(sorted({pair["language"] for pair in self.pairs}))
        groups = len({pair["group"] for pair in self.pairs})
        return f"""# Titles for {len(self.pairs)} contents that no training saw

{verdict}

Language: {languages}. The contents fall into {groups} groups of like products; intervals are 95 %, by a bootstrap over
the groups. Every system writes at most {self.token_cap} tokens. *As published* is what serving would show: several
titles that fit on a cover are asked for, those that claim what the content lacks are refused, and a title cut out by
rule stands in where none is left, or none at all. Without it, a system is shown as it writes.

## All scores

{self._main_table()}

↑ more is better, ↓ less is better.

{_legend()}

## How far the trained model is ahead

As it writes, {self.trained.name} less each other system, on the same contents.

{self._difference_table()}

## ROUGE-L by distance from what was learned

Similarity is that of the nearest training content (Jaccard, character trigrams); pairs of {SIMILAR:g} and more never
lie on both sides of the split, so a system that only copies has no near-duplicate to copy from.

{self._distance_table()}

## Titles to read

{self._samples()}
"""

    def metrics(self) -> dict[str, float]:
        """Every mean as ``held_out/<system>/<score>``, and how many pairs it is of; what has no mean is left out."""
        means = {
            f"held_out/{_key(system.name)}/{name}": mean
            for system in self.systems
            for name, mean in system.means([pair["language"] for pair in self.pairs]).items()
        }
        return {name: mean for name, mean in means.items() if not np.isnan(mean)} | {"held_out/pairs": len(self.pairs)}

    def scores(self) -> dict[str, list[Any]]:
        """Columns of a table with a row for each system and score."""
        rows = [(system.name, name, *system.interval(name)) for system in self.systems for name in SCORES]
        return _columns(("system", "score", "mean", "low", "high"), rows)

    def differences(self) -> dict[str, list[Any]]:
        """Columns of a table with a row for each other system and score: the trained one's mean less the other's."""
        rows = [(other.name, name, *self.trained.gain(other, name)) for other in self.others for name in SCORES]
        return _columns(("trained against", "score", "difference", "low", "high"), rows)

    def by_distance(self) -> dict[str, list[Any]]:
        """Columns of a table with a row for each part, system and score."""
        rows = [
            (part, int(mask.sum()), system.name, name, *system.interval(name, mask))
            for part, mask in self.parts.items()
            for system in self.systems
            for name in SCORES
        ]
        return _columns(("part", "pairs", "system", "score", "mean", "low", "high"), rows)

    def titles(self, similarity: np.ndarray) -> dict[str, list[Any]]:
        """Columns of a table with a row for each pair: its content, the shop's title, every system's."""
        columns = {"language": [pair["language"] for pair in self.pairs]}
        columns["content"] = [pair["content"] for pair in self.pairs]
        columns["similarity of nearest training content"] = [round(float(value), 3) for value in similarity]
        columns["shop's title"] = [pair["title"] for pair in self.pairs]
        return columns | {system.name: system.titles for system in self.systems}

    def figure(self) -> Any:
        """A matplotlib figure: each score a panel, each system a dot with its interval; ROUGE-L by part last."""
        from matplotlib.figure import Figure

        height = 1.2 + 0.28 * len(self.systems)
        figure = Figure(figsize=(14, height * 3), layout="constrained")
        panels = figure.subplots(3, 4, sharey=True).flat
        for panel, name in zip(panels, SCORES, strict=False):
            _draw(panel, _arrowed(name), [system.interval(name) for system in self.systems])
        panels = list(figure.axes)
        far = list(self.parts)[1] if len(self.parts) > 1 else "all"
        _draw(panels[-1], f"rouge_l ↑, {far}", [s.interval("rouge_l", self.parts[far]) for s in self.systems])
        for panel in panels:
            panel.set_yticks(range(len(self.systems)), [system.name for system in self.systems])
        panels[0].invert_yaxis()
        figure.suptitle(f"Titles for {len(self.pairs)} held-out contents, 95 % intervals")
        return figure

    def _main_table(self) -> str:
        rows = [(_arrowed(name), *(_told(system.interval(name)) for system in self.systems)) for name in SCORES]
        return _markdown(("score", *(system.name for system in self.systems)), rows)

    def _difference_table(self) -> str:
        rows = [
            (_arrowed(name), *(_told(self.trained.gain(other, name), "+.3f", "+.2f") for other in self.others))
            for name in SCORES
        ]
        return _markdown(("score", *(f"against {other.name}" for other in self.others)), rows)

    def _distance_table(self) -> str:
        rows = [
            (part, str(int(mask.sum())), *(_told(system.interval("rouge_l", mask)) for system in self.systems))
            for part, mask in self.parts.items()
        ]
        return _markdown(("part", "pairs", *(system.name for system in self.systems)), rows)

    def _samples(self) -> str:
        shown = np.linspace(0, len(self.pairs) - 1, min(SAMPLES_SHOWN, len(self.pairs))).round().astype(int)
        rows = [(self.pairs[i]["title"], *(system.titles[i] for system in self.systems)) for i in shown.tolist()]
        return _markdown(("shop's title", *(system.name for system in self.systems)), rows)


def _key(name: str) -> str:
    """A system's name as MLflow takes it, the version left out so that runs can be compared."""
    return re.sub(r"\W+", "_", re.sub(r" \(.*?\)", "", name))


def _draw(panel: Any, title: str, intervals: Sequence[Interval]) -> None:
    for place, found in enumerate(intervals):
        panel.plot([found.low, found.high], [place, place], color="0.6", linewidth=2)
        panel.plot(found.mean, place, "o", color="C0", markersize=5)
    panel.set_title(title, fontsize=9)
    panel.set_xlim(-0.03, 1.03)
    panel.grid(axis="x", color="0.9")


def _arrowed(score: str) -> str:
    return f"{score} {'↑' if SCORES[score].higher_is_better else '↓'}"


def _told(found: Interval, mean: str = ".3f", limit: str = ".2f") -> str:
    return "–" if np.isnan(found.mean) else f"{found.mean:{mean}} [{found.low:{limit}}, {found.high:{limit}}]"


def _legend() -> str:
    return "\n".join(f"- `{name}`: {score.about}" for name, score in SCORES.items())


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}
