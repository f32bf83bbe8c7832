"""The trained layout model on held-out posters, beside all that it must be better than, shown in MLflow."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts.catalog import LAYOUT, LAYOUT_ANNOTATIONS
from inference.media.geometry import Box
from inference.media.picture import read_picture
from inference.models import registry
from inference.models.layout import Annotation
from inference.models.layout_model import LayoutModel
from training import tracking
from training.finetune.examples import digest_of, read_examples
from training.finetune.job import Job, Result
from training.layout.baselines import MeanLayout, random_layout
from training.layout.examples import annotation_of, ask
from training.layout.metrics.measure import PROFILES, measure_by_profile
from training.layout.metrics.saliency import Saliency, estimate
from training.layout.metrics.scores import Scores, as_table, legend
from training.layout.pictures import contact_sheet, draw_layout
from training.layout.promote import CHALLENGER_FILE, INCUMBENT_FILE
from training.layout.recipes import Recipe
from training.promotion.scorecard import HeldOut, Scorecard

log = logging.getLogger(__name__)

MOST_POSTERS = 120
"""Held-out posters that are laid out, those of the first ids, which are digests: enough for intervals
of a few hundredths, in some minutes."""

SAMPLES = 12
"""Layouts proposed for each poster, of which the best by boxes alone is taken. On 60 held-out posters the
likeliest alone left 64 % of faces and products clear, the best of 12 left 89 %; the copied mean layout
82 %, and random layouts chosen in the same way 76 %."""

SHOWN = 16
SHOWN_IN_A_SHEET = 8
"""Posters of the contact sheets, and of each."""

EVALUATION = "evaluation"
BASELINES = ("random layout", "copied mean layout")
DESIGNER = "designer"
PROGRESS_EVERY = 20

KEPT_CLEAR = "kept_clear"
"""Share of the faces' and products' area that nothing covers: what the gate decides by."""


@dataclass(frozen=True)
class Poster:
    """A held-out poster: its ground (height × width × 3, uint8, RGB) and the designer's layout in its pixels."""

    example_id: str
    group: str
    ground: np.ndarray
    truth: Annotation


@dataclass(frozen=True)
class System:
    """Something that lays out posters, with its layouts. ``version`` is a registered one's number."""

    name: str
    layouts: Sequence[Annotation]
    version: int | None = None


def evaluate(work: Path, result: Result) -> dict[str, Any]:
    """Lay out held-out posters by the trained model, the champion, the baselines and the designer; log all of it.

    The scores of the challenger and of what serves now, before the first champion the copied mean
    layout, are left in the training's folder for the gate.
    """
    job = Job.read(work, Recipe)
    rows = sorted(read_examples(work, "held_out"), key=lambda row: row["example_id"])[:MOST_POSTERS]
    posters = [_open(row, work) for row in rows]
    systems = list(_lay_out(posters, work, result))
    scores = {system.name: _score(system, posters) for system in systems}
    challenger = systems[0]
    incumbent = next((each for each in systems[1:] if each.version), _named(systems, BASELINES[1]))
    _log(work, result, systems, scores, posters)
    held_out = HeldOut(LAYOUT_ANNOTATIONS.name, job.dataset_version, digest_of(rows))
    for system, file in ((challenger, CHALLENGER_FILE), (incumbent, INCUMBENT_FILE)):
        _as_card(system, scores[system.name]["corrected"], held_out, posters).write(work / file)
    kept = _kept_clear(scores[challenger.name]["corrected"])
    return {
        "work": str(work),
        "run_id": result.run_id,
        "version": result.version,
        "model": job.recipe.model,
        KEPT_CLEAR: float(np.nanmean(kept)),
        "posters": len(posters),
    }


def _open(row: dict[str, Any], work: Path) -> Poster:
    ground = read_picture(work / row["picture"])
    truth = _scaled(annotation_of(row), ground.shape[1], ground.shape[0])
    return Poster(row["example_id"], row["group"], ground, truth)


def _scaled(annotation: Annotation, width: int, height: int) -> Annotation:
    """An annotation in the pixels of its picture in another size."""
    x, y = width / annotation.width, height / annotation.height

    def scaled(boxes: Sequence[Box]) -> tuple[Box, ...]:
        return tuple(box.scaled(x, y) for box in boxes)

    blocks = tuple(replace(block, box=block.box.scaled(x, y)) for block in annotation.blocks)
    rest = {kind: scaled(getattr(annotation, kind)) for kind in ("faces", "products", "underlays")}
    return Annotation(width, height, blocks, **rest)


def _lay_out(posters: Sequence[Poster], work: Path, result: Result) -> Iterator[System]:
    """The challenger first, then the champion if there is another, the baselines, and the designer's own."""
    yield System(f"version {result.version}", _propose(registry.fetch(LAYOUT, result.version), posters), result.version)
    champion = registry.champion(LAYOUT)
    if champion and champion.version != result.version:
        name = f"champion (version {champion.version})"
        yield System(name, _propose(champion.path, posters), champion.version)
    mean = MeanLayout.of([annotation_of(row) for row in read_examples(work, "train")])
    yield System(BASELINES[0], [random_layout(poster.truth, number) for number, poster in enumerate(posters)])
    yield System(BASELINES[1], [mean.lay_out(poster.truth) for poster in posters])
    yield System(DESIGNER, [poster.truth for poster in posters])


