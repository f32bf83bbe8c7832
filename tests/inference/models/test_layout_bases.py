import json

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration

from inference.models import layout_bases, pretrained
from inference.models.layout import KEYS, SCALE

ANSWER = (
    '{"文本": {"主标题": [{"ocr": "每一步 Fits 6", "box": "[12, 34, 560, 1000]", "文本语言": "中文", '
    '"文本主体色调": "黑色"}], "副标题": [], "卖点": []}, "人脸": []}'
)


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(pretrained.locate(layout_bases.TINY))


def test_every_coordinate_is_one_token_of_its_own(tokenizer):
    ids = [tokenizer(str(number), add_special_tokens=False).input_ids for number in range(SCALE + 1)]
    assert {len(each) for each in ids} == {1}
    assert len({each[0] for each in ids}) == SCALE + 1


@pytest.mark.parametrize(
    "text", [ANSWER, "1299.00", "¥59.9 £1 €2 ¢", "00", "1001", "a\nb  c", "😀 ﷺ", "[1, 22, 333, 1000]"]
)
def test_nothing_is_lost_between_text_and_tokens(tokenizer, text):
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False).input_ids) == text


def test_a_price_is_as_short_as_it_looks(tokenizer):
    assert [len(tokenizer(text, add_special_tokens=False).input_ids) for text in ("¥59", "£59", "€59", "$59")] == [
        2
    ] * 4


def test_what_answers_repeat_is_one_token(tokenizer):
    ids = tokenizer(ANSWER, add_special_tokens=False).input_ids
    parts = tokenizer.convert_ids_to_tokens(ids)
    assert {
        '{"文本": {',
        '{"ocr": "',
        '", "box": "[',
        KEYS["black"],
        ']", "文本语言": "中文", "文本主体色调": "',
    } <= set(parts)


def test_near_numbers_have_like_embeddings_from_the_start(tokenizer):
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(pretrained.locate(layout_bases.TINY))
    ids = tokenizer.convert_tokens_to_ids([str(number) for number in (500, 510, 900)])
    here, near, far = torch.nn.functional.normalize(model.get_input_embeddings().weight[ids].detach(), dim=1)
    assert here @ near > 0.65 > 0.45 > here @ far


def test_the_same_base_comes_out_each_time(tmp_path):
    weights = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        layout_bases.write_tiny(tmp_path / name)
        weights.append((tmp_path / name / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    assert config["architectures"] == ["Qwen2_5_VLForConditionalGeneration"]


def test_a_base_built_here_is_loaded_by_its_name():
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(pretrained.locate(layout_bases.TINY))
    assert np.isfinite(sum(float(weight.detach().sum()) for weight in model.parameters()))
    assert 0.1e6 < model.num_parameters() < 0.5e6
