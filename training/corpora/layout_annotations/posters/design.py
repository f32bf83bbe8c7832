"""Choosing how a poster looks: paper, inks, faces, sizes; every pair of ink and paper readable."""

from dataclasses import dataclass, replace
from random import Random

from training.corpora.layout_annotations.annotation import Colour
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

LEADS = (*Colour, Colour.BLACK, Colour.WHITE)
"""What colour a headline has; all of them, plain ones a little more often."""

NEUTRAL = (Colour.BLACK, Colour.WHITE, Colour.GREY)
PRICES = (Colour.RED, Colour.RED, Colour.ORANGE, Colour.YELLOW, Colour.PINK, Colour.GREEN, Colour.BLUE, Colour.PURPLE)
BUTTONS = ("vivid", "vivid", "dark", "light", "pastel")
LIGHTER_SHARE = 0.35
"""How far a paper may run towards white or black over the canvas, times a random share."""


@dataclass(frozen=True)
class Scheme:
    """Papers at the start and the end of the ground, and what is set on them."""

    paper: RGB
    paper_end: RGB
    look: Look


def choose_design(random: Random, language: str, unit: float, ground: str) -> Scheme:
    """A scheme for a canvas; ``unit`` is a hundredth of the root of its area, in pixels."""
    paper, lead = _paper_and_lead(random, ground)
    end = mixed(paper, draw_paper(random, random.choice(("light", "dark"))), 0.08 * random.random())
    papers = (paper, end)
    button = _button(random, papers)
    chip = mixed(paper, lead.rgb, random.choice((0.10, 0.14, 1.0)))
    vivid = lead.name in ON_VIVID and _is_vivid(paper)
    accents = ON_VIVID if vivid else PRICES
    plain = ink_for(random, papers, ON_VIVID if vivid else NEUTRAL[:2])
    look = Look(
        language=language,
        suite=choose_suite(random, language),
        centred=False,
        headline_size=unit * random.uniform(6.8, 9.5),
        small_size=unit * random.uniform(2.5, 3.1),
        headline=lead,
        plain=plain,
        soft=plain if random.random() < 0.6 or vivid else ink_for(random, papers, (*NEUTRAL, Colour.BROWN)),
        price=lead if random.random() < 0.25 else ink_for(random, papers, accents, READABLE_LARGE),
        button=button,
        button_ink=_on(random, button),
        chip=chip,
        chip_ink=_on(random, chip),
        points=random.choice(tuple(POINTS)),
        action=random.choice(("filled", "filled", "filled", "outlined")),
        roundness=random.choice((0.0, 0.25, 0.5, 1.0)),
        tracking=random.choice((0.0, 0.0, 0.02, 0.06) if language == "zh" else (0.0, 0.0, 0.01, 0.03)),
        capitals=language == "en" and random.random() < 0.2,
    )
    return Scheme(paper, end, look)


def on_panel_or_photo(scheme: Scheme, centred: bool) -> Look:
    return replace(scheme.look, centred=centred)


def _paper_and_lead(random: Random, ground: str) -> tuple[RGB, Ink]:
    """A paper and a headline ink that reads on it, starting from the ink so that all names occur."""
    while True:
        name = random.choice(ON_VIVID if ground == "shade" else LEADS)
        lead = draw_ink(random, name)
        kinds = ("dark",) if ground == "shade" else ("light", "light", "pastel", "dark", "vivid")
        for _ in range(8):
            kind = random.choice(kinds)
            if kind == "vivid" and name not in ON_VIVID:
                continue
            paper = draw_paper(random, kind)
            if contrast_ratio(lead.rgb, paper) >= (READABLE_LARGE + 0.6):
                return paper, lead


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


def _is_vivid(colour: RGB) -> bool:
    return max(colour) - min(colour) > 90
