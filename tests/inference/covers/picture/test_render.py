"""Rendered covers are readable on any ground, sharp, and as large as they say."""

import io
import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from inference.covers.picture.canvas import enlarge, paint_picture
from inference.covers.picture.layout import compose
from inference.covers.picture.render import choose_text_layer, render, to_jpeg, to_webp
from inference.covers.picture.style import RATIOS, STYLES, Style, Wording
from inference.models import shelf
from tests.inference.covers.choices import choose, grab, paint

TITLE = Wording("夏天就穿这一件印花T恤", "zh", "宽松不挑身材", "¥99")
READABLE = 4.5


def checkerboard(cell: int) -> np.ndarray:
    y, x = np.mgrid[:480, :360]
    return np.repeat((255 * ((x // cell + y // cell) % 2)).astype(np.uint8)[..., None], 3, axis=2)


GROUNDS = {
    "white": np.full((480, 360, 3), 255, np.uint8),
    "black": np.zeros((480, 360, 3), np.uint8),
    "grey": np.full((480, 360, 3), 118, np.uint8),
    "yellow": np.full((480, 360, 3), (250, 215, 20), np.uint8),
    "red": paint(360, 480, (200, 30, 40)),
    "coarse checks": checkerboard(60),
    "fine checks": checkerboard(6),
    "noise": np.random.default_rng(0).integers(0, 256, (480, 360, 3), np.uint8),
}


@pytest.mark.parametrize(
    ("ground", "style"),
    [*itertools.product(GROUNDS, ["headline", "billboard"]), *itertools.product(["coarse checks"], STYLES)],
)
def test_text_is_readable_on_any_ground_even_as_jpeg(ground, style):
    choice = choose(GROUNDS[ground])
    layout = compose(choice, TITLE, "3:4", STYLES[style])
    image = np.asarray(Image.open(io.BytesIO(to_jpeg(render(choice, layout)))))
    for block in layout.blocks:
        for run in block.runs:
            assert contrast_around(image, block, run) >= READABLE


@pytest.mark.parametrize("ratio", RATIOS)
def test_a_cover_has_its_ratios_size(ratio):
    choice = choose(paint(362, 640), product=(100, 200, 260, 500))
    image = render(choice, compose(choice, TITLE, ratio, STYLES["headline"]))
    assert image.shape == (*RATIOS[ratio][::-1], 3)
    assert image.dtype == np.uint8
    assert Image.open(io.BytesIO(to_jpeg(image))).size == RATIOS[ratio]


def test_the_picture_is_where_the_layout_says():
    """Away from text and melting edges the cover is the window, enlarged."""
    image = paint(640, 360, (90, 120, 160))
    cv2.circle(image, (160, 100), 40, (230, 40, 40), -1)
    choice = choose(image, product=(20, 40, 620, 320))
    layout = compose(choice, TITLE, "3:4", Style(placement="bottom"))
    cover = render(choice, layout)
    scale = layout.picture.width / layout.window.width
    x = round(layout.picture.left + (160 - layout.window.left) * scale)
    y = round(layout.picture.top + (100 - layout.window.top) * scale)
    assert np.abs(cover[y, x].astype(int) - (230, 40, 40)).max() <= 6
    assert np.abs(cover[y, x + round(55 * scale)].astype(int) - image[100, 215]).max() <= 12


def test_what_the_picture_leaves_free_continues_it_darker_and_without_detail():
    rng = np.random.default_rng(1)
    image = (paint(640, 360, (200, 190, 170)).astype(int) + rng.integers(-40, 40, (360, 640, 1))).clip(0, 255)
    choice = choose(image.astype(np.uint8), product=(10, 20, 630, 340))
    layout = compose(choice, Wording("好物", "zh"), "3:4", Style(placement="bottom"))
    cover = render(choice, layout)
    band = cover[round(layout.picture.bottom) + 20 :, round(layout.card.right) + 60 :]
    picture = cover[: round(layout.picture.bottom) - 100]
    assert band.shape[0] > 200
    assert 30 < band.mean() < picture.mean() - 10
    assert cv2.Laplacian(cv2.cvtColor(band, cv2.COLOR_RGB2GRAY), cv2.CV_32F).std() < 2
    step = cover[round(layout.picture.bottom) - 1].astype(int) - cover[round(layout.picture.bottom)]
    assert np.abs(step).max() < 12, "the picture melts into its extension"


def test_enlarging_keeps_edges_and_hides_compression_blocks():
    image = paint(160, 120, (120, 120, 120), seed=3)
    cv2.rectangle(image, (80, 0), (159, 119), (235, 235, 235), -1)
    blocky = cv2.imdecode(cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 12])[1], 1)[..., ::-1]
    large = enlarge(np.ascontiguousarray(blocky), 640, 480)
    assert blockiness(large, 32) < 0.5 * blockiness(cv2.resize(blocky, (640, 480), interpolation=cv2.INTER_NEAREST), 32)
    across = large[240, 300:340].mean(1).astype(int)
    assert np.abs(np.diff(across)).max() > 15, "an edge of 115 levels is not spread over the enlargement"


def test_style_decides_what_lies_under_the_text():
    choice = choose(paint(360, 480, (120, 130, 140)))
    layout = compose(choice, TITLE, "3:4", STYLES["card"])
    plain = compose(choice, TITLE, "3:4", replace(STYLES["card"], underlay="none"))
    left, top, _, _ = layout.card.as_list()
    corner = slice(top + 30, top + 50), slice(left + 6, left + 14)
    card, bare = render(choice, layout)[corner], render(choice, plain)[corner]
    assert np.abs(card.astype(int).mean((0, 1)) - bare.mean((0, 1))).max() > 40


def test_the_same_layout_gives_the_same_pixels(shared_data):
    choice = grab(shared_data, "dress")
    layout = compose(choice, TITLE, "1:1", STYLES["masthead"])
    assert np.array_equal(render(choice, layout), render(choice, layout))


def contrast_around(image: np.ndarray, block, run) -> float:
    """The worst decile of WCAG contrast within 0.07 em of a run's glyphs, by another way than the product's.

    Glyphs are drawn once more with Pillow and distances taken from a distance transform.
    """
    files = {"sans": "NotoSansSC-Regular.otf", "serif": "NotoSerifSC-Regular.otf"}
    font = ImageFont.truetype(shelf.resolve("noto-sc") / files[block.font], run.size)
    left, top, right, bottom = block.box.grown(*[0.15 * run.size] * 4).as_list()
    image = image[top:bottom, left:right]
    thin, all_runs = Image.new("L", image.shape[1::-1]), Image.new("L", image.shape[1::-1])
    ImageDraw.Draw(thin).text((run.x - left, run.baseline - top), run.text, fill=255, font=font, anchor="ls")
    for other in block.runs:
        place, width = (other.x - left, other.baseline - top), 0.03 * other.size
        other_font = font.font_variant(size=other.size)
        ImageDraw.Draw(all_runs).text(place, other.text, fill=255, font=other_font, anchor="ls", stroke_width=width)
    linear = np.where(image <= 10, image / 255 / 12.92, ((image / 255 + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)
    ink = np.median(luminance[np.asarray(thin) == 255])
    from_ink = cv2.distanceTransform((np.asarray(all_runs) == 0).astype(np.uint8), cv2.DIST_L2, 5)
    from_run = cv2.distanceTransform((np.asarray(thin) == 0).astype(np.uint8), cv2.DIST_L2, 5)
    ground = luminance[(from_ink > 2) & (from_run < 0.03 * run.size + max(4, 0.07 * run.size))]
    ratios = (np.maximum(ground, ink) + 0.05) / (np.minimum(ground, ink) + 0.05)
    return float(np.percentile(ratios, 10))


def blockiness(image: np.ndarray, period: int) -> float:
    """Steps across block borders over steps elsewhere, along rows of the calm left half."""
    steps = np.abs(np.diff(image[:, :300].mean(2), axis=1)).mean(0)
    border = np.arange(len(steps)) % period == period - 1
    return steps[border].mean() / (steps[~border].mean() + 0.1)


@pytest.mark.parametrize(("name", "ratio", "style"), [("dress", "3:4", "poster"), ("wall", "1:1", "card")])
def test_the_text_layer_over_the_stills_own_frame_is_the_still(shared_data, name, ratio, style):
    choice = grab(shared_data, name)
    layout = compose(choice, TITLE, ratio, STYLES[style])
    layer = choose_text_layer(choice, layout)
    assert np.array_equal(layer.over(choice.frame.image, layout), render(choice, layout))


def test_the_text_layer_leaves_another_frame_alone_where_no_text_is():
    choice, other = choose(paint(360, 480)), paint(360, 480, (60, 90, 160), seed=1)
    layout = compose(choice, TITLE, "3:4", STYLES["poster"])
    layer = choose_text_layer(choice, layout)
    cover, bare = layer.over(other, layout), paint_picture(other, layout, layer.shade)
    left, top, right, bottom = layout.card.grown(*[0.2 * layout.height] * 4).as_list()
    changed = (cover != bare).any(2)
    assert changed.any()
    changed[max(0, top) : bottom, max(0, left) : right] = False
    assert not changed.any()


def test_a_webp_is_smaller_than_the_jpeg_and_looks_the_same(shared_data):
    choice = grab(shared_data, "shirt")
    cover = render(choice, compose(choice, TITLE, "3:4", STYLES["headline"]))
    webp = to_webp(cover)
    back = np.asarray(Image.open(io.BytesIO(webp)).convert("RGB"))
    assert Image.open(io.BytesIO(webp)).format == "WEBP"
    assert len(webp) < 0.7 * len(to_jpeg(cover))
    assert np.abs(back.astype(int) - cover).mean() < 4
