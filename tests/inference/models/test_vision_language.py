"""The architecture of InternVL with random weights: its tiles, its chat format, one answer."""

import numpy as np
import pytest
import torch
import yaml

from data_contracts import settings
from inference.models import pretrained, profile, vision_language
from inference.models.vision_language import InternVL
from tests.inference.models.tiny_internvl import ROOM, SIDE, write

WIDE = np.arange(SIDE * 2 * SIDE * 3, dtype=np.uint8).reshape(SIDE, 2 * SIDE, 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("internvl"))


@pytest.fixture(autouse=True)
def short_answers(monkeypatch):
    monkeypatch.setattr(vision_language, "ANSWER_TOKENS", 6)


@pytest.fixture
def model(folder) -> InternVL:
    return InternVL(str(folder))


def test_a_picture_and_a_prompt_give_the_same_answer_again(model):
    assert model.ask(WIDE, "标题") == model.ask(WIDE, "标题")
    assert model.name.startswith("internvl")


def test_the_answer_depends_on_the_picture_and_on_the_prompt(model):
    """Random weights may repeat themselves in words, so what the answer is drawn from is compared."""
    seen = []
    model._model.register_forward_hook(lambda module, args, output: seen.append(output.logits[0, -1]))
    for picture, prompt in ((WIDE, "标题"), (255 - WIDE, "标题"), (WIDE, "价格")):
        model.ask(picture, prompt)
    first, other_picture, other_prompt = seen[0], seen[len(seen) // 3], seen[-len(seen) // 3]
    assert not torch.allclose(first, other_picture)
    assert not torch.allclose(first, other_prompt)


@pytest.mark.parametrize(("rows", "columns", "tiles"), [(1, 1, 1), (1, 2, 3), (3, 1, 4)])
def test_every_tile_has_room_in_the_prompt(model, rows, columns, tiles):
    asked, looked_at = [], []
    model._model.register_forward_pre_hook(lambda module, args, named: asked.append(named), with_kwargs=True)
    tower = model._model.model.vision_tower
    tower.register_forward_pre_hook(lambda module, args, named: looked_at.append(named), with_kwargs=True)
    model.ask(np.zeros((rows * SIDE, columns * SIDE, 3), np.uint8), "标题")
    room = asked[0]["input_ids"] == model._tokenizer.context_image_token_id
    assert len(looked_at[0]["pixel_values"]) == tiles
    assert room.sum() == tiles * ROOM


def test_the_profile_chooses_it_and_keeps_it(folder, monkeypatch, tmp_path):
    chosen = yaml.safe_load(settings.load().profile_file.read_text())
    assert profile.vision_language_model() is None
    profiles = tmp_path / "infra" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "seeing.yaml").write_text(yaml.safe_dump(chosen | {"vision_language": {"model": str(folder)}}))
    monkeypatch.setattr(settings, "REPOSITORY", tmp_path)
    monkeypatch.setenv("COVERLOOP_PROFILE", "seeing")
    assert isinstance(profile.vision_language_model(), InternVL)
    assert profile.vision_language_model() is profile.vision_language_model()


def test_another_name_is_a_hub_repository():
    assert InternVL("OpenGVLab/InternVL3-8B-hf").name == "InternVL3-8B-hf"
    assert pretrained.locate("OpenGVLab/InternVL3-8B-hf") == "OpenGVLab/InternVL3-8B-hf"
