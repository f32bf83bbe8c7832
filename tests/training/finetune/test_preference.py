"""The preference stage on a tiny real model, against what the paper's formula gives for one answer at a time."""

import json
import math
from dataclasses import replace

import pytest
import torch
from torch import distributed
from transformers import AutoModelForCausalLM, AutoTokenizer

from data_contracts.catalog import CONTENT_TITLE_PAIRS, TITLE_COPY
from inference.models import pretrained
from training.finetune import weights
from training.finetune.adapter import add_adapter, save_adapter
from training.finetune.job import Job
from training.finetune.preference import (
    PREFERENCES_FILE,
    REFERENCE_FILE,
    following_stage,
    of_people,
    preference_losses,
    tags_of,
)
from training.finetune.recipe import Preference, Recipe
from training.finetune.stage import SUPERVISED, Stage
from training.finetune.text import collate_text, encode_text, token_losses

THINGS = ["kettle", "lamp", "chair", "tent"]
SIDES = ("chosen", "rejected")
BETA, SMOOTHING, CHOSEN_WEIGHT = 0.3, 0.1, 0.25
RECIPE = Recipe(
    name="tiny",
    model=pretrained.TINY,
    rank=4,
    alpha=8,
    learning_rate=1e-2,
    epochs=1,
    batch_size=8,
    max_tokens=96,
    max_new_tokens=8,
    deepspeed="zero2",
    preference=Preference(
        beta=BETA,
        learning_rate=3e-3,
        epochs=2,
        batch_size=4,
        label_smoothing=SMOOTHING,
        chosen_weight=CHOSEN_WEIGHT,
        min_preferences=4,
    ),
)


class Answers:
    """A task whose rows have a prompt and an answer."""

    subject, data, recipe_type = TITLE_COPY, CONTENT_TITLE_PAIRS, Recipe

    def encoder(self, recipe, work):
        return AnswerEncoder(AutoTokenizer.from_pretrained(pretrained.locate(recipe.model)))

    def load_model(self, recipe, dtype):
        torch.manual_seed(recipe.seed)
        base = AutoModelForCausalLM.from_pretrained(pretrained.locate(recipe.model), dtype=dtype)
        return add_adapter(base, recipe)

    def outline(self, recipe):
        with torch.device("meta"):
            return self.load_model(recipe, torch.float32)

    def compute_token_losses(self, model, batch):
        causal = model.get_base_model()
        hidden = causal.model(batch["input_ids"], position_ids=batch["position_ids"], use_cache=False).last_hidden_state
        return token_losses(hidden, causal.lm_head, batch["labels"])

    def save(self, model, recipe, folder):
        save_adapter(model, folder)


class AnswerEncoder:
    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def encode(self, row, epoch=0):
        return encode_text(self.tokenizer, row["prompt"], row["answer"])

    def collate(self, rows, device):
        return collate_text(rows, self.tokenizer.pad_token_id, device)


def prefer(number: int, split: str = "train", simulated: bool = False, **changes) -> dict:
    """People prefer answers that begin with *old*, whatever the thing."""
    thing = f"{THINGS[number % 4]} {number}"
    sides = {"chosen": f"old {thing}", "rejected": f"now {thing}"}
    rows = {side: {"prompt": f"Sell a {thing}", "answer": answer} for side, answer in sides.items()}
    row = {"example_id": f"{number:04}", "group": str(number), "split": split, "simulated": simulated}
    return {**row, **rows, **changes}


@pytest.fixture(scope="module", autouse=True)
def alone(tmp_path_factory):
    """This process as the only one of a training."""
    store = tmp_path_factory.mktemp("store") / "store"
    distributed.init_process_group("gloo", init_method=f"file://{store}", rank=0, world_size=1)
    yield
    distributed.destroy_process_group()


@pytest.fixture
def work(tmp_path):
    """A training's folder whose supervised stage is done."""
    model = Answers().load_model(RECIPE, torch.float32)
    torch.manual_seed(1)
    for weight in weights.trained_of(model).values():
        torch.nn.init.normal_(weight, std=0.05)
    weights.save_trained(model, weights.file_of(tmp_path, SUPERVISED))
    return tmp_path


def write(work, rows) -> None:
    (work / PREFERENCES_FILE).write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def stage_of(work, recipe: Recipe = RECIPE) -> Stage | None:
    return following_stage(Answers(), Job("run", recipe, "", 1, "", {}, pretrained.TINY), work)


