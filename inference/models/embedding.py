"""Text embeddings: multilingual-e5-small, so that Chinese and English texts lie in one space.

The shelf's file holds the weights in 4-bit blocks and the SentencePiece unigram vocabulary. They
are read here into transformers' own BERT and the tokenizers library.

Source: Wang et al., *Multilingual E5 Text Embeddings*, 2024, arXiv:2402.05672.
"""

import struct
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from transformers import BertConfig, BertModel

from inference.models import shelf

SHELF_NAME = "multilingual-e5-small-q4"
MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18
BATCH = 32
FLOAT_TENSORS = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def embed(texts: Sequence[str], kind: str = "passage") -> np.ndarray:
    """Unit vectors, float32, shape (len(texts), 384); texts beyond 510 tokens are cut.

    ``kind`` is "query" for what is looked for and "passage" for what may be found. The model's
    cosines crowd between 0.75 and 1: compare them with each other, not with a fixed number.
    """
    model, tokenizer, translation = _load()
    vectors = np.zeros((len(texts), model.config.hidden_size), np.float32)
    encoded = tokenizer.encode_batch([f"{kind}: {text}".translate(translation) for text in texts])
    by_length = sorted(range(len(texts)), key=lambda i: len(encoded[i].ids))
    for start in range(0, len(by_length), BATCH):
        chunk = by_length[start : start + BATCH]
        vectors[chunk] = _forward(model, [encoded[i].ids for i in chunk])
    return vectors


def _forward(model: BertModel, content: list[list[int]]) -> np.ndarray:
    limit = model.config.max_position_embeddings - 2
    rows = [[model.config.bos_token_id, *ids[:limit], model.config.eos_token_id] for ids in content]
    longest = max(map(len, rows))
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    padded = torch.tensor([row + [model.config.pad_token_id] * (longest - len(row)) for row in rows])
    with torch.inference_mode():
        hidden = model(input_ids=padded, attention_mask=mask).last_hidden_state
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(mean, dim=1).numpy()


@cache
def _load() -> tuple[BertModel, Tokenizer, dict[int, str]]:
    data = (shelf.resolve(SHELF_NAME) / "e5-small-q4.bin").read_bytes()
    return parse(data)


def parse(data: bytes) -> tuple[BertModel, Tokenizer, dict[int, str]]:
    """Model, tokenizer and the character map to apply before it, from the file's bytes.

    Raises ``ValueError`` when the bytes are no such file.
    """
    if data[:4] != MAGIC:
        raise ValueError(f"{SHELF_NAME}: the bytes do not start with {MAGIC.decode()}")
    reader = _Reader(data, offset=8)
    hidden, layers, heads, inner, words, positions, types = (reader.take("i") for _ in range(7))
    epsilon, _ = reader.take("f"), reader.take("i")
    pieces, bos, eos, pad, unknown = (reader.take("i") for _ in range(5))
    tokenizer = _read_vocabulary(reader, pieces, unknown)
    translation = _read_translation(reader)
    config = BertConfig(
        vocab_size=words,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=epsilon,
        bos_token_id=bos,
        eos_token_id=eos,
        pad_token_id=pad,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(_read_tensors(reader, model.state_dict()))
    return model.eval(), tokenizer, translation


class _Reader:
    """A cursor over little-endian bytes."""

    def __init__(self, data: bytes, offset: int) -> None:
        self.data, self.offset = data, offset

    def take(self, code: str):
        (value,) = struct.unpack_from(f"<{code}", self.data, self.offset)
        self.offset += struct.calcsize(f"<{code}")
        return value

    def array(self, dtype: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.data, dtype, count, self.offset)
        self.offset += values.nbytes
        return values


def _read_vocabulary(reader: _Reader, pieces: int, unknown: int) -> Tokenizer:
    blob_length = reader.take("Q")
    offsets = reader.array("<u4", pieces + 1)
    scores = reader.array("<f4", pieces)
    blob = reader.array("u1", blob_length).tobytes()
    texts = [blob[a:b].decode() for a, b in pairwise(offsets)]
    tokenizer = Tokenizer(models.Unigram(list(zip(texts, scores.tolist(), strict=True)), unk_id=unknown))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    return tokenizer


def _read_translation(reader: _Reader) -> dict[int, str]:
    count, length = reader.take("i"), reader.take("I")
    end = reader.offset + length
    table = {}
    for _ in range(count):
        code = reader.take("I")
        table[code] = "".join(map(chr, reader.array("<u4", reader.take("B"))))
    reader.offset = end
    return table


def _read_tensors(reader: _Reader, expected: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    tensors = {}
    for _ in range(reader.take("i")):
        name = reader.array("u1", reader.take("H")).tobytes().decode()
        quantised, count, offset, _ = reader.take("B"), reader.take("I"), reader.take("Q"), reader.take("Q")
        target = _state_name(name)
        shape = expected[target].shape
        if quantised:
            values = _dequantise(reader.data, offset, count)
        else:
            values = np.frombuffer(reader.data, "<f4", count, offset).copy()
        tensors[target] = torch.from_numpy(values.reshape(shape))
    return tensors


def _state_name(name: str) -> str:
    if name == "emb.word":
        return "embeddings.word_embeddings.weight"
    if name in FLOAT_TENSORS:
        return FLOAT_TENSORS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{LAYER_TENSORS[part]}.{'weight' if kind == 'w' else 'bias'}"


def _dequantise(data: bytes, offset: int, count: int) -> np.ndarray:
    """4-bit blocks of 32 weights: one half-precision scale, then low and high nibbles, 8 is zero."""
    blocks = np.frombuffer(data, np.uint8, count // BLOCK * BLOCK_BYTES, offset).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    return (nibbles.astype(np.float32) - 8) * scale
