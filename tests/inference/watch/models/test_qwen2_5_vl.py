import pytest
import torch
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from inference.watch import Session
from inference.watch.models import adapt
from tests.inference.watch import small

QUESTION = "Which one?"


def test_a_session_reads_what_the_stock_model_reads(tmp_path):
    """Patches of transformers' own processor and its own three-part positions, against one forward of its model."""
    model, pixels = small.qwen(), small.frames(3, size=small.FRAME)
    with Session(model, tmp_path / "session", small.AMPLE, window_frames=16) as session:
        session.see_all(pixels, small.times(3))
        logits, _ = session.read(QUESTION)
    words = [
        model.tokenizer(text, add_special_tokens=False)["input_ids"]
        for text in (model.opening_text, f"<|vision_end|>{QUESTION}<|im_end|>\n<|im_start|>assistant\n")
    ]
    ids = torch.tensor([words[0] + [5] * (3 * 6) + words[1]])
    patches = Qwen2VLImageProcessorPil(min_pixels=56 * 84)(images=list(pixels), return_tensors="pt")
    assert patches["image_grid_thw"].tolist() == [[1, 4, 6]] * 3
    with torch.no_grad():
        stock = model.model(
            input_ids=ids,
            mm_token_type_ids=(ids == 5).int() * 2,
            pixel_values_videos=patches["pixel_values"],
            video_grid_thw=torch.tensor([[3, 4, 6]]),
            second_per_grid_ts=torch.tensor([1.0]),
        ).logits[0, -len(words[1]) :]
    assert (logits - stock).abs().max() <= 1e-4


def test_a_frame_must_divide_into_patches():
    model = small.qwen()
    with pytest.raises(ValueError, match="50 × 84 pixels does not divide into patches of 28"):
        adapt(model.model, model.tokenizer, frame=(50, 84))
