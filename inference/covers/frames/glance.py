"""The look at every usable frame at small size: picture, subject before a fixed camera, larger faces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from inference.covers.frames import gates, judges
from inference.covers.frames.scan import Sample, Scan
from inference.covers.frames.subject import Subject, find_subjects
from inference.covers.frames.wanted import Wanted
from inference.media.geometry import Box
from inference.models.faces import Face, find_faces

MIN_FACED = 0.15
"""Share of frames with a face from which a clip is about people."""

CROWD = 90
"""Percentile of the number of faces that counts as everybody: a few frames see one too many."""

POLLED = 32
"""Frames, spread over the clip, that tell whether it is about people."""

FACED = 120
"""Frames of a clip about people in which faces are looked for: of a long clip the best of every stretch."""

CUT_SHARE = 0.012
"""Share of the picture before a fixed camera from which something reaches in, or is cut off."""

VISIT = 0.04
"""Share of the picture of an object that makes a shot one on which things appear."""


@dataclass(frozen=True, eq=False)
class Glance:
    """A usable frame, judged at small size. ``cut`` tells whether something reaches in, or is cut off."""

    sample: Sample
    shot: int
    cut: bool
    scores: dict[str, float]
    weights: Mapping[str, float] = field(default_factory=lambda: judges.WEIGHTS, repr=False)

    @property
    def score(self) -> float:
        return judges.score(self.scores, self.weights)


@dataclass(frozen=True)
class Clip:
    """What the frames of a video have in common.

    ``people`` is how many it usually shows, 0 if it is not about people; ``clear`` tells whether most
    frames are free of things that reach in or are cut off: then those that are not can be avoided.
    """

    glances: tuple[Glance, ...]
    people: int
    clear: bool


def glance(
    scanned: Scan,
    usable: Sequence[Sample],
    wanted: Wanted = Wanted(),  # noqa: B008
    weights: Mapping[str, float] = judges.WEIGHTS,
) -> Clip:
    """Judge the usable frames of a video; one whose faces are wanted is taken to be about people."""
    shots = {sample: number for number, take in enumerate(scanned.takes) for sample in take}
    subjects = _subjects(scanned)
    visited = {shots[sample] for sample, subject in subjects.items() if subject.whole > VISIT}
    found = _count_people(usable[:: -(-len(usable) // POLLED)])
    people = 0 if wanted.no_face else max(found, int(wanted.face))
    sharpness = gates.usual(usable).sharpness
    glances = []
    for sample in usable:
        subject, shot = subjects.get(sample), shots[sample]
        scores = judges.judge_picture(sample, sharpness)
        if subjects:
            scores["subject"] = judges.judge_subject(subject, shot in visited, people)
        glances.append(Glance(sample, shot, _is_cut(subject), scores, weights))
    if people or (found and wanted.no_face):
        glances = [_with_faces(best, people) for best in _best_of_stretches(glances)]
    clear = wanted.no_hand or bool(np.mean([_is_cut(subject) for subject in subjects.values()] or [1.0]) <= 0.5)
    return Clip(tuple(glances), people, clear)


def _subjects(scanned: Scan) -> dict[Sample, Subject]:
    subjects: dict[Sample, Subject] = {}
    for take in scanned.takes:
        found = find_subjects(sample.image for sample in take)
        subjects |= zip(take, found, strict=True) if found else {}
    return subjects


def _count_people(samples: Sequence[Sample]) -> int:
    counts = np.array([len(_find_people(sample.image)) for sample in samples])
    if (counts > 0).mean() < MIN_FACED:
        return 0
    return max(1, int(np.percentile(counts, CROWD)))


def _best_of_stretches(glances: Sequence[Glance]) -> list[Glance]:
    stretch = -(-len(glances) // FACED)
    return [max(glances[i : i + stretch], key=lambda each: each.score) for i in range(0, len(glances), stretch)]


def _with_faces(seen: Glance, people: int) -> Glance:
    image = seen.sample.image
    height, width = image.shape[:2]
    faces = _find_people(image)
    worth = judges.judge_faces(faces, people, Box(0, 0, width, height)) if people else float(not faces)
    return replace(seen, scores=seen.scores | {"faces": worth})


def _find_people(image: np.ndarray) -> list[Face]:
    return judges.significant(find_faces(image, closely=False))


def _is_cut(subject: Subject | None) -> bool:
    return subject is not None and subject.cut > CUT_SHARE
