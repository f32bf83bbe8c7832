"""How good a frame is as a cover: each judge gives 0 to 1, their weighted mean is the score.

Judges that a frame gives nothing to judge (no face in the clip, a moving camera) stay silent.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from inference.covers.frames.scan import Sample
from inference.covers.frames.subject import Subject
from inference.media.geometry import Box
from inference.models.faces import Face, head_box

WEIGHTS = {
    "faces": 4.0,
    "subject": 3.0,
    "recognisable": 1.0,
    "composition": 2.0,
    "stillness": 2.0,
    "sharpness": 2.5,
    "light": 1.0,
    "product": 2.0,
    "uncaptioned": 1.0,
    "lettering": 2.0,
    "colour": 0.5,
    "viewer": 3.0,
    "critic": 3.0,
}
"""Priors, set by eye on twenty clips. ``weights.fit_weights`` replaces them once there are clicks enough. The last
two are a vision-language model's, before many frames and before one; no real model has been tried."""

SOFT = 0.6
"""``quality.sharpness`` below the clip's median at which nothing is left to like; above it, more is no merit."""

COMPOSED = (0.3, 0.75)
"""Shares of salience off the edges between an empty middle and a subject well inside."""

STILL = 0.96
"""``quality.stillness`` from which a frame is as good as still."""

WELL_LIT = (0.3, 0.65)
"""Mean luma, 0 to 1, of a well exposed picture."""

FULL_CONTRAST, FULL_HIGHLIGHT, VIVID = 45.0, 200.0, 0.8
"""Standard deviation of luma and its 99th percentile, of 255, and colourfulness: more is not better."""

FACE_SHARE = 0.02
"""Share of the picture from which a face is large enough to catch the eye in a small cover."""

SIGNIFICANT = 0.25
"""A face smaller than this share of the largest one stands in the background."""

NEUTRAL, EMPTY_STAGE = 0.35, 0.2
"""What it is worth when there is nothing to say, and when a stage on which things appear is empty."""

GAINED, LOST, INTRUDED = 5.0, 8.0, 0.5
"""What a share of the picture adds or costs: a whole object, a cut or missing one, something at the border."""

INSERTED = 4.0
"""What a share costs in a clip about people: they are there already, and what comes is a gesture or a graphic."""

RECOGNISED = 0.4
"""Certainty of the classifier beyond which more says nothing about the picture."""

PRODUCT_SHARES = (0.08, 0.6)
"""A product smaller than this share of the picture is hard to see, a larger one leaves no room."""

NO_PRODUCT = 0.3
"""What a picture is worth in which no object can be made out."""


def score(scores: Mapping[str, float], weights: Mapping[str, float] = WEIGHTS) -> float:
    """The weighted mean of the judges that spoke, 0 to 1."""
    return sum(weights[name] * value for name, value in scores.items()) / sum(weights[name] for name in scores)


def judge_picture(sample: Sample, usual_sharpness: float) -> dict[str, float]:
    """Stillness, sharpness against the clip's median, light, composition and colour of a scanned frame."""
    measured = sample.quality
    exposure = float(np.interp(measured.brightness / 255, [0.02, *WELL_LIT, 0.95], [0, 1, 1, 0]))
    contrast = min(1.0, measured.contrast / FULL_CONTRAST)
    highlight = min(1.0, measured.highlight / FULL_HIGHLIGHT)
    return {
        "stillness": _clip((sample.stillness - 0.4) / (STILL - 0.4)),
        "sharpness": _clip(1 + (measured.sharpness - usual_sharpness) / SOFT),
        "light": (exposure + contrast + highlight) / 3,
        "composition": float(np.interp(measured.composition, COMPOSED, [0, 1])),
        "colour": _clip(measured.colourfulness / VIVID),
    }


def judge_subject(subject: Subject | None, visited: bool, people: int) -> float:
    """More for whole objects before a fixed camera, less for those cut off or gone.

    ``visited`` says that whole objects do appear in this shot, so that an empty stage is missing
    something. Where people are what the clip is about, best is that nothing stands out.
    """
    if subject is None:
        return NEUTRAL
    lost = LOST * (subject.cut + subject.missing) + INTRUDED * subject.intruding
    if people:
        return _clip(1 - INSERTED * subject.whole - lost)
    return _clip((EMPTY_STAGE if visited else NEUTRAL) + GAINED * subject.whole - lost)


def judge_recognition(certainty: float) -> float:
    """Whether a picture shows anything a classifier knows: an empty road is nothing."""
    return _clip(certainty / RECOGNISED)


def judge_faces(faces: Sequence[Face], people: int, picture: Box, openness: Sequence[float] | None = None) -> float:
    """How well a picture shows as many faces as the clip usually does.

    ``openness`` gives, face by face, 1 for open eyes and 0 for closed ones.
    """
    values = [
        face.score
        * (0.2 + 0.8 * face.frontality)
        * wholeness(face, picture)
        * (1 - _hidden(face, faces))
        * min(1.0, (face.box.area / picture.area / FACE_SHARE) ** 0.5)
        * (1.0 if openness is None else 0.3 + 0.7 * openness[i])
        for i, face in enumerate(faces)
    ]
    return _clip(sum(sorted(values, reverse=True)[:people]) / people)


def judge_product(product: Box, picture: Box) -> float:
    """Large enough to be seen, small enough to leave room, and off the border."""
    size = np.interp(product.area / picture.area, [0.0, *PRODUCT_SHARES, 1.0], [0.2, 1, 1, 0.3])
    margin = 0.01 * min(picture.width, picture.height)
    inside = Box(margin, margin, picture.right - margin, picture.bottom - margin)
    touching = sum(
        [
            product.left < inside.left,
            product.top < inside.top,
            product.right > inside.right,
            product.bottom > inside.bottom,
        ]
    )
    return float(size) * (1 - 0.25 * touching)


def wholeness(face: Face, picture: Box) -> float:
    """Share of the head that lies inside the picture, 0 to 1."""
    return head_box(face.box).covered_by(picture)


def _hidden(face: Face, faces: Sequence[Face]) -> float:
    """Share of a face behind a larger one, which is nearer."""
    nearer = [other for other in faces if other.box.area > face.box.area]
    return max((face.box.covered_by(other.head) for other in nearer), default=0.0)


def significant(faces: Iterable[Face]) -> list[Face]:
    """The faces that the picture is about, largest first."""
    faces = sorted(faces, key=lambda face: -face.box.area)
    return [face for face in faces if face.box.area >= SIGNIFICANT * faces[0].box.area]


def _clip(value: float) -> float:
    return float(min(1.0, max(0.0, value)))
