"""Variants of an annotation to train on: boxes shaken a little, some boxes and texts masked.

Noise keeps the model from trusting coordinates to the pixel; what is masked in its input it learns to
fill in. Only the training side may be augmented: held-out data are judged as they are.
"""

from dataclasses import dataclass, replace
from random import Random

from inference.media.geometry import Box
from inference.models.layout import SCALE, Annotation


@dataclass(frozen=True)
class Augmented:
    """An annotation with noisy boxes, and the places of the blocks whose box, and whose text, is to be hidden.

    The blocks are all there: what is hidden in the model's input is what it must answer.
    """

    annotation: Annotation
    masked_boxes: frozenset[int] = frozenset()
    masked_texts: frozenset[int] = frozenset()


def augment(annotation: Annotation, seed: int, box_noise: float = 0.02, mask_share: float = 0.15) -> Augmented:
    """The variant of a seed: the same arguments give the same variant.

    ``box_noise`` is the standard deviation by which each side of a box moves, as a share of the box's
    extent; ``mask_share`` the chance of each block's box, and independently of its text, to be
    masked. At 0 and 0 nothing changes. Raises ``ValueError`` for a noise that is negative or a share
    outside 0 to 1.
    """
    if box_noise < 0 or not 0 <= mask_share <= 1:
        raise ValueError(f"box_noise {box_noise} must not be negative, mask_share {mask_share} lie in 0 to 1")
    noise, masks = Random(f"noise {seed}"), Random(f"masks {seed}")  # so that one can be switched off alone
    shaken = _shake_all(annotation, noise, box_noise) if box_noise else annotation
    places = range(len(annotation.blocks))
    boxes, texts = (frozenset(place for place in places if masks.random() < mask_share) for _ in range(2))
    return Augmented(shaken, boxes, texts)


def _shake_all(annotation: Annotation, random: Random, strength: float) -> Annotation:
    def shaken(box: Box) -> Box:
        left, right = _shake(box.left, box.right, annotation.width, random, strength)
        top, bottom = _shake(box.top, box.bottom, annotation.height, random, strength)
        return Box(left, top, right, bottom)

    return replace(
        annotation,
        blocks=tuple(replace(block, box=shaken(block.box)) for block in annotation.blocks),
        faces=tuple(map(shaken, annotation.faces)),
        products=tuple(map(shaken, annotation.products)),
        underlays=tuple(map(shaken, annotation.underlays)),
    )


def _shake(start: float, end: float, length: int, random: Random, strength: float) -> tuple[float, float]:
    """Both ends moved, within the picture, at least the trained JSON's smallest step apart."""
    step, extent = length / SCALE, end - start
    first = min(max(0.0, start + random.gauss(0, strength * extent)), length - step)
    last = min(end + random.gauss(0, strength * extent), float(length))
    return first, max(last, first + step)
