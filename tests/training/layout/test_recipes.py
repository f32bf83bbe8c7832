import pytest

from inference.models import layout_bases, profile
from inference.models.pretrained import BUILT
from training.layout import recipes


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_recipe_is_named_after_its_function_and_holds_together(name):
    recipe = recipes.by_name(name)
    assert recipe.name == name
    assert recipe.pixels.most >= recipe.pixels.least
    assert recipe.all_weights == (recipe.rank == 0)
    assert recipe.max_new_tokens <= recipe.max_tokens


def test_the_processor_s_recipes_start_from_bases_that_are_built_here():
    ours = [recipes.by_name(name).model for name in recipes.RECIPES if not name.startswith("qwen")]
    assert set(ours) == {layout_bases.TINY, layout_bases.SMALL, layout_bases.GRAFTED} <= BUILT.keys()


@pytest.mark.parametrize("name", ["embedded", "tiny", "gpu", "cluster"])
def test_every_profile_names_a_recipe_that_there_is(name, monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", name)
    recipes.by_name(profile.load().layout_recipe)


def test_an_unknown_recipe_names_the_known_ones():
    with pytest.raises(ValueError, match=r"qwen2_5_vl_7b.*embedded.*tiny"):
        recipes.by_name("huge")
