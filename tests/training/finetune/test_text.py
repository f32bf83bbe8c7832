import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from inference.models import pretrained
from training.finetune.task import IGNORED, BadExample
from training.finetune.text import TextExample, collate_text, encode_text, token_losses
from training.title_copy.recipes import tiny
from training.title_copy.task import TitleTask

SHORT, LONG = TextExample((1, 2, 3), 2), TextExample((4, 5, 6, 7, 8), 3)
EXAMPLES = [
    TextExample(tuple((7 * n + start) % 250 for n in range(length)), length - answer)
    for start, length, answer in ((3, 40, 6), (50, 25, 3), (90, 70, 12), (20, 33, 1))
]


@pytest.fixture(scope="module")
def model():
    """Its adapter is set to what training could have made of it: freshly made it changes nothing."""
    adapted = TitleTask().load_model(tiny(), torch.float32).eval()
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=0.05)
    return adapted


def losses(model, rows):
    with torch.no_grad():
        return TitleTask().compute_token_losses(model, collate_text(rows, 0, "cpu"))


def test_only_the_answer_is_learned():
    batch = collate_text([[SHORT], [LONG]], pad_id=0, device="cpu")
    assert batch["input_ids"].tolist() == [[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]]
    assert batch["labels"].tolist() == [[IGNORED, IGNORED, 3, IGNORED, IGNORED], [IGNORED] * 3 + [7, 8]]
    assert batch["input_ids"].dtype == torch.int64
    assert (SHORT.weight, LONG.weight) == (1, 2)


def test_positions_begin_anew_where_an_example_does():
    batch = collate_text([[SHORT, LONG], [LONG]], pad_id=0, device="cpu")
    assert batch["input_ids"].tolist() == [[1, 2, 3, 4, 5, 6, 7, 8], [4, 5, 6, 7, 8, 0, 0, 0]]
    assert batch["position_ids"].tolist() == [[0, 1, 2, 0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6, 7]]


def test_the_losses_are_the_cross_entropies_of_the_answer_alone(model):
    base = AutoModelForCausalLM.from_pretrained(pretrained.locate(pretrained.TINY)).eval()
    with torch.no_grad():
        for name, weight in base.named_parameters():
            if name.endswith("_proj.weight"):
                adapted = model.get_base_model().get_submodule(name.removesuffix(".weight"))
                weight += adapted.get_delta_weight("default")
        for example in EXAMPLES:
            logits = base(input_ids=torch.tensor([example.ids])).logits[0]
            following = torch.tensor(example.ids[example.answer_start :])
            expected = torch.nn.functional.cross_entropy(
                logits[example.answer_start - 1 : -1], following, reduction="none"
            )
            torch.testing.assert_close(losses(model, [[example]]), expected, atol=1e-4, rtol=1e-4)


def test_padding_and_company_change_no_loss(model):
    alone = torch.cat([losses(model, [[example]]) for example in EXAMPLES])
    torch.testing.assert_close(losses(model, [[example] for example in EXAMPLES]), alone, atol=1e-5, rtol=1e-5)


def test_examples_that_share_a_row_do_not_see_each_other(model):
    alone = torch.cat([losses(model, [[example]]) for example in EXAMPLES])
    packed = losses(model, [EXAMPLES[:3], EXAMPLES[3:]])
    torch.testing.assert_close(packed, alone, atol=1e-5, rtol=1e-5)
    other = TextExample(tuple(reversed(EXAMPLES[0].ids)), EXAMPLES[0].answer_start)
    changed = losses(model, [[other, *EXAMPLES[1:3]], EXAMPLES[3:]])
    torch.testing.assert_close(changed[other.weight :], alone[other.weight :], atol=1e-5, rtol=1e-5)
    # Without positions that begin anew they would.
    joined = collate_text([EXAMPLES[:3]], 0, "cpu")
    joined["position_ids"] = torch.arange(joined["input_ids"].shape[1])[None]
    with torch.no_grad():
        seen = TitleTask().compute_token_losses(model, joined)
    assert (seen - alone[: len(seen)]).abs().max() > 1e-2


def test_the_output_layer_is_computed_at_scored_positions_only():
    rows = []
    head = torch.nn.Linear(8, 12)
    head.register_forward_hook(lambda module, inputs, output: rows.append(len(output)))
    labels = torch.tensor([[IGNORED, IGNORED, 3, 5], [IGNORED, IGNORED, IGNORED, 2]])
    assert token_losses(torch.randn(2, 4, 8), head, labels).shape == (3,)
    assert rows == [3]


def test_an_empty_answer_teaches_nothing():
    tokenizer = AutoTokenizer.from_pretrained(pretrained.locate(pretrained.TINY))
    with pytest.raises(BadExample, match="empty"):
        encode_text(tokenizer, "Write a title.", " ")
