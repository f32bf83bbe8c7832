"""How well an annotator finds what a renderer drew: text, boxes, roles, colours, by language and distortion.

python -m training.corpora.layout_annotations.measure --count 500 --seed 10000000

Blocks are paired by intersection over union, the best pair first, down to ``MATCHED``. What is left
over on either side counts against the annotator: its characters as missed or invented, its box as 0,
its role as wrong.
"""

import argparse
import json
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from inference.media.geometry import Box
from inference.models.layout import Annotation, Role, TextBlock
from training.corpora.layout_annotations.text_distance import comparable, edit_distance

log = logging.getLogger(__name__)

MATCHED = 0.5
"""Intersection over union from which a found block stands for a true one, as is usual for detectors."""

TARGETS = {"cer": 0.03, "iou": 0.85, "role_f1": 0.90, "colour": 0.95}
"""What annotations must reach to be worth training on; the character error rate at most, the rest at least."""


@dataclass
class Tally:
    """Counts over pictures, which add up."""

    pictures: int = 0
    blocks: int = 0
    found: int = 0
    matched: int = 0
    characters: int = 0
    edits: int = 0
    overlap: float = 0.0
    coloured: int = 0
    spoken: int = 0
    roles: dict[Role, list[int]] = field(default_factory=lambda: {role: [0, 0, 0] for role in Role})
    """For each role: rightly named, true, found."""

    def scores(self) -> dict[str, float]:
        """Character error rate, mean intersection over union, role F1 over all blocks (micro) and as
        the mean of roles (macro), and shares of paired blocks whose colour and language are right."""
        right, true, found = np.sum(list(self.roles.values()), axis=0)
        each = [_f1(*counts) for counts in self.roles.values() if counts[1]]
        return {
            "cer": self.edits / max(self.characters, 1),
            "iou": self.overlap / max(self.blocks, 1),
            "role_f1": _f1(right, true, found),
            "role_f1_macro": float(np.mean(each)) if each else 0.0,
            "colour": self.coloured / max(self.matched, 1),
            "language_right": self.spoken / max(self.matched, 1),
        }

    def add(self, other: "Tally") -> None:
        for name in ("pictures", "blocks", "found", "matched", "characters", "edits", "overlap", "coloured", "spoken"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for role, counts in other.roles.items():
            self.roles[role] = [sum(pair) for pair in zip(self.roles[role], counts, strict=True)]


def _f1(right: int, true: int, found: int) -> float:
    return float(2 * right / max(true + found, 1))


def compare(truth: Annotation, found: Annotation) -> Tally:
    """What one picture adds to the tally."""
    tally = Tally(pictures=1, blocks=len(truth.blocks), found=len(found.blocks))
    pairs = match([block.box for block in truth.blocks], [block.box for block in found.blocks])
    for true, read in ((truth.blocks[i], found.blocks[j]) for i, j in pairs):
        _add_pair(tally, true, read)
    for number, block in enumerate(truth.blocks):
        tally.roles[block.role][1] += 1
        tally.characters += len(comparable(block.text))
        if number not in {i for i, _ in pairs}:
            tally.edits += len(comparable(block.text))
    for number, block in enumerate(found.blocks):
        tally.roles[block.role][2] += 1
        if number not in {j for _, j in pairs}:
            tally.edits += len(comparable(block.text))
    return tally


def _add_pair(tally: Tally, true: TextBlock, read: TextBlock) -> None:
    tally.matched += 1
    tally.edits += edit_distance(comparable(true.text), comparable(read.text))
    tally.overlap += true.box.iou(read.box)
    tally.coloured += true.colour == read.colour
    tally.spoken += true.language == read.language
    tally.roles[true.role][0] += true.role == read.role


def match(truth: Sequence[Box], found: Sequence[Box]) -> list[tuple[int, int]]:
    """Pairs of places in both, largest intersection over union first, each place used once."""
    overlaps = [(true.iou(box), i, j) for i, true in enumerate(truth) for j, box in enumerate(found)]
    pairs: list[tuple[int, int]] = []
    for overlap, i, j in sorted(overlaps, reverse=True):
        if overlap >= MATCHED and all(i != other and j != another for other, another in pairs):
            pairs.append((i, j))
    return pairs


@dataclass(frozen=True)
class Case:
    """One rendered poster and what was found in it; ``seconds`` is what the annotator alone took."""

    seed: int
    language: str
    distortion: str
    truth: Annotation
    found: Annotation
    seconds: float

    @property
    def badness(self) -> float:
        scores = compare(self.truth, self.found).scores()
        return scores["cer"] + 3 - scores["iou"] - scores["role_f1"] - scores["colour"]


def measure(seeds: Iterable[int], processes: int = 1) -> Iterator[Case]:
    """Render and annotate, in so many processes; cases in the order of seeds."""
    if processes == 1:
        yield from map(_case, seeds)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_case, seeds, chunksize=4)


