"""A poster from a seed: words, layout, look and distortion are drawn, composed and painted.

Truth is measured, not planned: the ink of each block is drawn alone on an empty layer, carried
through the same warp as the poster, and its box taken. Ink is the fill of the letters, with the
outline that makes a face bolder; edges and shadows of another colour, underlines, bullets and the
line through a former price are none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from PIL import Image

from inference.media.geometry import Box
from inference.models.layout import Annotation, TextBlock
from training.corpora.layout_annotations.posters import photos as photography
from training.corpora.layout_annotations.posters.composing import compose
from training.corpora.layout_annotations.posters.decor import decorate
from training.corpora.layout_annotations.posters.design import Scheme, choose_design
from training.corpora.layout_annotations.posters.distortions import Distortion, Warp, degrade, draw_warp
from training.corpora.layout_annotations.posters.layouts import Arrangement, arrange
from training.corpora.layout_annotations.posters.painting import (
    Mask,
    ink_box,
    paint,
    paint_ground,
    paint_photo,
    paint_shape,
    shade,
)
from training.corpora.layout_annotations.posters.parts import Part, Shape, Words
from training.corpora.layout_annotations.posters.photos import Photo
from training.corpora.layout_annotations.posters.wording import Wording, write

RATIOS = ((3, 4), (1, 1), (16, 9), (2, 3))
SHORTER_SIDE, LONGER_SIDE = 700, 1400
"""Pixels; no side of a canvas is shorter or longer."""

INK_LEAST = 96
"""Of 255: a pixel covered by this much of a letter is ink."""

MOST_HIDDEN = 0.33
"""Share of a photo's subject that a panel may cover."""


@dataclass(frozen=True)
class Poster:
    """A poster (height × width × 3, uint8, RGB), what stands where in it, and how it came about.

    ``ground`` is the same picture before anything of the annotation was put on it: no words, no panels,
    chips or buttons. Where words stand on a photo, the photo is shaded already.
    """

    seed: int
    image: np.ndarray
    ground: np.ndarray
    annotation: Annotation
    language: str
    distortion: Distortion
    layout: str
    photo: str


def render(
    seed: int,
    photos: Sequence[Photo],
    language: str | None = None,
    wording: Wording | None = None,
    distortion: Distortion | None = None,
) -> Poster:
    """The poster of a seed: the same arguments give the same bytes.

    ``language`` (zh or en), ``wording`` and ``distortion`` are drawn from the seed when left out.
    """
    random = Random(seed)
    spoken = random.choice(("zh", "en"))
    done = random.choice(tuple(Distortion))
    distortion = distortion or done
    width, height = _canvas_size(random)
    arrangement = arrange(random, width, height)
    shown = _choose_photo(random, photos, arrangement)
    wording = wording or write(random, language or spoken, shown.trades)
    scheme = choose_design(random, wording.language, math.sqrt(width * height) / 100, arrangement.ground)
    parts = compose(random, arrangement, shown, wording, scheme.look)
    canvas, radius = _paint_ground(random, (width, height), arrangement, scheme, shown)
    empty = np.asarray(canvas.copy())
    panels = _paint_panels(canvas, arrangement, scheme, radius)
    drawn = paint(canvas, parts)
    warp = draw_warp(random, distortion, width, height)
    image, ground = _distort(random, distortion, warp, (np.asarray(canvas), empty))
    annotation = _annotate(image, wording.language, drawn, _boxes(arrangement, parts, panels, shown), warp)
    return Poster(seed, image, ground, annotation, wording.language, distortion, arrangement.family, shown.name)


@dataclass(frozen=True)
class _Boxes:
    faces: tuple[Box, ...]
    products: tuple[Box, ...]
    underlays: tuple[Box, ...]


def _canvas_size(random: Random) -> tuple[int, int]:
    across, down = random.choice(RATIOS)
    least = SHORTER_SIDE / min(across, down)
    unit = random.uniform(least, max(least, LONGER_SIDE / max(across, down)))
    return min(LONGER_SIDE, round(across * unit)), min(LONGER_SIDE, round(down * unit))


def _choose_photo(random: Random, photos: Sequence[Photo], arrangement: Arrangement) -> Photo:
    """A photo cut to its place; one whose face or subject would be hidden only if there is no other."""
    width, height = round(arrangement.photo.width), round(arrangement.photo.height)
    zoom = random.uniform(1.0, 1.3)
    for photo in random.sample(list(photos), len(photos)):
        turned = photography.mirrored(photo) if not photo.faces and random.random() < 0.5 else photo
        cut = photography.cut(turned, width, height, *arrangement.subject, zoom)
        if not _hides(arrangement, cut):
            break
    return cut


