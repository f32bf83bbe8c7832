"""What a designer adds to plain paper: large discs, stripes, a dotted corner, a thin frame.

All of it differs from the paper too little to touch what reads on it.
"""

from random import Random

from inference.media.geometry import Box
from training.corpora.layout_annotations.posters.palette import RGB, mixed
from training.corpora.layout_annotations.posters.parts import Shape

FAINT = (0.03, 0.07)
"""How far decoration leaves the paper's colour."""


def decorate(random: Random, width: int, height: int, paper: RGB, other: RGB) -> list[Shape]:
    """Shapes for a sheet of paper of this colour, tinted with another; none as often as not."""
    tint = mixed(paper, other, random.uniform(*FAINT))
    kind = random.choice(("none", "none", "none", "discs", "stripes", "dots", "frame"))
    return KINDS[kind](random, width, height, tint)


def _none(random: Random, width: int, height: int, tint: RGB) -> list[Shape]:
    return []


def _discs(random: Random, width: int, height: int, tint: RGB) -> list[Shape]:
    """Two or three discs, partly beyond the border."""
    shapes = []
    for _ in range(random.choice((2, 3))):
        radius = random.uniform(0.18, 0.45) * min(width, height)
        x, y = random.choice((0.0, 1.0, random.random())) * width, random.choice((0.0, 1.0)) * height
        shapes.append(Shape("ellipse", Box(x - radius, y - radius, x + radius, y + radius), tint))
    return shapes


def _stripes(random: Random, width: int, height: int, tint: RGB) -> list[Shape]:
    pitch = random.uniform(0.03, 0.07) * width
    count = int(width / pitch) + 1
    return [Shape("box", Box(n * pitch, 0, (n + 0.5) * pitch, height), tint) for n in range(count)]


def _dots(random: Random, width: int, height: int, tint: RGB) -> list[Shape]:
    """A grid of dots in a corner."""
    pitch = 0.022 * min(width, height)
    left, top = random.choice((0.4 * pitch, width - 8.4 * pitch)), random.choice((0.4 * pitch, height - 8.4 * pitch))
    corners = [(left + across * pitch, top + down * pitch) for across in range(8) for down in range(8)]
    return [Shape("ellipse", Box(x, y, x + 0.4 * pitch, y + 0.4 * pitch), tint) for x, y in corners]


def _frame(random: Random, width: int, height: int, tint: RGB) -> list[Shape]:
    inset = 0.025 * min(width, height)
    return [Shape("box", Box(inset, inset, width - inset, height - inset), tint, line=random.choice((2.0, 3.0, 6.0)))]


KINDS = {"none": _none, "discs": _discs, "stripes": _stripes, "dots": _dots, "frame": _frame}
