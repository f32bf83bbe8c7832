"""Choosing how a poster looks: paper, inks, faces, sizes; every pair of ink and paper readable."""

from dataclasses import dataclass
from random import Random

from inference.models.layout import Colour
from training.corpora.layout_annotations.posters.fonts import choose_suite
from training.corpora.layout_annotations.posters.groups import POINTS, Look
from training.corpora.layout_annotations.posters.palette import (
    ON_VIVID,
    READABLE_LARGE,
    RGB,
    Ink,
    contrast_ratio,
    draw_ink,
    draw_paper,
    ink_for,
    mixed,
)
from training.corpora.layout_annotations.posters.parts import Edge

LEADS = (*Colour, Colour.BLACK, Colour.WHITE, Colour.ORANGE, Colour.PINK)
"""What colour a headline has; all of them, and more often those that few other blocks have."""

NEUTRAL = (Colour.BLACK, Colour.WHITE, Colour.GREY)
LEAD_CONTRAST = READABLE_LARGE + 0.6
SOFT = (Colour.GREY, Colour.GREY, Colour.BROWN, Colour.BLUE, Colour.PURPLE, Colour.GREEN)
PRICES = (Colour.RED, Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.PINK, Colour.GREEN, Colour.BLUE, Colour.PURPLE)
BUTTONS = ("vivid", "vivid", "dark", "light", "pastel")
SMALLEST = 23
"""Least small size in pixels: text of a poster is read at arm's length."""


@dataclass(frozen=True)
class Scheme:
    """Papers at the start and the end of the ground, and what is set on them."""

    paper: RGB
    paper_end: RGB
    look: Look


def choose_design(random: Random, language: str, unit: float, ground: str) -> Scheme:
    """A scheme for a canvas; ``unit`` is a hundredth of the root of its area, in pixels."""
    paper, lead = _paper_and_lead(random, ground)
    plate = draw_paper(random, random.choice(("light", "light", "dark", "vivid")))
    end = mixed(paper, draw_paper(random, random.choice(("light", "dark"))), 0.08 * random.random())
    papers = (paper, end)
    button = _button(random, papers)
    chip = mixed(paper, lead.rgb, random.choice((0.10, 0.14, 1.0)))
    sparing = ground == "shade" or _is_vivid(paper)
    plain = ink_for(random, papers, ON_VIVID if sparing else NEUTRAL[:2])
    look = Look(
        language=language,
        suite=choose_suite(random, language),
        centred=False,
        headline_size=unit * random.uniform(6.8, 9.5),
        small_size=max(SMALLEST, unit * random.uniform(2.5, 3.1)),
        headline=lead,
        plain=plain,
        soft=plain if sparing or random.random() < 0.5 else ink_for(random, papers, SOFT),
        price=_price_ink(random, lead, papers, ON_VIVID if sparing else PRICES),
        button=button,
        button_ink=_on(random, button),
        chip=chip,
        chip_ink=_on(random, chip),
        plate=plate,
        plate_ink=_on(random, plate),
        points=random.choice(tuple(POINTS)),
        action=random.choice(("filled", "filled", "filled", "outlined")),
        ticket=random.random() < 0.2,
        roundness=random.choice((0.0, 0.25, 0.5, 1.0)),
        tracking=random.choice((0.0, 0.0, 0.02, 0.06) if language == "zh" else (0.0, 0.0, 0.01, 0.03)),
        capitals=language == "en" and random.random() < 0.2,
        edge=_edge(random, lead, paper) if random.random() < (0.3 if ground == "shade" else 0.12) else None,
        shadow=_is_light(lead.rgb) and random.random() < (0.5 if ground == "shade" else 0.15),
    )
    return Scheme(paper, end, look)


def _paper_and_lead(random: Random, ground: str) -> tuple[RGB, Ink]:
    """A paper and a headline ink that reads on it, starting from the ink so that all names occur."""
    name = random.choice(ON_VIVID if ground == "shade" else LEADS)
    kinds = ["dark"] if ground == "shade" else ["light", "light", "pastel", "dark"]
    if name in ON_VIVID and ground != "shade":
        kinds += ["vivid", "vivid"]
    while True:
        lead, paper = draw_ink(random, name), draw_paper(random, random.choice(kinds))
        if contrast_ratio(lead.rgb, paper) >= LEAD_CONTRAST:
            return paper, lead


def _price_ink(random: Random, lead: Ink, papers: tuple[RGB, ...], names: tuple[Colour, ...]) -> Ink:
    """The headline's ink or another that draws the eye."""
    return lead if random.random() < 0.25 else ink_for(random, papers, names, READABLE_LARGE)


def _edge(random: Random, lead: Ink, paper: RGB) -> Edge:
    """An edge far from the lead's lightness, a deeper or lighter tone of the paper."""
    dark, light = mixed(paper, (0, 0, 0), 0.75), mixed(paper, (255, 255, 255), 0.9)
    colour = max((dark, light), key=lambda each: contrast_ratio(each, lead.rgb))
    return Edge(colour, random.uniform(0.03, 0.06))


def _button(random: Random, papers: tuple[RGB, ...]) -> RGB:
    """A colour that stands out from the paper."""
    options = [draw_paper(random, kind) for kind in random.choices(BUTTONS, k=4)]
    return max(options, key=lambda colour: min(3.0, min(contrast_ratio(colour, paper) for paper in papers)))


def _on(random: Random, colour: RGB) -> Ink:
    if _is_vivid(colour):
        return ink_for(random, (colour,), ON_VIVID)
    return ink_for(
        random, (colour,), (*NEUTRAL[:2], Colour.BROWN, Colour.BLUE, Colour.RED, Colour.PURPLE, Colour.GREEN)
    )


def _is_light(colour: RGB) -> bool:
    return contrast_ratio(colour, (0, 0, 0)) > 7


def _is_vivid(colour: RGB) -> bool:
    return max(colour) - min(colour) > 60 and not _is_light(colour)