def _case(seed: int) -> Case:
    from training.corpora.layout_annotations.embedded.annotator import EmbeddedAnnotator
    from training.corpora.layout_annotations.posters.render import render

    poster = render(seed, _photos())
    begun = time.perf_counter()
    found = EmbeddedAnnotator().annotate(poster.image)
    seconds = time.perf_counter() - begun
    return Case(seed, poster.language, str(poster.distortion), poster.annotation, found, seconds)


@cache
def _photos() -> Any:
    from training.corpora.layout_annotations.posters.photos import packaged

    return packaged()


def tabulate(cases: Iterable[Case]) -> dict[tuple[str, str], Tally]:
    """Tallies by (language, distortion), with "all" for either."""
    table: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for case in cases:
        tally = compare(case.truth, case.found)
        for language in (case.language, "all"):
            for distortion in (case.distortion, "all"):
                table[language, distortion].add(tally)
    return dict(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.corpora.layout_annotations.measure",
        description="Measure the embedded annotator on rendered posters.",
    )
    parser.add_argument("--count", type=int, default=500, help="how many posters (default 500)")
    parser.add_argument("--seed", type=int, default=10_000_000, help="seed of the first (default 10000000)")
    parser.add_argument("--processes", type=int, default=2, help="how many work side by side (default 2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the table as JSON")
    parser.add_argument("--worst", type=Path, metavar="DIR", help="draw the twenty worst, true boxes green, found red")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    report(
        range(arguments.seed, arguments.seed + arguments.count), arguments.processes, arguments.json, arguments.worst
    )


def report(seeds: range, processes: int, file: Path | None = None, worst: Path | None = None) -> None:
    """Measure and say so; ``file`` takes the table, ``worst`` the pictures that came off worst."""
    from rich.console import Console
    from rich.progress import track

    cases = list(track(measure(seeds, processes), "Measuring", total=len(seeds)))
    table = tabulate(cases)
    Console().print(_rich_table(table), _rich_roles(table["all", "all"]))
    annotating = sum(case.seconds for case in cases) / len(cases)
    log.info("%.2f s a picture in each of %d processes: %.2f a second", annotating, processes, processes / annotating)
    if file:
        rows = [
            {"language": language, "distortion": distortion, **tally.scores(), **asdict(tally)}
            for (language, distortion), tally in sorted(table.items())
        ]
        file.write_text(json.dumps({"seconds": annotating, "table": rows}, indent=1), encoding="utf-8")
    if worst:
        _draw_worst(cases, worst)


def _rich_table(table: dict[tuple[str, str], Tally]) -> Any:
    from rich.table import Table

    drawn = Table("language", "distortion", "pictures", *TARGETS, "macro", "language right")
    for (language, distortion), tally in sorted(table.items()):
        scores = tally.scores()
        cells = [f"{scores[name]:.3f}" for name in (*TARGETS, "role_f1_macro", "language_right")]
        drawn.add_row(language, distortion, str(tally.pictures), *cells)
    drawn.add_row("target", "", "", *(f"{value:.3f}" for value in TARGETS.values()), end_section=True)
    return drawn


def _rich_roles(tally: Tally) -> Any:
    from rich.table import Table

    drawn = Table("role", "true", "found", "F1")
    for role, (right, true, found) in tally.roles.items():
        drawn.add_row(role, str(true), str(found), f"{_f1(right, true, found):.3f}")
    return drawn


def _draw_worst(cases: Sequence[Case], folder: Path, count: int = 20) -> None:
    from PIL import Image, ImageDraw

    from training.corpora.layout_annotations.posters.render import render

    folder.mkdir(parents=True, exist_ok=True)
    for case in sorted(cases, key=lambda case: -case.badness)[:count]:
        picture = Image.fromarray(render(case.seed, _photos()).image)
        pen = ImageDraw.Draw(picture)
        for annotation, colour in ((case.truth, "lime"), (case.found, "red")):
            for block in annotation.blocks:
                pen.rectangle(block.box.as_list(), outline=colour, width=2)
        picture.save(folder / f"{case.seed:08d}.png")


if __name__ == "__main__":
    main()
