"""The cheaper of two routes is used, both are weighed alike, and the layout says which it was."""

from pathlib import Path

import numpy as np
import pytest

from inference.covers.picture import layout
from inference.covers.picture.compose import compose
from inference.covers.picture.reflect import check
from inference.covers.picture.render import render
from inference.covers.picture.style import STYLES, Wording
from inference.media.geometry import Box
from inference.models import layout_bases, pretrained
from inference.models.layout_model import LayoutModel
from inference.models.layout_reader import LayoutReader
from inference.models.pixel_limits import PixelLimits
from tests.inference.covers.choices import choose, paint

TITLE = Wording("夏天就穿这一件印花T恤", "zh", "宽松不挑身材", "¥99")


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> LayoutModel:
    """Random weights: what it proposes is arbitrary, and keeps to the grammar."""
    from transformers import Qwen2_5_VLForConditionalGeneration

    folder = tmp_path_factory.mktemp("layout_model")
    reader = LayoutReader.of(layout_bases.TINY, "", 900, PixelLimits(28 * 28, 6 * 28 * 28))
    Qwen2_5_VLForConditionalGeneration.from_pretrained(pretrained.locate(layout_bases.TINY)).save_pretrained(folder)
    reader.tokenizer.save_pretrained(folder)
    reader.serving.write(Path(folder))
    return LayoutModel(folder)


def test_without_a_model_it_is_the_optimiser_s_layout():
    choice = choose(paint(360, 480), product=(100, 100, 250, 300))
    composed, found = (each(choice, TITLE, "3:4", STYLES["headline"]) for each in (compose, layout.compose))
    assert composed.route == "optimiser"
    assert composed.alternatives == {"optimiser": pytest.approx(found.cost, abs=1e-3)}
    assert composed.blocks == found.blocks


@pytest.mark.parametrize("style", ["headline", "billboard", "card"])
def test_the_cheaper_route_is_used(model, style):
    choice = choose(paint(360, 480), product=(100, 100, 250, 300))
    composed = compose(choice, TITLE, "3:4", STYLES[style], model)
    assert set(composed.alternatives) == {"optimiser", "model"}
    assert composed.route == min(composed.alternatives, key=composed.alternatives.get)
    assert composed.cost == pytest.approx(min(composed.alternatives.values()), abs=1e-3)


def test_a_proposal_is_set_whole_and_inside_the_margins(model):
    """The model's route by itself, whatever it costs beside the optimiser's."""
    from inference.covers.picture.compose import _by_model

    for seed, style in enumerate(("headline", "poster", "card")):
        choice = choose(paint(360, 480, seed=seed), product=(100, 100, 250, 300))
        scene = layout.Scene.of(choice, TITLE, "3:4", STYLES[style])
        proposed = _by_model(scene, layout.optimise(scene), model)
        assert proposed.route == "model"
        assert [block.role for block in proposed.blocks] == ["title", "selling_point", "price"]
        inside = Box(0, 0, proposed.width, proposed.height).grown(*[-0.05 * proposed.width] * 4)
        assert all(block.outer.covered_by(inside) > 0.999 for block in proposed.blocks)
        assert np.isfinite(proposed.cost)
        parts = proposed.parts
        assert sorted(b.role for part in parts for b in part.blocks) == sorted(b.role for b in proposed.blocks)
        readable = [
            c for c in check(render(choice, proposed), proposed, TITLE) if c.name in ("readable", "glyphs_whole")
        ]
        assert all(c.passed for c in readable), readable


def test_the_same_input_gives_the_same_layout(model):
    choice = choose(paint(360, 480))
    first, second = (compose(choice, TITLE, "1:1", STYLES["quiet"], model) for _ in range(2))
    assert first == second
