import torch

from inference.watch import Session
from tests.inference.watch import small

QUESTION = "Which one?"


def test_a_session_reads_what_the_stock_model_reads(tmp_path):
    """Pixels, pooled features, newline, positions, attention: against one forward of transformers' own model."""
    model, pixels = small.llava(), small.frames(9, size=(56, 56))
    with Session(model, tmp_path / "session", small.AMPLE, window_frames=16) as session:
        session.see_all(pixels, small.times(9))
        logits, _ = session.read(QUESTION)
    words = [
        model.tokenizer(text, add_special_tokens=False)["input_ids"]
        for text in (model.opening_text, f"\n{QUESTION}<|im_end|><|im_start|>assistant\n")
    ]
    ids = torch.tensor([words[0] + [5] * (9 * 4 + 1) + words[1]])
    video = (torch.from_numpy(pixels).permute(0, 3, 1, 2)[None] / 255 - 0.5) / 0.5
    with torch.no_grad():
        stock = model.model(input_ids=ids, pixel_values_videos=video).logits[0, -len(words[1]) - 1 :]
    assert (logits - stock).abs().max() <= 1e-4


def test_frames_of_any_size_become_the_same_number_of_tokens():
    model = small.llava()
    for size in ((1, 1), (30, 200), (480, 270)):
        assert model.embed_frames(small.frames(2, size=size)).shape == (2, 4, 64)
