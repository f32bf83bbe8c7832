"""Untrained Qwen2.5-VL models of our own that layouts are learned from scratch with, or on top of a language model.

No vision-language model is at hand without a download, so these are built once, from a fixed seed.
``TINY`` and ``SMALL`` have a vocabulary of their own: the letters and words of the shelf's tokenizer
that posters use, each number up to ``SCALE`` as one token, and what an answer always repeats as one
token. An answer then has a fifth of the tokens, and a coordinate is one choice instead of three.
``GRAFTED`` has the shelf's language weights under a small vision tower that has seen nothing yet.
"""

import json
import math
from pathlib import Path
from typing import Any

from inference.models.layout import KEYS, SCALE, Colour, Role
from inference.models.layout_request import STYLE

TINY = "tiny-qwen2.5-vl"
"""0.2 M random weights over bytes, numbers and the fixed parts of a layout: for tests and dry runs."""

SMALL = "small-qwen2.5-vl"
GRAFTED = "grafted-qwen2.5-vl-0.5b"
LANGUAGE = "qwen2.5-coder-0.5b-instruct"
"""Shelf name of the model whose vocabulary ``SMALL`` takes a part of, and whose weights ``GRAFTED`` has."""

REVISION = "2"
"""Raised whenever a base comes out differently: what was built before is then built again."""

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>")
COMMON_WORDS, COMMON_CHARACTERS = 2500, 2500
"""Merges of the shelf's tokenizer that are kept, and Han characters beside: more would cost the output layer
as much as all the rest; what is rarer is spelled in bytes."""

BYTES_OF_HAN = 3

CURRENCIES = "¥£€"

SPLIT = r"[0-9]+|[^\r\n\p{L}\p{N}]?\p{L}+| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+(?!\S)|\s+"
"""Numbers whole, words with the blank before them, signs together."""


def write_tiny(folder: Path) -> None:
    _write(folder, _tokenizer([]), text=(64, 2, 4, 2, 128), vision=(64, 2, 4, 128))


def write_small(folder: Path) -> None:
    from inference.models import pretrained

    shelf = json.loads((Path(pretrained.locate(LANGUAGE)) / "tokenizer.json").read_text(encoding="utf-8"))
    _write(
        folder, _tokenizer(_poster_merges(shelf["model"]["merges"])), text=(128, 4, 4, 2, 384), vision=(96, 2, 3, 192)
    )


def write_grafted(folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen2_5_VLForConditionalGeneration

    from inference.models import pretrained

    source = pretrained.locate(LANGUAGE)
    tokenizer = AutoTokenizer.from_pretrained(source)
    language = AutoModelForCausalLM.from_pretrained(source, dtype=torch.bfloat16)
    shape = language.config
    text = (shape.hidden_size, shape.num_hidden_layers, shape.num_attention_heads, shape.num_key_value_heads)
    config = _config(tokenizer, (*text, shape.intermediate_size), (256, 6, 4, 512), shape.vocab_size)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model: Any = Qwen2_5_VLForConditionalGeneration(config)
    model = model.to(torch.bfloat16)
    model.model.language_model.load_state_dict(language.model.state_dict())
    model.lm_head.load_state_dict(language.lm_head.state_dict())
    tokenizer.chat_template = CHAT_TEMPLATE
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)


def _write(folder: Path, tokenizer: Any, text: tuple[int, ...], vision: tuple[int, ...]) -> None:
    import torch
    from transformers import Qwen2_5_VLForConditionalGeneration

    config = _config(tokenizer, text, vision, len(tokenizer))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Qwen2_5_VLForConditionalGeneration(config)
    _order_numbers(model.get_input_embeddings().weight.data, tokenizer, config.text_config.initializer_range)
    model.tie_weights()
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)


