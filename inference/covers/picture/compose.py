"""One interface to every way in which a layout comes about; the cheaper one is taken.

The optimiser searches framings and places of stacked words. A layout model, where there is one, is
shown the picture as the optimiser framed it and proposes where each text goes; its boxes are set in
type and weighed by the same costs. A designer's template leaves no choice but the framing.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inference.covers.frames.select import FrameChoice
from inference.covers.picture import layout, typeset
from inference.covers.picture.blocks import DROPPED, moved, weigh_title
from inference.covers.picture.canvas import paint_picture
from inference.covers.picture.colour import draw_palette
from inference.covers.picture.costs import Group, weigh, weigh_blocks
from inference.covers.picture.framing import Framing
from inference.covers.picture.ground import Ground
from inference.covers.picture.layout import Layout, Scene
from inference.covers.picture.sizes import SMALLEST, share_of
from inference.covers.picture.style import Style, Wording
from inference.covers.picture.template import Template
from inference.covers.picture.typeset import ROLE_OF, Fitted
from inference.media.geometry import Box
from inference.models.layout import Annotation
from inference.models.layout_model import LayoutModel
from inference.models.layout_request import STYLE, LayoutRequest, WantedText

log = logging.getLogger(__name__)

PROPOSALS = 6
"""Layouts that the model is asked for: each costs as long as the first, and the best of several is far better."""

TEMPERATURE = 0.7

SLIDE, STEPS = 0.15, 25
"""A proposal may slide so far up or down, as a share of the canvas's height, in so many steps."""

GAP_BELOW = 0.3
"""Least distance between texts, as a share of the title's em."""


def compose(
    choice: FrameChoice,
    wording: Wording,
    ratio_or_size: str | tuple[int, int],
    style: Style,
    model: LayoutModel | None = None,
    template: Template | None = None,
) -> Layout:
    """The layout of a frame and its words by the cheapest route, on the canvas of a ratio or of a size in pixels.

    ``Layout.route`` says which it was, ``Layout.alternatives`` what each route that was tried costs. A
    template is honoured whatever it costs. Raises ``ValueError`` as ``layout.compose`` does, and
    naming the slot of a template into which its text does not fit.
    """
    if template:
        scene = Scene.of(choice, wording, ratio_or_size, template.apply(style))
        return _by_template(replace(scene, wants_room=False), template)
    scene = Scene.of(choice, wording, ratio_or_size, style)
    best = layout.optimise(scene)
    alternatives = {"optimiser": round(best.cost, 4)}
    if model and (proposed := _by_model(scene, best, model)):
        alternatives["model"] = round(proposed.cost, 4)
        best = min(best, proposed, key=lambda each: each.cost)
    return replace(best, alternatives=alternatives)


def _by_model(scene: Scene, found: Layout, model: LayoutModel) -> Layout | None:
    """The cheapest of the model's proposals that can be set, on the framing that the optimiser found."""
    framing, ground = next(
        (framing, ground)
        for framing, ground in scene.framings()
        if (framing.window, framing.picture) == (found.window, found.picture)
    )
    image = paint_picture(scene.choice.frame.image, found, draw_palette(scene.choice.frame.image).deep)
    try:
        proposals = model.propose(image, _ask(scene, found), PROPOSALS, TEMPERATURE)
    except ValueError as error:
        log.warning("%s has no layout for “%s”: %s", model.name, scene.words.title, error)
        return None
    layouts = [
        _set(scene, framing, ground, fitted, SLIDE)
        for each in proposals
        for is_generous in (False, True)
        if (fitted := _fit(scene, each, is_generous))
    ]
    return min(layouts, key=lambda each: each.cost, default=None)


def _ask(scene: Scene, found: Layout) -> LayoutRequest:
    language = "zh" if scene.words.language == "zh" else "en"
    style = scene.style
    wishes = {
        "placement": style.placement,
        "align": style.align,
        "underlay": "panel" if style.underlay == "panel" else "none",
    }
    canvas = Box(0, 0, scene.width, scene.height)
    return LayoutRequest(
        texts=[WantedText(text, ROLE_OF[role], language) for role, text in typeset.texts_by_role(scene.words)],
        width=scene.width,
        height=scene.height,
        faces=[face.intersection(canvas) for face in found.faces],
        products=[found.product.intersection(canvas)] if found.product else [],
        style={name: value for name, value in wishes.items() if value in STYLE[name]},
    )


