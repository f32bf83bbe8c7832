import json

import pytest

from data_contracts.settings import REPOSITORY
from inference.models import profile
from training.title_copy import recipes

PROFILES = sorted((REPOSITORY / "infra" / "profiles").glob("*.yaml"))


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_recipe_bears_the_name_of_its_function(name):
    assert recipes.by_name(name).name == name


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_recipe_names_a_deepspeed_file_that_shards_as_it_says(name):
    stage = recipes.by_name(name).deepspeed
    config = json.loads((REPOSITORY / "infra" / "deepspeed" / f"{stage}.json").read_text())
    assert f"zero{config['zero_optimization']['stage']}" == stage


@pytest.mark.parametrize("file", PROFILES, ids=[file.stem for file in PROFILES])
def test_every_profile_trains_the_model_that_it_serves(file):
    chosen = profile.load(file)
    assert recipes.by_name(chosen.training.recipe).model == chosen.language.model


def test_an_unknown_recipe_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'huge'.*qwen2_5_7b, qwen2_5_7b_zero3, embedded, embedded_preferred, tiny"):
        recipes.by_name("huge")
