from dataclasses import replace

import pytest
import torch
from mlflow import MlflowClient
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2Config, Qwen2ForCausalLM

from data_contracts import settings
from data_contracts.errors import TooLittleMemory
from tests.training.title_copy.trainings import prepare
from training.finetune.adapter import add_adapter
from training.finetune.machine import Machine
from training.finetune.memory import GB, Longest, Shape, check_memory, predict
from training.finetune.recipe import Preference
from training.finetune.task import IGNORED
from training.finetune.text import TextExample, collate_text, token_losses
from training.layout import recipes as layout_recipes
from training.layout.task import LayoutTask, _trainable
from training.title_copy import train
from training.title_copy.recipes import embedded, qwen2_5_7b, tiny
from training.title_copy.task import TitleTask

TITLES = Longest(tokens=700, scored=20, tokens_95=320)
SMALL_VISION = Qwen2_5_VLConfig(
    text_config={
        "vocab_size": 400,
        "hidden_size": 128,
        "intermediate_size": 512,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "rope_parameters": {"rope_type": "default", "mrope_section": [4, 6, 6], "rope_theta": 1e6},
    },
    vision_config={
        "depth": 3,
        "hidden_size": 96,
        "intermediate_size": 256,
        "num_heads": 4,
        "out_hidden_size": 128,
        "fullatt_block_indexes": [1],
    },
    image_token_id=300,
    vision_start_token_id=301,
    vision_end_token_id=302,
    video_token_id=303,
)


def qwen2(vocabulary: int, width: int, inner: int, layers: int, heads: int, key_heads: int) -> Qwen2Config:
    return Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=key_heads,
    )


