"""A designer's template is honoured to the pixel, and a bad one says which key is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.covers.picture import template as module
from inference.covers.picture.colour import contrast, luminance_of
from inference.covers.picture.compose import compose
from inference.covers.picture.render import render
from inference.covers.picture.style import STYLES, Wording
from inference.covers.picture.template import Template, to_colour
from inference.media.geometry import Box
from tests.inference.covers.choices import choose, paint

TITLE = Wording("夏天就穿这一件印花T恤", "zh", "宽松不挑身材", "¥99")
EXAMPLES = sorted((Path(module.__file__).parent / "templates").glob("*.json"))
SLOTS = [
    {"role": "headline", "box": [0.06, 0.06, 0.94, 0.2], "at": "top"},
    {"role": "price", "box": [0.06, 0.8, 0.5, 0.9]},
]


def write(folder: Path, **document) -> Path:
    path = folder / "template.json"
    path.write_text(json.dumps({"slots": SLOTS} | document), encoding="utf-8")
    return path


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("size", ["3:4", (1080, 1350)])
def test_the_examples_are_honoured(example, size):
    template = Template.read(example)
    layout = compose(choose(paint(360, 480)), TITLE, size, STYLES["headline"], template=template)
    assert layout.route == "template"
    slots = {slot.role: Box(*slot.box).scaled(layout.width, layout.height) for slot in template.design.slots}
    for block in layout.blocks:
        slot = slots["headline" if block.role == "title" else block.role]
        assert block.outer.covered_by(slot.grown(1, 1, 1, 1)) > 0.999


def test_examples_are_there():
    assert len(EXAMPLES) >= 2


def test_words_that_stand_apart_have_a_card_each(tmp_path):
    layout = compose(choose(paint(360, 480)), TITLE, "3:4", STYLES["card"], template=Template.read(write(tmp_path)))
    assert [block.role for block in layout.blocks] == ["title", "price"]
    assert [[block.role for block in part.blocks] for part in layout.parts] == [["title"], ["price"]]
    between = Box(200, 600, 500, 800)
    assert layout.covered(between) == 0
    assert layout.covered(layout.title.box) == pytest.approx(1)
    assert layout.costs["texts_dropped"] > 0, "the selling point has no slot"


def test_panels_logo_and_colours_are_painted(tmp_path):
    logo = np.zeros((20, 40, 4), np.uint8)
    logo[:, :20] = (255, 0, 0, 255)  # the right half is transparent
    Image.fromarray(logo).save(tmp_path / "logo.png")
    path = write(
        tmp_path,
        colours={"text": "#ffffff", "shade": "#102040", "accent": "#ff8800"},
        panels=[{"box": [0, 0.75, 1, 1], "colour": "#102040"}],
        logo={"path": "logo.png", "box": [0.7, 0.3, 0.9, 0.4]},
    )
    choice = choose(paint(360, 480))
    layout = compose(choice, TITLE, "3:4", STYLES["headline"], template=Template.read(path))
    image = render(choice, layout).astype(int)
    assert np.abs(image[1420, 1060] - (0x10, 0x20, 0x40)).max() <= 2, "the panel"
    assert np.abs(image[504, 800] - (255, 0, 0)).max() <= 2, "the logo"
    assert np.abs(image[504, 920] - paint_at(choice, layout, 920, 504)).max() <= 12, "and where it is transparent"
    tag = layout.block("price").tag
    orange = image[round(tag.top) + 6, round(tag.centre[0])]
    assert orange[0] > 200
    assert 90 < orange[1] < 180
    assert orange[2] < 90


def paint_at(choice, layout, x: int, y: int) -> np.ndarray:
    scale = layout.picture.width / layout.window.width
    column, row = (
        layout.window.left + (x - layout.picture.left) / scale,
        layout.window.top + (y - layout.picture.top) / scale,
    )
    return choice.frame.image[round(row), round(column)].astype(int)


def test_a_text_shrinks_to_its_slot_s_least_size_and_no_further(tmp_path):
    slot = {"role": "headline", "box": [0.06, 0.06, 0.94, 0.12], "largest": 0.12, "max_lines": 1}
    for least, fits in ((0.05, True), (0.09, False)):
        path = write(tmp_path, slots=[slot | {"least": least}])
        if fits:
            layout = compose(choose(paint(360, 480)), TITLE, "3:4", STYLES["headline"], template=Template.read(path))
            assert 0.05 * 1080 <= layout.title.runs[0].size < 0.09 * 1080
        else:
            with pytest.raises(ValueError, match=r"slots\.0 \(headline\): “夏天就穿这一件印花T恤” does not fit"):
                compose(choose(paint(360, 480)), TITLE, "3:4", STYLES["headline"], template=Template.read(path))


def test_accents_are_moved_until_they_carry_text(tmp_path):
    colours = {"text": "#ffffff", "shade": "#202020", "accent": "#7a1020"}
    palette = Template.read(write(tmp_path, colours=colours)).palette
    assert contrast(luminance_of(palette.accent_light), luminance_of(palette.deep)) >= 4.5
    assert contrast(luminance_of(palette.accent_deep), luminance_of(palette.light)) >= 4.5
    assert palette.accent_deep == pytest.approx(to_colour("#7a1020"), abs=0.01), "this one did already"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"slots": []}, "slots"),
        ({"slots": SLOTS[1:]}, "slots: 0 slots for the headline"),
        ({"slots": [SLOTS[0], SLOTS[0]]}, "slots: 2 slots for the headline"),
        ({"slots": [SLOTS[0] | {"role": "title"}]}, r"slots\.0\.role"),
        ({"slots": [SLOTS[0] | {"box": [0.1, 0.1, 0.5]}]}, r"slots\.0\.box"),
        ({"slots": [SLOTS[0] | {"box": [0.1, 0.1, 0.5, 7]}]}, r"slots\.0\.box\.3"),
        ({"slots": [SLOTS[0] | {"box": [0.1, 0.1, 0.5, True]}]}, r"slots\.0\.box\.3"),
        ({"slots": [SLOTS[0] | {"box": [0.5, 0.1, 0.1, 0.3]}]}, r"slots\.0\.box"),
        ({"slots": [SLOTS[0] | {"box": [0, 0.1, 0.5, 0.3]}]}, r"slots\.0\.box: words keep"),
        ({"slots": [SLOTS[0] | {"least": 0.2, "largest": 0.1}]}, r"slots\.0\.least"),
        ({"slots": [SLOTS[0] | {"max_lines": 99}]}, r"slots\.0\.max_lines"),
        ({"slots": [SLOTS[0] | {"colour": "red"}]}, r"slots\.0\.colour"),
        ({"font": "Comic Sans"}, "font"),
        ({"colours": {"text": "white", "shade": "#000000"}}, r"colours\.text"),
        ({"colours": {"text": "#777777", "shade": "#888888"}}, "colours: text on shade has a contrast of 1"),
        ({"panels": [{"box": [0, 0, 1, 1], "colour": "#000000", "opacity": 2}]}, r"panels\.0\.opacity"),
        ({"logo": {"path": "../../etc/hostname", "box": [0.1, 0.1, 0.2, 0.2]}}, r"logo\.path"),
        ({"logo": {"path": "gone.png", "box": [0.1, 0.1, 0.2, 0.2]}}, r"logo\.path"),
        ({"logo": {"path": "template.json", "box": [0.1, 0.1, 0.2, 0.2]}}, r"logo\.path"),
        ({"logo": {"path": "a\x00b", "box": [0.1, 0.1, 0.2, 0.2]}}, r"logo\.path"),
        ({"script": "rm"}, "script"),
    ],
)
def test_a_bad_template_names_the_key(tmp_path, change, named):
    with pytest.raises(ValueError, match=named):
        Template.read(write(tmp_path, **change))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"slots": NaN}', "[" * 100_000, "\ufeff{}", " " * 300_000])
def test_what_is_no_template_is_refused(tmp_path, text):
    path = tmp_path / "template.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"template\.json"):
        Template.read(path)