def _fit(scene: Scene, proposal: Annotation, is_generous: bool) -> list[Fitted] | None:
    """Every text near its box, at its least size or larger; None where they do not fit inside the margins.

    A box too small for the least size of its role grows. If one is generous it grows to the size that the
    role usually has, since what reads well on a poster is too small for a feed.
    """
    inside = Box(0, 0, scene.width, scene.height).grown(*[-scene.margin] * 4)
    boxes: dict[tuple[str, str], list[Box]] = {}
    for block in proposal.blocks:
        boxes.setdefault((block.role, block.text), []).append(block.box)
    fitted, title = [], typeset.usual_size("title", scene)
    for role, text in typeset.texts_by_role(scene.words):
        if not (found := boxes.get((ROLE_OF[role], text))):
            return None
        wanted = share_of(role, scene.style) * title if is_generous else 0.0
        size = max(SMALLEST[role] * scene.short, wanted)
        one = typeset.fit(role, text, _widest(found.pop(0), role, text, scene, size, inside), scene)
        if one is None:
            return None
        title = one.block.runs[0].size if role == "title" else title
        fitted.append(one)
    blocks = typeset.settle([each.block for each in fitted], GAP_BELOW * title, inside)
    return blocks and [replace(each, block=block) for each, block in zip(fitted, blocks, strict=True)]


def _widest(box: Box, role: str, text: str, scene: Scene, size: float, inside: Box) -> Box:
    """A box with room for a text of a size, moved into the margins and no wider than they allow."""
    box = typeset.make_room(role, text, box, scene, size)
    x = max(0.0, inside.left - box.left) - max(0.0, box.right - inside.right)
    box = box.moved(x, 0)
    return Box(max(box.left, inside.left), box.top, min(box.right, inside.right), box.bottom)


def _set(scene: Scene, framing: Framing, ground: Ground, fitted: Sequence[Fitted], slide: float = 0.0) -> Layout:
    """The layout of texts where they were set, weighed as the optimiser weighs its own.

    All of them together may slide up or down by ``slide`` of the canvas's height to where they cost least.
    """
    blocks = [each.block for each in fitted]
    groups = typeset.group(blocks, scene.short)
    whole = typeset.around(blocks)
    least, most = scene.margin - whole.top, scene.height - scene.margin - whole.bottom
    reach = np.linspace(-slide, slide, STEPS if slide else 1) * scene.height
    slides = np.unique(np.r_[0.0, reach[(reach >= least) & (reach <= most)]])
    places = [Group(box, box.top + slides) for box in map(typeset.around, groups)]
    weighed = weigh(ground, places, scene.style, scene.margin)
    best = int(sum(weighed.values()).argmin())
    costs = {name: float(values[best]) for name, values in weighed.items()}
    costs |= weigh_blocks(blocks, scene.width)
    costs |= weigh_title(blocks[0].runs[0].size, fitted[0].lines, scene.words, scene.style, scene.short)
    costs["texts_dropped"] = DROPPED * (len(typeset.texts_by_role(scene.words)) - len(fitted))
    cards = tuple(typeset.card_of(each, scene.short).moved(0, slides[best]) for each in groups)
    blocks = [moved(block, 0, float(slides[best])) for block in blocks]
    return replace(scene.lay(framing, blocks, cards, framing.costs | costs), route="model")


def _by_template(scene: Scene, template: Template) -> Layout:
    """The template's slots over the framing that suits them best."""
    fitted = template.fit(scene)
    layouts = [_set(scene, framing, ground, fitted) for framing, ground in scene.framings()]
    best = min(layouts, key=lambda each: each.cost)
    return replace(
        best,
        route="template",
        alternatives={"template": round(best.cost, 4)},
        palette=template.palette,
        panels=template.panels_on(scene.width, scene.height),
        logo=template.logo_on(scene.width, scene.height),
    )