def bytes_kept(model: torch.nn.Module, run) -> int:
    """What autograd keeps for the backward pass, the weights themselves left out."""
    own = {weight.untyped_storage().data_ptr() for weight in model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage  # held, or its address would be used again
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = run()
        total = sum(storage.nbytes() for storage in kept.values())
        loss.backward()
    return total


def machine(gb: float, processes: int = 1, on_gpu: bool = False, dtype=torch.bfloat16) -> Machine:
    return Machine(int(gb * GB), processes, on_gpu, dtype.itemsize)


@pytest.fixture
def seven():
    with torch.device("meta"):
        return add_adapter(Qwen2ForCausalLM(qwen2(152064, 3584, 18944, 28, 28, 4)), qwen2_5_7b())


@pytest.mark.parametrize("task", [TitleTask, LayoutTask], ids=["titles", "layout"])
def test_the_outline_has_the_weights_of_the_model(task):
    recipe = tiny() if task is TitleTask else layout_recipes.tiny()
    outline, model = task().outline(recipe), task().load_model(recipe, torch.float32)
    shape = Shape.of(outline, recipe)
    assert all(weight.is_meta for weight in outline.parameters())
    assert shape.weights == sum(weight.numel() for weight in model.parameters())
    assert shape.trained == sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize(("top", "key_heads"), [(None, 2), (2, 2), (3, 8)])
def test_activations_of_a_language_model_are_what_autograd_keeps(dtype, top, key_heads):
    config = qwen2(500, 128, 512, 4, 8, key_heads)
    recipe = replace(tiny(), rank=8, batch_size=3, top_layers=top, preference=None)
    model = add_adapter(Qwen2ForCausalLM(config), recipe).to(dtype).train()
    batch = collate_text([[TextExample(tuple(range(5, 165)), 158)] for _ in range(3)], 0, "cpu")

    def run():
        causal = model.get_base_model()
        hidden = causal.model(input_ids=batch["input_ids"], use_cache=False).last_hidden_state
        return token_losses(hidden, causal.lm_head, batch["labels"]).mean()

    kept = bytes_kept(model, run)
    parts = predict(Shape.of(model, recipe), recipe, Longest(160, 2, 160), machine(99, dtype=dtype), 1).parts
    assert parts["activations"] == pytest.approx(kept, rel=0.1)

    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    saving = replace(recipe, gradient_checkpointing=True)
    less = predict(Shape.of(model, saving), saving, Longest(160, 2, 160), machine(99, dtype=dtype), 1).parts
    layer = parts["activations"] / (top or 4)
    assert less["activations"] == pytest.approx(bytes_kept(model, run) + layer, rel=0.1)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize("what", [{"all_weights": True}, {"tower": True, "rank": 8, "alpha": 8, "all_weights": False}])
def test_activations_of_a_vision_language_model_are_what_autograd_keeps(dtype, what):
    recipe = replace(layout_recipes.tiny(), batch_size=2, **what)
    model = _trainable(Qwen2_5_VLForConditionalGeneration(SMALL_VISION), recipe).to(dtype).train()
    rows, columns = 16, 12
    ids = torch.tensor([[301, *[300] * (rows * columns // 4), 302, *range(10, 110)]] * 2)
    labels = torch.full_like(ids, IGNORED)
    labels[:, -40:] = ids[:, -40:]
    batch = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "mm_token_type_ids": (ids == 300).long(),
        "labels": labels,
        "pixel_values": torch.randn(2 * rows * columns, 3 * 2 * 14 * 14),
        "image_grid_thw": torch.tensor([[1, rows, columns]] * 2),
    }
    kept = bytes_kept(model, lambda: LayoutTask().compute_token_losses(model, batch).mean())
    longest = Longest(ids.shape[1], 40, 0, patches=rows * columns)
    parts = predict(Shape.of(model, recipe), recipe, longest, machine(99, dtype=dtype), 1).parts
    assert parts["activations"] == pytest.approx(kept, rel=0.1)


def test_what_a_real_training_held_is_less_than_predicted_but_not_by_far(own_home, monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    work = prepare("measured", preference=None)
    run = MlflowClient(tracking_uri=settings.load().mlflow).get_run(train.train(work).run_id)
    measured = run.data.metrics["train/peak_memory_gb"]
    predicted = predict(Shape.of(TitleTask().outline(tiny()), tiny()), tiny(), TITLES, machine(99), 1).needed / GB
    assert 0.6 * predicted < measured < predicted


def test_seven_billion_weights_by_arithmetic(seven):
    shape = Shape.of(seven, qwen2_5_7b())
    base = 7_615_616_512
    assert shape.weights - shape.trained == base
    alone = predict(shape, qwen2_5_7b(), TITLES, machine(80, on_gpu=True), 1)
    assert alone.parts["weights"] == 2 * (base + shape.trained)
    assert alone.parts["optimizer"] == 16 * shape.trained
    shared = predict(shape, replace(qwen2_5_7b(), deepspeed="zero3"), TITLES, machine(80, on_gpu=True), 8)
    assert shared.parts["weights"] == 2 * ((base + shape.trained) // 8 + 1_050_000_000)
    assert shared.parts["optimizer"] == 16 * shape.trained // 8


@pytest.mark.parametrize(
    ("tokens", "published_gb"), [(256, 20.1), (512, 20.4), (1024, 21.5), (2048, 23.8), (4096, 29.7), (8192, 36.6)]
)
def test_seven_billion_weights_as_published(tokens, published_gb):
    """LoRA of Qwen-7B on one A100, one example at a time, checkpointed: the table in its repository's README.

    Its adapters have rank 64, and its loss is over all positions.
    """
    config = qwen2(151936, 4096, 11008, 32, 32, 32)
    recipe = replace(qwen2_5_7b(), rank=64, batch_size=1, packing=None, preference=None)
    with torch.device("meta"):
        shape = Shape.of(add_adapter(Qwen2ForCausalLM(config), recipe), recipe)
    needed = predict(shape, recipe, Longest(tokens, tokens, tokens), machine(80, on_gpu=True), 1).needed
    assert needed / GB == pytest.approx(published_gb, rel=0.1)


@pytest.mark.parametrize(
    ("gb", "changes", "advice"),
    [
        (19, {}, "would fit: batch_size 4 → 2 and accumulate 4 → 8 ("),
        (22, {"gradient_checkpointing": False, "batch_size": 1}, "would fit: gradient_checkpointing False → True ("),
        (
            18,
            {"gradient_checkpointing": False},
            "batch_size 4 → 1 and accumulate 4 → 16 and gradient_checkpointing False → True (",
        ),
        (19, {"batch_size": 1, "packing": 8192}, "would fit: accumulate 4 → 8 and packing 8192 → 4096 ("),
        (18, {"batch_size": 1, "packing": None, "gradient_checkpointing": False}, "would fit: gradient_checkpointing"),
        (12, {}, "No change of the recipe would fit: take a smaller model or a larger machine."),
    ],
)
def test_the_smallest_change_that_fits_is_named(seven, gb, changes, advice):
    recipe = replace(qwen2_5_7b(), preference=None, **changes)
    with pytest.raises(TooLittleMemory, match=r"Of each process, in GB: weights 14\.26, ") as refused:
        check_memory(seven, recipe, TITLES, machine(gb, on_gpu=True), 1)
    assert advice in str(refused.value), str(refused.value)


def test_what_is_advised_is_accepted(seven):
    recipe = replace(qwen2_5_7b(), preference=None, batch_size=8, accumulate=1)
    small = machine(19, on_gpu=True)
    with pytest.raises(TooLittleMemory, match="batch_size 8 → 2 and accumulate 1 → 4"):
        check_memory(seven, recipe, TITLES, small, 1)
    check_memory(seven, replace(recipe, batch_size=2, accumulate=4), TITLES, small, 1)


def test_all_weights_of_seven_billion_need_several_gpus(seven):
    seven.requires_grad_(True)
    recipe = replace(qwen2_5_7b(), preference=None, accumulate=8)
    with pytest.raises(TooLittleMemory, match="accumulate 8 → 1 and deepspeed zero2 → zero3 and processes 1 → 8 "):
        check_memory(seven, recipe, TITLES, machine(30, on_gpu=True), 1)


def test_processes_share_the_memory_of_a_machine_but_not_that_of_their_gpus():
    outline = TitleTask().outline(tiny())
    check_memory(outline, tiny(), TITLES, machine(2), 1)
    with pytest.raises(TooLittleMemory, match=r"needs about \d\.\d GB: 4 × \d\.\d GB; 2\.0 GB are free"):
        check_memory(outline, tiny(), TITLES, machine(2, processes=4), 4)
    check_memory(outline, tiny(), TITLES, machine(2, on_gpu=True), 4)


def test_a_preference_stage_counts_both_answers():
    recipe = replace(tiny(), batch_size=2, preference=Preference(batch_size=4))
    shape = Shape.of(TitleTask().outline(tiny()), tiny())
    plain = predict(shape, replace(recipe, preference=None), TITLES, machine(9), 1)
    assert predict(shape, recipe, TITLES, machine(9), 1).parts["activations"] == 4 * plain.parts["activations"]


def test_lower_layers_that_are_not_trained_keep_nothing():
    recipe = replace(embedded(), model=tiny().model, top_layers=1)
    assert Shape.of(TitleTask().outline(recipe), recipe).kept_layers == 1
    assert Shape.of(TitleTask().outline(tiny()), tiny()).kept_layers == 2
