import json

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from inference.models import pretrained, profile, shelf
from inference.models.language import as_text
from inference.models.serving import Serving
from inference.models.transformers_model import TransformersModel

PROMPTS = ["一个标题", "A title of a somewhat longer prompt, please", [{"role": "user", "content": "短"}]]
EMBEDDED = "qwen2.5-coder-0.5b-instruct"


@pytest.fixture(autouse=True)
def tiny_profile(monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    profile._open.cache_clear()


@pytest.fixture
def embedded_profile(monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "embedded")
    if not shelf.is_present(shelf.read_shelf()[EMBEDDED]):
        pytest.skip(f"{EMBEDDED} is not on the shelf; fetch it with python -m inference.models --fetch {EMBEDDED}")


@pytest.fixture
def adapter(tmp_path):
    """A LoRA adapter for the tiny model that changes what it says."""
    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(pretrained.locate(pretrained.TINY))
    model = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False))
    model.peft_config["default"].base_model_name_or_path = pretrained.TINY
    model.save_pretrained(tmp_path / "title_copy" / "1-run", save_embedding_layers=False)
    return tmp_path / "title_copy" / "1-run"


def test_batching_and_padding_change_nothing():
    model = TransformersModel(pretrained.TINY)
    together = model.generate(PROMPTS, 12)
    alone = [model.generate([prompt], 12)[0] for prompt in PROMPTS]
    assert together == alone
    assert len({texts[0] for texts in together}) > 1


def test_samples_differ_from_each_other_and_repeat_with_the_seed():
    model = TransformersModel(pretrained.TINY)
    first = model.generate(PROMPTS, 12, samples=4, temperature=1.0, seed=3)
    assert [len(texts) for texts in first] == [4, 4, 4]
    assert all(len(set(texts)) > 1 for texts in first)
    assert model.generate(PROMPTS, 12, samples=4, temperature=1.0, seed=3) == first
    assert model.generate(PROMPTS, 12, samples=4, temperature=1.0, seed=4) != first


def test_reading_a_prompt_once_gives_what_the_stock_path_gives():
    model = TransformersModel(pretrained.TINY)
    text = as_text(model.tokenizer, PROMPTS[1])
    inputs = model.tokenizer([text], return_tensors="pt", add_special_tokens=False)
    stock = model._model.generate(
        **inputs, max_new_tokens=12, do_sample=False, pad_token_id=model.tokenizer.pad_token_id
    )
    expected = model.tokenizer.decode(stock[0, inputs.input_ids.shape[1] :], skip_special_tokens=True).strip()
    assert model.generate([PROMPTS[1]], 12, samples=2) == [[expected, expected]]


def test_sampling_leaves_the_callers_random_state_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    TransformersModel(pretrained.TINY).generate(["x"], 4, temperature=1.0)
    assert torch.rand(1) == expected


def test_no_prompts_no_texts():
    assert TransformersModel(pretrained.TINY).generate([], 4) == []


def test_an_adapter_changes_the_texts_and_the_name(adapter):
    plain, adapted = TransformersModel(pretrained.TINY), TransformersModel(pretrained.TINY, adapter)
    assert adapted.name == "tiny-qwen2+title_copy/1-run"
    assert adapted.generate(PROMPTS, 12) != plain.generate(PROMPTS, 12)


def test_an_adapter_of_another_model_is_refused(adapter):
    config = adapter / "adapter_config.json"
    fields = json.loads(config.read_text()) | {"base_model_name_or_path": "another"}
    config.write_text(json.dumps(fields))
    with pytest.raises(ValueError, match="trained for another, not for tiny-qwen2"):
        TransformersModel(pretrained.TINY, adapter)


def test_an_adapter_reads_the_chat_format_it_was_trained_in(adapter):
    before = TransformersModel(pretrained.TINY, adapter)
    template = "{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}\n{% endfor %}=>"
    Serving(instructions={}, chat_template=template, max_new_tokens=4).write(adapter)
    model = TransformersModel(pretrained.TINY, adapter)
    assert model.generate(["短"], 12) == before._write(["[user] 短\n=>"], 12, 1, 0.0)
    assert model.generate(["短"], 12) != before.generate(["短"], 12)
    Serving.of(model.tokenizer, instructions={}, max_new_tokens=4).write(adapter)
    assert TransformersModel(pretrained.TINY, adapter).generate(PROMPTS, 12) == before.generate(PROMPTS, 12)


def test_the_profiles_model_is_opened_once():
    assert profile.language_model() is profile.language_model()


def test_the_embedded_model_speaks_both_languages(embedded_profile):
    prompts = ["把“你好”翻译成英文，只写一个词。", "What is the capital of France? Answer in one word."]
    greeting, capital = profile.language_model().generate(prompts, 6)
    assert "hello" in greeting[0].lower()
    assert "Paris" in capital[0]