def _config(tokenizer: Any, text: tuple[int, ...], vision: tuple[int, ...], words: int) -> Any:
    """``text`` is width, layers, heads, key-value heads and inner width; ``vision`` has no key-value heads."""
    from transformers import Qwen2_5_VLConfig

    width, layers, heads, shared, inner = text
    tower, depth, eyes, within = vision
    half = width // heads // 2
    image = tokenizer.convert_tokens_to_ids("<|image_pad|>")
    return Qwen2_5_VLConfig(
        text_config={
            "vocab_size": words,
            "hidden_size": width,
            "intermediate_size": inner,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": shared,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 1_000_000.0,
                "mrope_section": [half - 2 * (half * 3 // 8), half * 3 // 8, half * 3 // 8],
            },
            "bos_token_id": None,
            "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
            "tie_word_embeddings": words < 100_000,
        },
        vision_config={
            "depth": depth,
            "hidden_size": tower,
            "intermediate_size": within,
            "num_heads": eyes,
            "out_hidden_size": width,
            "fullatt_block_indexes": list(range(1, depth, 2)),
        },
        image_token_id=image,
        video_token_id=image,
        vision_start_token_id=tokenizer.convert_tokens_to_ids("<|vision_start|>"),
        vision_end_token_id=tokenizer.convert_tokens_to_ids("<|vision_end|>"),
        tie_word_embeddings=words < 100_000,
    )


def _poster_merges(merges: list[list[str]]) -> list[tuple[str, str]]:
    """The commonest words and the commonest Han characters, in the order of their ranks; none of digits."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    signs = bytes_to_unicode()
    lead, known = {signs[byte] for byte in range(0xE4, 0xEA)}, set(signs.values())
    kept, characters = [], 0
    for rank, (left, right) in enumerate(merges):
        made = left + right
        is_character = made[0] in lead and len(made) <= BYTES_OF_HAN
        wanted = rank < COMMON_WORDS or (is_character and characters < COMMON_CHARACTERS)
        if wanted and left in known and right in known and not any(sign.isdigit() for sign in made):
            kept.append((left, right))
            known.add(made)
            characters += is_character and len(made) == BYTES_OF_HAN
    return kept


def _tokenizer(merges: list[tuple[str, str]]) -> Any:
    """Byte-level BPE with these merges, whole numbers, and the parts of answers that are always the same."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    merges = [*_number_merges(), *_currency_merges(), *merges]
    words = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *("".join(merge) for merge in merges)]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    bpe = Tokenizer(models.BPE(vocabulary, merges))
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    bpe.add_tokens([AddedToken(part, normalized=False, special=False) for part in _fixed_parts()])
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        pad_token="<|endoftext|>",
        eos_token="<|im_end|>",
        additional_special_tokens=[token for token in SPECIAL if token not in ("<|endoftext|>", "<|im_end|>")],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def _number_merges() -> list[tuple[str, str]]:
    """Whatever two digits merge first, a number up to ``SCALE`` ends as one token."""
    pairs = [(str(n)[0], str(n)[1]) for n in range(10, 100)]
    for number in map(str, range(100, SCALE)):
        pairs.append((number[:2], number[2]))
        if number[1] != "0":
            pairs.append((number[0], number[1:]))
    return [*pairs, ("100", "0")]


def _currency_merges() -> list[tuple[str, str]]:
    """Merges of the bytes of each currency sign. As added tokens they would be taken for the bytes' own names."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    named = ["".join(bytes_to_unicode()[byte] for byte in sign.encode()) for sign in CURRENCIES]
    return [(name[:end], name[end]) for name in named for end in range(1, len(name))]


def _fixed_parts() -> list[str]:
    """What answers and questions repeat, apart from texts, numbers and colours."""
    keys = {name: KEYS[name] for name in ("text", "box", "language", "colour")}
    parts = [f'{{"{keys["text"]}": "', f'", "{keys["box"]}": "[']
    parts += [f']", "{keys["language"]}": "{KEYS[each]}", "{keys["colour"]}": "' for each in ("zh", "en")]
    parts += [f'"{KEYS[role]}": [' for role in Role] + [f'{{"{KEYS[role]}": "' for role in Role]
    parts += [f'"{KEYS[kind]}": [' for kind in ("texts", "faces", "products", "underlays")]
    parts += [KEYS[colour] for colour in Colour] + [word for words in STYLE.values() for word in words.values()]
    return [
        *parts,
        '{"文本": {',
        '"[',
        '"}',
        '"}, ',
        "], ",
        "]}, ",
        ']"',
        ']", ',
        ", ",
        '{"尺寸": "[',
        '"风格": [',
    ]


def _order_numbers(embeddings: Any, tokenizer: Any, deviation: float) -> None:
    """Give near numbers like embeddings, waves over the scale, so that their order need not be learned."""
    import torch

    numbers = torch.arange(SCALE + 1)
    ids = tokenizer.convert_tokens_to_ids([str(n) for n in numbers.tolist()])
    pairs = embeddings.shape[1] // 4
    waves = 2 * SCALE * torch.pow(torch.tensor(1 / 200), torch.arange(pairs) / pairs)
    angles = 2 * math.pi * numbers[:, None] / waves
    embeddings[ids, : 2 * pairs] = deviation * math.sqrt(2) * torch.cat([angles.sin(), angles.cos()], dim=1)
    embeddings[ids, 2 * pairs :] = embeddings[ids[0], 2 * pairs :]