def _hides(arrangement: Arrangement, photo: Photo) -> bool:
    """Whether words or panels cover any of a face, or panels most of the subject."""
    left, top = round(arrangement.photo.left), round(arrangement.photo.top)
    words = [*arrangement.panels, *(region.box for region in arrangement.regions)]
    if any(face.moved(left, top).intersection(box).area for face in photo.faces for box in words):
        return True
    subject = photo.subject and photo.subject.moved(left, top)
    return any(subject.covered_by(panel) > MOST_HIDDEN for panel in arrangement.panels) if subject else False


def _paint_ground(
    random: Random, size: tuple[int, int], arrangement: Arrangement, scheme: Scheme, photo: Photo
) -> tuple[Image.Image, float]:
    """Everything below panels and words; the radius at which corners are rounded."""
    canvas = paint_ground(size, scheme.paper, scheme.paper_end)
    radius = 0.03 * min(size) * random.choice((0.6, 1.0, 1.6))
    for shape in decorate(random, *size, scheme.paper, scheme.look.headline.rgb):
        paint_shape(canvas, shape)
    paint_photo(canvas, photo.pixels, arrangement, radius)
    if arrangement.ground == "shade":
        shade(canvas, [region.box for region in arrangement.regions], scheme.paper)
    return canvas, radius


def _paint_panels(canvas: Image.Image, arrangement: Arrangement, scheme: Scheme, radius: float) -> list[Shape]:
    """The panels that words lie on."""
    panels = [_panel(box, scheme, canvas.size, radius) for box in arrangement.panels]
    for panel in panels:
        paint_shape(canvas, panel)
    return panels


def _panel(box: Box, scheme: Scheme, size: tuple[int, int], radius: float) -> Shape:
    spans = box.width >= size[0]
    return Shape("box", box, scheme.paper, radius=0.0 if spans else radius, underlay=True)


def _distort(
    random: Random, distortion: Distortion, warp: Warp | None, pictures: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Pictures distorted alike: what is drawn for one is drawn for all."""
    state, distorted = random.getstate(), []
    for picture in pictures:
        random.setstate(state)
        distorted.append(degrade(random, distortion, picture if warp is None else warp.picture(picture)))
    return distorted


def _boxes(arrangement: Arrangement, parts: list[Part], panels: list[Shape], photo: Photo) -> _Boxes:
    """What is not text, in canvas pixels."""
    left, top = round(arrangement.photo.left), round(arrangement.photo.top)
    subject = photo.subject or (None if photo.faces else Box(0, 0, photo.pixels.shape[1], photo.pixels.shape[0]))
    underlays = [*panels, *(part for part in parts if isinstance(part, Shape) and part.underlay)]
    return _Boxes(
        faces=tuple(face.moved(left, top) for face in photo.faces),
        products=(_uncovered(subject.moved(left, top), arrangement.panels),) if subject else (),
        underlays=tuple(shape.box for shape in underlays),
    )


def _uncovered(box: Box, panels: Sequence[Box]) -> Box:
    """What of a box is left beside panels that cross it from side to side."""
    for panel in panels:
        if panel.left <= box.left and box.right <= panel.right and panel.intersection(box).area:
            above, below = panel.top - box.top, box.bottom - panel.bottom
            box = replace(box, bottom=panel.top) if above > below else replace(box, top=panel.bottom)
        elif panel.top <= box.top and box.bottom <= panel.bottom and panel.intersection(box).area:
            before, after = panel.left - box.left, box.right - panel.right
            box = replace(box, right=panel.left) if before > after else replace(box, left=panel.right)
    return box


def _annotate(
    image: np.ndarray, language: str, drawn: list[tuple[Words, Mask]], boxes: _Boxes, warp: Warp | None
) -> Annotation:
    height, width = image.shape[:2]
    blocks = tuple(
        TextBlock(words.lettering.text, _ink_box(mask, warp), words.role, language, words.ink.name)
        for words, mask in drawn
    )
    carried = [
        tuple(_whole(warp.box(box) if warp else box, width, height) for box in kind)
        for kind in (boxes.faces, boxes.products, boxes.underlays)
    ]
    return Annotation(width, height, blocks, *carried)


def _ink_box(mask: Mask, warp: Warp | None) -> Box:
    if warp is None:
        return ink_box(mask.coverage, INK_LEAST).moved(mask.left, mask.top)
    return ink_box(warp.coverage(mask.coverage, mask.left, mask.top), INK_LEAST)


def _whole(box: Box, width: int, height: int) -> Box:
    """The box on whole pixels of the picture."""
    return Box(*box.as_list()).intersection(Box(0, 0, width, height))