def prepared(work, recipe: Recipe = RECIPE) -> tuple[Stage, torch.nn.Module]:
    stage = stage_of(work, recipe)
    model = stage.load_model(torch.float32)
    stage.prepare(model, "cpu")
    return stage, model


def measure(stage: Stage, model: torch.nn.Module, rows) -> dict[str, torch.Tensor]:
    return stage.compute(model, stage.encoder.collate([[stage.encoder.encode(row)] for row in rows], "cpu"))


def disturb(model: torch.nn.Module) -> None:
    with torch.no_grad():
        for number, weight in enumerate(weights.trained_of(model).values()):
            weight.add_(0.2 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(number)))


def log_probability(model: torch.nn.Module, row: dict) -> tuple[float, int]:
    """Of one answer alone, token by token as transformers' own head has it, and how many tokens it has."""
    example = AnswerEncoder(AutoTokenizer.from_pretrained(pretrained.locate(RECIPE.model))).encode(row)
    with torch.no_grad():
        logits = model(torch.tensor([example.ids])).logits[0].double()
    total = 0.0
    for place in range(example.answer_start, len(example.ids)):
        scores = logits[place - 1].tolist()
        total += scores[example.ids[place]] - math.log(sum(math.exp(score) for score in scores))
    return total, len(example.ids) - example.answer_start


def lead_of_chosen(model: torch.nn.Module, rows: list[dict]) -> torch.Tensor:
    """Log-odds [rows] with which the model would rather write the chosen answer."""
    chosen, rejected = ([log_probability(model, row[side])[0] for row in rows] for side in SIDES)
    return torch.tensor(chosen) - torch.tensor(rejected)


def test_the_loss_is_what_the_paper_says_of_each_answer_alone(work):
    rows = [prefer(number) for number in range(6)]
    write(work, rows)
    stage, model = prepared(work)
    before = {(row["example_id"], side): log_probability(model, row[side])[0] for row in rows for side in SIDES}
    disturb(model)
    losses, margins = [], []
    for row in rows:
        (chosen, tokens), (rejected, _) = (log_probability(model, row[side]) for side in SIDES)
        key = row["example_id"]
        margin = BETA * ((chosen - before[key, "chosen"]) - (rejected - before[key, "rejected"]))
        right, wrong = (-math.log(1 / (1 + math.exp(-x))) for x in (margin, -margin))
        losses.append((1 - SMOOTHING) * right + SMOOTHING * wrong - CHOSEN_WEIGHT * chosen / tokens)
        margins.append(margin)
    assert len({round(margin, 4) for margin in margins}) == len(rows)
    assert min(abs(margin) for margin in margins) > 1e-3
    measured = measure(stage, model, rows)
    assert measured["loss"].item() == pytest.approx(sum(losses) / len(losses), rel=1e-4)
    assert measured["margin"].item() == pytest.approx(sum(margins) / len(margins), rel=1e-3, abs=1e-5)
    assert measured["accuracy"].item() == pytest.approx(sum(margin > 0 for margin in margins) / len(margins))


def test_before_the_first_step_the_model_is_its_own_reference(work):
    rows = [prefer(number) for number in range(6)]
    write(work, rows)
    recipe = replace(RECIPE, preference=replace(RECIPE.preference, chosen_weight=0.0))
    measured = measure(*prepared(work, recipe), rows)
    assert measured["loss"].item() == pytest.approx(math.log(2), abs=1e-5)
    assert measured["margin"].item() == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_smoothing_makes_certainty_cost(smoothing):
    log_odds = torch.tensor([-5.0, 0.0, 2.0, 20.0], dtype=torch.float64)
    losses = preference_losses(log_odds, smoothing)
    for x, loss in zip(log_odds.tolist(), losses.tolist(), strict=True):
        chance = 1 / (1 + math.exp(-x))
        assert loss == pytest.approx(-(1 - smoothing) * math.log(chance) - smoothing * math.log(1 - chance))
    assert bool(losses[3] < losses[2]) is (smoothing == 0)


def test_what_people_prefer_is_preferred_for_prompts_not_seen(work):
    write(work, [prefer(number) for number in range(48)])
    stage, model = prepared(work)
    unseen = [prefer(number) for number in range(100, 132)]
    before = lead_of_chosen(model, unseen)
    optimizer = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=stage.recipe.learning_rate)
    for _ in range(stage.recipe.epochs):
        for start in range(0, len(stage.rows), stage.recipe.batch_size):
            loss = measure(stage, model, stage.rows[start : start + stage.recipe.batch_size])["loss"]
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    after = lead_of_chosen(model, unseen)
    assert (after > before).all()
    assert (after > 0).float().mean() > (before > 0).float().mean() + 0.2


