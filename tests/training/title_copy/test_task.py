import json

import torch

from inference.covers.titles.checks import Limits
from inference.covers.titles.copy import prompt
from inference.models.serving import Serving
from inference.models.transformers_model import TransformersModel
from tests.training.title_copy.trainings import prepare
from training.finetune.examples import read_examples
from training.finetune.job import Job
from training.title_copy.recipes import TitleRecipe
from training.title_copy.task import TitleTask


def test_a_saved_adapter_says_how_it_was_asked_and_is_served_so(own_home, tmp_path):
    work = prepare("saved")
    recipe = Job.read(work, TitleRecipe).recipe
    TitleTask().save(TitleTask().load_model(recipe, torch.float32), recipe, tmp_path / "adapter")
    serving = Serving.read(tmp_path / "adapter")
    assert serving.max_new_tokens == recipe.max_new_tokens
    row = read_examples(work, "train")[0]
    example = TitleTask().encoder(recipe, work).encode(row)
    model = TransformersModel(recipe.model, tmp_path / "adapter")
    asked = prompt(row["content"], Limits.of(row["language"]), model.serving)
    said = model.tokenizer(model.serving.as_text(asked), add_special_tokens=False).input_ids
    assert tuple(said) == example.ids[: example.answer_start]
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == recipe.model


def test_a_varied_recipe_shows_other_examples_in_later_epochs(own_home):
    plain, varied = prepare("plain"), prepare("varied", varied=True)
    rows = read_examples(varied, "train")
    task = TitleTask()

    def shown(work, epoch):
        encoder = task.encoder(Job.read(work, TitleRecipe).recipe, work)
        return [encoder.encode(row, epoch).ids for row in rows]

    assert shown(varied, 0) == shown(plain, 0) == shown(plain, 1)
    assert shown(varied, 1) == shown(varied, 1)
    differ = sum(one != other for one, other in zip(shown(varied, 1), shown(varied, 0), strict=True))
    assert differ > len(rows) / 2
