import pytest
from transformers import AutoTokenizer

from inference.models import pretrained
from inference.models.language import as_text
from inference.models.pixel_limits import PixelLimits
from inference.models.serving import FILE, Serving

MESSAGES = [{"role": "system", "content": "短"}, {"role": "user", "content": "登山包 <b>\n"}]


@pytest.fixture
def tokenizer():
    return AutoTokenizer.from_pretrained(pretrained.locate(pretrained.TINY))


def test_what_was_written_is_read(tmp_path, tokenizer):
    limits = PixelLimits(3136, 200_704)
    serving = Serving.of(tokenizer, instructions={"zh": "写"}, max_new_tokens=9, max_content=40, pixels=limits)
    serving.write(tmp_path / "adapter")
    assert Serving.read(tmp_path / "adapter") == serving
    assert serving.special_tokens["eos_token"] == "<|im_end|>"


def test_an_adapter_from_before_says_nothing(tmp_path):
    assert Serving.read(tmp_path) is None


@pytest.mark.parametrize(
    "content", ["{", "{}", '{"instructions": {}, "chat_template": "", "max_new_tokens": 1, "b": 2}']
)
def test_a_damaged_or_unknown_file_is_named(tmp_path, content):
    (tmp_path / FILE).write_text(content)
    with pytest.raises(ValueError, match=r"serving\.json does not say how .* train it anew"):
        Serving.read(tmp_path)


def test_the_text_is_what_the_tokenizer_itself_writes(tokenizer):
    assert Serving.of(tokenizer, instructions={}, max_new_tokens=1).as_text(MESSAGES) == as_text(tokenizer, MESSAGES)


def test_a_template_of_another_adapter_is_followed_and_cannot_reach_out():
    other = Serving(
        instructions={},
        chat_template="{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}{{ eos_token }}{% endfor %}",
        special_tokens={"eos_token": "</s>"},
        max_new_tokens=1,
    )
    assert other.as_text(MESSAGES) == "system: 短</s>user: 登山包 <b>\n</s>"
    hostile = Serving(instructions={}, chat_template="{{ ''.__class__.__mro__ }}", max_new_tokens=1)
    with pytest.raises(Exception, match="unsafe"):
        hostile.as_text(MESSAGES)
