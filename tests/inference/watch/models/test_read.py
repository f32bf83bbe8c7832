import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from inference.watch import Session
from inference.watch.models import adapt, read
from tests.inference.watch import small


def test_a_folder_of_weights_is_the_model_it_was(tmp_path):
    model = small.llava()
    model.model.save_pretrained(tmp_path / "weights")
    model.tokenizer.save_pretrained(tmp_path / "weights")
    with Session(model, tmp_path / "session", small.AMPLE) as session:
        session.see_all(small.frames(3), small.times(3))
        answer = session.ask("What?", max_new_tokens=5)
        session.save()
    again = read(tmp_path / "weights", dtype=torch.float32)
    with Session.load(again, tmp_path / "session") as session:
        assert session.ask("What?", max_new_tokens=5) == answer
    assert read(tmp_path / "weights").fingerprint() != model.fingerprint()


def test_models_that_cannot_watch_are_refused():
    config = Qwen2Config(vocab_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    with pytest.raises(ValueError, match="a model of type qwen2 cannot watch"):
        adapt(Qwen2ForCausalLM(config), small.tokenizer())
    model = small.llava().model
    model.config.text_config.rope_parameters = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0}
    with pytest.raises(ValueError, match="rotary positions of type yarn"):
        adapt(model, small.tokenizer())