def _propose(folder: Path, posters: Sequence[Poster]) -> list[Annotation]:
    """The layout of each poster that serving would take: of some samples the one of least cost."""
    model, layouts = LayoutModel(folder), []
    for number, poster in enumerate(posters, 1):
        layouts.append(model.propose(poster.ground, ask(poster.truth, poster.example_id), SAMPLES)[0])
        if number % PROGRESS_EVERY == 0 or number == len(posters):
            log.info("%s: %d of %d posters laid out", model.name, number, len(posters))
    return layouts


def _score(system: System, posters: Sequence[Poster]) -> Mapping[str, Scores]:
    briefs, grounds = [poster.truth for poster in posters], [poster.ground for poster in posters]
    saliencies: list[Saliency] = [estimate(poster.ground, poster.truth) for poster in posters]
    return measure_by_profile(system.layouts, briefs, grounds, saliencies)


def _named(systems: Sequence[System], name: str) -> System:
    return next(system for system in systems if system.name == name)


def _as_card(system: System, scores: Scores, held_out: HeldOut, posters: Sequence[Poster]) -> Scorecard:
    groups = [poster.group for poster in posters]
    kept = _kept_clear(scores)
    values = {KEPT_CLEAR: kept, **scores.values}
    weights = {KEPT_CLEAR: (~np.isnan(kept)).astype(float), **scores.weights}
    return Scorecard(system.name, system.version, held_out, groups, values, weights)


def _kept_clear(scores: Scores) -> np.ndarray:
    """[posters]; where a picture has both, faces and products count alike; NaN where it has neither."""
    covered = np.array([scores.values[name] for name in ("faces_covered", "products_covered")])
    there = np.array([scores.weights[name] for name in ("faces_covered", "products_covered")]) > 0
    counts = there.sum(axis=0)
    return np.where(counts > 0, 1 - np.where(there, covered, 0.0).sum(axis=0) / np.maximum(counts, 1), np.nan)


def _log(
    work: Path,
    result: Result,
    systems: Sequence[System],
    scores: Mapping[str, Mapping[str, Scores]],
    posters: Sequence[Poster],
) -> None:
    groups = [poster.group for poster in posters]
    tables = {profile: as_table({name: each[profile] for name, each in scores.items()}, groups) for profile in PROFILES}
    told = [f"### {name}\n\n{each}" for name, each in tables.items()]
    page = "\n\n".join([_verdict(systems, scores, groups), *told, f"### What the scores are\n\n{legend()}"])
    log.info("\n%s", page)
    with tracking.resume(LAYOUT, result.run_id) as run:
        for number, system in enumerate(systems):
            name = ("trained" if number == 0 else "champion" if system.version else system.name).replace(" ", "_")
            run.metrics(
                {
                    f"held_out/{name}/{score}": value
                    for score, value in scores[system.name]["corrected"].means().items()
                    if not np.isnan(value)
                }
            )
        run.metrics({"held_out/posters": len(posters)})
        run.text(page, f"{EVALUATION}/evaluation.md")
        run.artifact(_draw(systems, posters, work / EVALUATION), EVALUATION)


def _verdict(systems: Sequence[System], scores: Mapping[str, Mapping[str, Scores]], groups: Sequence[str]) -> str:
    """How much better than each other system the trained one is in what its layouts are for."""
    trained = scores[systems[0].name]["corrected"]
    lines = [
        f"**{len(groups)} held-out posters.** How much better {systems[0].name} is (95 % interval, above 0 is better):",
        "",
    ]
    for system in systems[1:]:
        told = []
        for name in ("faces_covered", "products_covered", "unreadability", "non_alignment", "retention"):
            gain = trained.gain(scores[system.name]["corrected"], name, groups)
            told.append(f"{name} {gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})")
        lines.append(f"- against {system.name}: {', '.join(told)}")
    return "\n".join(lines)


def _draw(systems: Sequence[System], posters: Sequence[Poster], folder: Path) -> Path:
    """Contact sheets of the first posters: the ground, then what each system made of it."""
    folder.mkdir(exist_ok=True)
    for first in range(0, min(SHOWN, len(posters)), SHOWN_IN_A_SHEET):
        chosen = range(first, min(first + SHOWN_IN_A_SHEET, len(posters)))
        pictures = [
            [posters[place].ground, *(draw_layout(posters[place].ground, system.layouts[place]) for system in systems)]
            for place in chosen
        ]
        headings = ["ground", *(system.name for system in systems)]
        sheet = contact_sheet(pictures, headings, [posters[place].example_id for place in chosen])
        (folder / f"layouts-{first // SHOWN_IN_A_SHEET + 1}.png").write_bytes(sheet)
    return folder
