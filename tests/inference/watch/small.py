"""Small random models of both architectures, in single precision, and frames for them."""

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from transformers import (
    LlavaOnevisionConfig,
    LlavaOnevisionForConditionalGeneration,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Config,
    SiglipVisionConfig,
)

from inference.watch import Budgets
from inference.watch.models import VisionLanguage, adapt

MARKS = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<image>", "<video>"]
AMPLE = Budgets(device_bytes=1 << 28, memory_bytes=1 << 28, disk_bytes=1 << 28)
FRAME = (56, 84)
"""Height and width of Qwen2.5-VL's frames: 2 × 3 tokens."""
LAYERS, HEADS, KV_HEADS, HEAD_DIM = 4, 8, 2, 8


def tokenizer() -> PreTrainedTokenizerFast:
    """One token a letter, and the models' marks."""
    letters = [chr(code) for code in range(32, 127)] + ["\n", "?"]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys([*MARKS, *letters]))}
    plain = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    plain.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    return PreTrainedTokenizerFast(
        tokenizer_object=plain, unk_token="?", eos_token="<|im_end|>", additional_special_tokens=MARKS
    )


def llava(seed: int = 0) -> VisionLanguage:
    """LLaVA-OneVision: four tokens a frame of 56 × 56 pixels."""
    torch.manual_seed(seed)
    vision = SiglipVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, image_size=56, patch_size=14
    )
    text = Qwen2Config(**_text(), tie_word_embeddings=False)
    config = LlavaOnevisionConfig(
        vision_config=vision, text_config=text, image_token_index=4, video_token_index=5, vision_feature_layer=-1
    )
    return adapt(_stirred(LlavaOnevisionForConditionalGeneration(config)), tokenizer())


def qwen(seed: int = 0) -> VisionLanguage:
    """Qwen2.5-VL: six tokens a frame, on a grid of 2 × 3."""
    torch.manual_seed(seed)
    vision = {
        "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 4, "out_hidden_size": 64, "patch_size": 14,
        "window_size": 56, "fullatt_block_indexes": [1], "tokens_per_second": 1,
    }  # fmt: skip
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 1, 1]}
    config = Qwen2_5_VLConfig(
        vision_config=vision,
        text_config={**_text(), "rope_parameters": rope},
        image_token_id=4,
        video_token_id=5,
        vision_start_token_id=2,
        vision_end_token_id=3,
    )
    return adapt(_stirred(Qwen2_5_VLForConditionalGeneration(config)), tokenizer(), frame=FRAME)


MAKERS = {"llava_onevision": llava, "qwen2_5_vl": qwen}


def frames(count: int, seed: int = 0, size: tuple[int, int] = (48, 80)) -> np.ndarray:
    """Coloured noise on differently lit grounds, [count, height, width, 3]."""
    random = np.random.default_rng(seed)
    ground = random.integers(0, 256, (count, 1, 1, 3))
    return np.clip(ground + random.normal(0, 40, (count, *size, 3)), 0, 255).astype(np.uint8)


def times(count: int) -> list[float]:
    return [0.5 * frame for frame in range(count)]


def least_device_bytes(model: VisionLanguage, window: int, retrieve: int, chunk: int = 4) -> int:
    """What a session needs on the device: the window's strip, and one question with 1024 words."""
    tokens, opening = model.tokens_per_frame, model.embed_opening().shape[1]
    strip = (window - 1 + max(chunk, window // 4)) * tokens
    asked = 2 * opening + (window - 1 + retrieve) * tokens + 1024
    return (strip + asked) * model.block_shape().token_bytes


def _text() -> dict:
    return {
        "vocab_size": 128, "hidden_size": HEADS * HEAD_DIM, "intermediate_size": 128, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS, "max_position_embeddings": 32768,
        "initializer_range": 0.2,
    }  # fmt: skip


def _stirred(model: torch.nn.Module) -> torch.nn.Module:
    """Biases that are not zero, as trained models have them."""
    for name, weight in model.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(weight, std=0.3)
    return model.eval()
