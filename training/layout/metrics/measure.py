"""Every score of a system's layouts, by one call.

The eight metrics of PosterLayout come in two profiles: ``posterlayout-v1`` computes what the published
evaluation computes, for comparison with papers; ``corrected`` is what models are judged by. The other
scores are the same under both.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from inference.models.layout import Annotation
from training.layout.metrics import corrected, covering, diversity, posterlayout, texts
from training.layout.metrics.elements import Elements, Measured, elements_of
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
    return measure_by_profile(layouts, briefs, images, saliencies, [profile])[profile]


def measure_by_profile(
    layouts: Sequence[Annotation],
    briefs: Sequence[Annotation],
    images: Sequence[np.ndarray],
    saliencies: Sequence[Saliency],
    profiles: Iterable[str] = tuple(PROFILES),
) -> dict[str, Scores]:
    """The same by several profiles, in little more time than by one: setting the texts takes most of it."""
    chosen = {name: _profile(name) for name in profiles}
    posters = list(zip(layouts, briefs, images, saliencies, strict=True))
    for number, poster in enumerate(posters):
        _check(number, *poster)
    alike = [_measure_alike(layout, brief, image) for layout, brief, image, _ in posters]
    apart = diversity.measure(layouts)
    names = ", ".join(sorted({each.name for each in saliencies}))
    found = {}
    for name, compute in chosen.items():
        rows = [
            {**compute(elements_of(layout), image, saliency.values), **rest}
            for (layout, _, image, saliency), rest in zip(posters, alike, strict=True)
        ]
        found[name] = _as_scores(name, names, rows, apart)
    return found


def _profile(name: str) -> Callable[[Elements, np.ndarray, np.ndarray], dict[str, Measured]]:
    if name not in PROFILES:
        raise ValueError(f"unknown profile {name!r}, known are {', '.join(PROFILES)}")
    return PROFILES[name]


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


def _measure_alike(layout: Annotation, brief: Annotation, image: np.ndarray) -> dict[str, Measured]:
    """What is the same under every profile."""
    return {**covering.measure(elements_of(layout), brief, image), **texts.measure(layout, brief, image)}


def _as_scores(
    profile: str, saliency: str, rows: Sequence[dict[str, Measured]], apart: tuple[np.ndarray, np.ndarray]
) -> Scores:
    values = {name: np.array([row[name][0] for row in rows]) for name in MEANINGS if name != "diversity"}
    weights = {name: np.array([row[name][1] for row in rows]) for name in values}
    values["diversity"], weights["diversity"] = apart
    return Scores(profile, saliency, values, weights)