def test_the_reference_is_computed_once_and_kept(work):
    rows = [prefer(number) for number in range(6)]
    write(work, rows)
    stage, model = prepared(work)
    kept = (work / REFERENCE_FILE).read_bytes()
    disturb(model)
    moved = measure(stage, model, rows)["loss"].item()
    later = stage_of(work)
    later.prepare(model, "cpu")
    assert (work / REFERENCE_FILE).read_bytes() == kept
    assert measure(later, model, rows)["loss"].item() == moved


def test_a_reference_that_lacks_a_preference_is_computed_anew(work):
    rows = [prefer(number) for number in range(6)]
    write(work, rows)
    prepared(work)
    kept = (work / REFERENCE_FILE).read_text()
    (work / REFERENCE_FILE).write_text("".join(kept.splitlines(keepends=True)[:3]))
    prepared(work)
    assert (work / REFERENCE_FILE).read_text() == kept


def test_training_does_not_change_how_the_model_is_left_before_it_starts(work):
    write(work, [prefer(number) for number in range(6)])
    stage = stage_of(work)
    model = stage.load_model(torch.float32)
    held = {name: weight.clone() for name, weight in model.named_parameters()}
    model.train()
    stage.prepare(model, "cpu")
    assert model.training
    assert all(torch.equal(weight, held[name]) for name, weight in model.named_parameters())
    assert all(weight.grad is None for weight in model.parameters())


def test_the_stage_has_the_recipe_s_own_numbers(work):
    write(work, [*(prefer(number) for number in range(6)), prefer(6, "validation")])
    stage = stage_of(work, replace(RECIPE, packing=64, accumulate=4))
    recipe = stage.recipe
    assert (stage.name, stage.validation_name) == ("preference", "preference_validation")
    assert (recipe.learning_rate, recipe.epochs, recipe.batch_size) == (3e-3, 2, 4)
    assert (recipe.accumulate, recipe.packing, recipe.max_tokens) == (1, None, 2 * RECIPE.max_tokens)
    assert [len(stage.rows), len(stage.validation_rows)] == [6, 1]
    assert tags_of(work) == {
        "preference": "6 to learn from, 1 for validation, 0 refused",
        "simulated_preferences": False,
    }


@pytest.mark.parametrize("rows", [None, [], [prefer(0), prefer(1), prefer(2)]])
def test_with_too_few_preferences_the_stage_is_skipped_and_says_so(work, rows):
    assert tags_of(work) == {}
    if rows is not None:
        write(work, rows)
    assert stage_of(work) is None
    assert tags_of(work)["preference"].startswith(f"skipped: {len(rows or [])} to learn from")
    assert tags_of(work)["preference"].endswith("the recipe wants at least 4")


def test_what_cannot_be_compared_is_refused_and_named(work, caplog):
    other_prompt = prefer(10, rejected={"prompt": "Buy a kettle", "answer": "now kettle"})
    too_long = prefer(11, chosen=prefer(11)["chosen"] | {"answer": "old " * 30})
    empty = prefer(12, rejected=prefer(12)["rejected"] | {"answer": " "})
    write(work, [*(prefer(number) for number in range(4)), other_prompt, too_long, empty])
    with caplog.at_level("INFO"):
        stage = stage_of(work)
    assert {row["example_id"] for row in stage.rows} == {"0000", "0001", "0002", "0003"}
    assert "0010: its two answers belong to different prompts" in caplog.text
    assert "0011: an answer of it has" in caplog.text
    assert "at most 96" in caplog.text
    assert "0012: its answer is empty" in caplog.text
    assert tags_of(work)["preference"].endswith("3 refused")


def test_real_people_are_heard_alone_where_they_are_enough(work):
    crowd = [prefer(number, simulated=True) for number in range(100, 110)]
    real = [prefer(number) for number in range(4)]
    assert of_people([*real, *crowd], 4) == real
    assert of_people([*real, *crowd], 5) == [*real, *crowd]
    write(work, [*real[:3], *crowd])
    assert len(stage_of(work).rows) == 13
    assert tags_of(work)["simulated_preferences"] is True
