import numpy as np
import pytest
import torch
from transformers import SiglipConfig, SiglipModel

from inference.watch import DamagedSession, Session
from inference.watch.models.image_text import SiglipEncoder
from inference.watch.retrieval import best
from tests.inference.watch import small

QUESTION = "a red dress"


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(3)
    part = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    words = {"vocab_size": 128, "max_position_embeddings": 16, "projection_size": 32}
    config = SiglipConfig(text_config={**part, **words}, vision_config={**part, "image_size": 56, "patch_size": 14})
    tokenizer = small.tokenizer()
    tokenizer.pad_token = "?"
    return SiglipEncoder(SiglipModel(config), tokenizer)


def test_an_encoder_chooses_the_same_blocks_for_all_layers(encoder, tmp_path):
    model, pixels = small.qwen(), small.frames(16)
    with Session(model, tmp_path / "s", small.AMPLE, window_frames=4, retrieve_blocks=3, encoder=encoder) as session:
        session.see_all(pixels, small.times(16))
        logits, retrieved = session.read(QUESTION)
        answer = session.ask(QUESTION, max_new_tokens=3)
        session.save()
    likeness = np.array([encoder.picture(frame) @ encoder.words(QUESTION) for frame in pixels])
    expected = sorted(np.argsort(-likeness[:13])[:3].tolist())
    assert retrieved == [expected] * small.LAYERS
    assert answer.frames == tuple(0.5 * frame for frame in np.argsort(-likeness)[:3])
    assert encoder.name in answer.by
    with pytest.raises(DamagedSession, match="was made with encoder"):
        Session.load(model, session.place.path)
    with Session.load(model, session.place.path, encoder=encoder) as again:
        assert torch.equal(again.read(QUESTION)[0], logits)


def test_an_encoder_finds_its_own_picture(encoder):
    pictures = small.frames(12, seed=5)
    vectors = np.stack([encoder.picture(picture) for picture in pictures])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors @ vectors.T).argmax(0).tolist() == list(range(12))


def test_of_equals_the_earlier_is_best():
    assert best(torch.tensor([0.5, 0.9, 0.5, 0.5]), 3) == [0, 1, 2]
    assert best(torch.tensor([0.5]), 0) == []
    assert best(torch.empty(0), 3) == []
