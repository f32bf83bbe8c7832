"""Every score of a system's layouts, by one call.

The eight metrics of PosterLayout come in two profiles: ``posterlayout-v1`` computes what the published
evaluation computes, for comparison with papers; ``corrected`` is what models are judged by. The other
scores are the same under both.
"""

from collections.abc import Sequence

import numpy as np

from inference.models.layout import Annotation
from training.layout.metrics import corrected, covering, diversity, posterlayout, texts
from training.layout.metrics.elements import Measured, elements_of
from training.layout.metrics.saliency import Saliency
from training.layout.metrics.scores import MEANINGS, Scores

PROFILES = {"posterlayout-v1": posterlayout.measure, "corrected": corrected.measure}


def measure(
    layouts: Sequence[Annotation],
    briefs: Sequence[Annotation],
    images: Sequence[np.ndarray],
    saliencies: Sequence[Saliency],
    profile: str = "corrected",
) -> Scores:
    """Score a system's layouts, one for each poster.

    ``briefs`` are what was asked for: their blocks are the texts to place, their faces and products
    the true boxes to avoid; where those texts stand in them is not looked at. ``images`` are the
    grounds without lettering, RGB uint8 of the layouts' size; ``saliencies`` as of
    ``saliency.estimate``. Raises ``ValueError`` naming the poster whose parts do not go together, and
    for an unknown profile.
    """
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}, known are {', '.join(PROFILES)}")
    posters = list(zip(layouts, briefs, images, saliencies, strict=True))
    for number, poster in enumerate(posters):
        _check(number, *poster)
    rows = [_measure_one(*poster, profile) for poster in posters]
    values = {name: np.array([row[name][0] for row in rows]) for name in MEANINGS if name != "diversity"}
    weights = {name: np.array([row[name][1] for row in rows]) for name in values}
    values["diversity"], weights["diversity"] = diversity.measure(layouts)
    names = sorted({each.name for each in saliencies})
    return Scores(profile, ", ".join(names), values, weights)


def _check(number: int, layout: Annotation, brief: Annotation, image: np.ndarray, saliency: Saliency) -> None:
    size = (layout.width, layout.height)
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(f"poster {number}: the picture is {image.dtype} {image.shape}, not RGB uint8")
    if size != image.shape[1::-1] or size != (brief.width, brief.height):
        raise ValueError(
            f"poster {number}: a layout for {size[0]} × {size[1]} pixels, a brief for {brief.width} × {brief.height} "
            f"and a picture of {image.shape[1]} × {image.shape[0]} do not go together; scale the boxes first"
        )
    values = saliency.values
    if values.ndim not in (2, 3) or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(f"poster {number}: saliency {saliency.name} is no map of 0 to 1, height × width")


def _measure_one(
    layout: Annotation, brief: Annotation, image: np.ndarray, saliency: Saliency, profile: str
) -> dict[str, Measured]:
    elements = elements_of(layout)
    return {
        **PROFILES[profile](elements, image, saliency.values),
        **covering.measure(elements, brief, image),
        **texts.measure(layout, brief, image),
    }
