"""What is set on the open part of a photo: a wordmark on a plate, a price on a seal."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from inference.media.geometry import Box
from training.corpora.layout_annotations.posters import groups
from training.corpora.layout_annotations.posters.groups import Look
from training.corpora.layout_annotations.posters.layouts import Arrangement
from training.corpora.layout_annotations.posters.parts import Group, Part
from training.corpora.layout_annotations.posters.photos import Photo
from training.corpora.layout_annotations.posters.wording import Wording

PLATE_CHANCE, SEAL_CHANCE = 0.4, 0.4
INSET = 1.6
"""From the photo's border, in small sizes."""
MOST_HIDDEN = 0.25
"""Share of a seal that may lie on the box around the subject; on a face nothing may."""

CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))
"""Left or right as 0 or 1, then top or bottom."""


def set_on_photo(
    random: Random, arrangement: Arrangement, photo: Photo, wording: Wording, look: Look
) -> tuple[list[Part], Wording]:
    """Plate and seal where the layout has room for them, and the wording that is left."""
    parts: list[Part] = []
    if not arrangement.open or arrangement.shape == "ellipse":
        return parts, wording
    left, top = round(arrangement.photo.left), round(arrangement.photo.top)
    clear = [face.moved(left, top) for face in photo.faces]
    subject = photo.subject and photo.subject.moved(left, top)
    if wording.brand and random.random() < PLATE_CHANCE:
        plate = groups.plate(look, wording.brand, 0.5 * arrangement.open.width)
        spot = _spot(arrangement.open, plate, random.choice(CORNERS[:2]), look)
        if not _touches(spot, clear):
            parts += plate.moved(spot.left, spot.top)
            clear.append(spot)
            wording = replace(wording, brand="")
    if wording.price and random.random() < SEAL_CHANCE:
        seal = groups.seal(look, wording.price)
        if place := _least_hiding(arrangement.open, seal, look, clear, subject):
            parts += seal.moved(place.left, place.top)
            wording = replace(wording, price=None)
    return parts, wording


def _least_hiding(room: Box, seal: Group, look: Look, clear: Sequence[Box], subject: Box | None) -> Box | None:
    """The corner in which a seal hides least of the subject, if it fits and hides little enough there."""
    spots = [_spot(room, seal, corner, look) for corner in CORNERS]
    free = [spot for spot in spots if not _touches(spot, clear)]
    if not free or seal.height + 2 * INSET * look.small_size > room.height:
        return None
    best = min(free, key=lambda spot: spot.covered_by(subject) if subject else 0.0)
    return None if subject and best.covered_by(subject) > MOST_HIDDEN else best


def _touches(spot: Box, boxes: Sequence[Box]) -> bool:
    return any(spot.intersection(box).area for box in boxes)


def _spot(room: Box, group: Group, corner: tuple[int, int], look: Look) -> Box:
    inset = INSET * look.small_size
    left = room.right - inset - group.width if corner[0] else room.left + inset
    top = room.bottom - inset - group.height if corner[1] else room.top + inset
    return Box(left, top, left + group.width, top + group.height)
