"""InternVL of a hundred thousand random weights, as a folder that transformers loads."""

from pathlib import Path

import torch
from transformers import (
    AutoTokenizer,
    GotOcr2ImageProcessorPil,
    InternVLConfig,
    InternVLForConditionalGeneration,
    InternVLVisionConfig,
    Qwen2Config,
)

from inference.models import pretrained

SIDE, PATCH = 56, 14
ROOM = (SIDE // PATCH // 2) ** 2
"""Tokens of one tile: patches by rows and columns, halved both ways."""

CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{% for part in message.content %}"
    "{% if part.type == 'image' %}<IMG_CONTEXT>\n{% else %}{{ part.text }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def write(folder: Path) -> Path:
    signs = {"start_image_token": "<img>", "end_image_token": "</img>", "context_image_token": "<IMG_CONTEXT>"}
    tokenizer = AutoTokenizer.from_pretrained(pretrained.locate(pretrained.TINY), extra_special_tokens=signs)
    tokenizer.chat_template = CHAT
    tokenizer.save_pretrained(folder)
    GotOcr2ImageProcessorPil(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = InternVLForConditionalGeneration(_config(tokenizer))
    model.save_pretrained(folder)
    return folder


def _config(tokenizer) -> InternVLConfig:
    vision = InternVLVisionConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        image_size=(SIDE, SIDE),
        patch_size=(PATCH, PATCH),
    )
    text = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return InternVLConfig(
        vision_config=vision,
        text_config=text,
        image_token_id=tokenizer.context_image_token_id,
        image_seq_length=ROOM,
    )
