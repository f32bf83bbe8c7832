import hashlib
from concurrent.futures import ThreadPoolExecutor

import gguf
import numpy as np
import pytest
import torch
import yaml
from transformers import AutoModelForCausalLM, AutoTokenizer

from inference.models import pretrained, shelf

NAME = "small-qwen2"
WIDTH, HEADS, KEY_HEADS, INNER = 32, 2, 1, 48


@pytest.fixture
def gguf_shelf(tmp_path, monkeypatch):
    """A shelf with one Qwen2 of one layer, its file already in the cache."""
    monkeypatch.setenv("COVERLOOP_MODELS_DIR", str(tmp_path / "models"))
    path = tmp_path / "models" / NAME / "small.gguf"
    path.parent.mkdir(parents=True)
    write_gguf(path)
    file = {
        "name": path.name,
        "size": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    shelf_file = tmp_path / "shelf.yaml"
    shelf_file.write_text(yaml.safe_dump({NAME: {"role": "language", "licence": "none", "files": [file]}}))
    return shelf_file


def write_gguf(path):
    tiny = AutoTokenizer.from_pretrained(pretrained.locate(pretrained.TINY))
    tokens = sorted(tiny.get_vocab(), key=tiny.get_vocab().get)
    tokens.append("ab")
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e4)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_merges(["a b"])
    kinds = [gguf.TokenType.CONTROL if token.startswith("<|") else gguf.TokenType.NORMAL for token in tokens]
    writer.add_token_types(kinds)
    writer.add_eos_token_id(tiny.eos_token_id)
    writer.add_pad_token_id(tiny.pad_token_id)
    head = WIDTH // HEADS
    shapes = {"token_embd.weight": (len(tokens), WIDTH), "output.weight": (len(tokens), WIDTH)}
    shapes |= {"output_norm.weight": (WIDTH,)}
    layer = {"attn_norm.weight": (WIDTH,), "ffn_norm.weight": (WIDTH,)}
    layer |= {"attn_q.weight": (WIDTH, WIDTH), "attn_q.bias": (WIDTH,), "attn_output.weight": (WIDTH, WIDTH)}
    for kind in ("k", "v"):
        layer |= {f"attn_{kind}.weight": (KEY_HEADS * head, WIDTH), f"attn_{kind}.bias": (KEY_HEADS * head,)}
    layer |= {"ffn_gate.weight": (INNER, WIDTH), "ffn_up.weight": (INNER, WIDTH), "ffn_down.weight": (WIDTH, INNER)}
    shapes |= {f"blk.0.{name}": shape for name, shape in layer.items()}
    random = np.random.default_rng(0)
    for name, shape in shapes.items():
        writer.add_tensor(name, random.normal(size=shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_a_gguf_becomes_a_plain_model_once(gguf_shelf):
    folder = pretrained.locate(NAME, gguf_shelf)
    model = AutoModelForCausalLM.from_pretrained(folder)

    assert not hasattr(model.config, "quantization_config")
    embedding = np.random.default_rng(0).normal(size=model.model.embed_tokens.weight.shape).astype(np.float32)
    assert torch.equal(model.model.embed_tokens.weight.float(), torch.tensor(embedding).bfloat16().float())
    (gguf_shelf.parent / "models" / NAME / "small.gguf").unlink()
    assert pretrained.locate(NAME, gguf_shelf) == folder  # the source is not needed any more


def test_a_changed_file_is_refused_not_repaired(gguf_shelf):
    folder = pretrained.locate(NAME, gguf_shelf)
    with open(f"{folder}/model.safetensors", "r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x55")
    with pytest.raises(shelf.WrongDigest, match=r"model\.safetensors"):
        pretrained.locate(NAME, gguf_shelf)


def test_another_pinned_file_is_converted_anew(gguf_shelf):
    folder = pretrained.locate(NAME, gguf_shelf)
    manifest = f"{folder}/{pretrained.MANIFEST}"
    with open(manifest) as file:
        older = file.read().replace('"source": "', '"source": "older')
    with open(manifest, "w") as file:
        file.write(older)
    pretrained.locate(NAME, gguf_shelf)
    with open(manifest) as file:
        assert "older" not in file.read()


def test_two_at_once_build_one_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MODELS_DIR", str(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(pretrained.locate, [pretrained.TINY] * 2))
    assert folders == [str(tmp_path / pretrained.TINY)] * 2
    assert {path.name for path in tmp_path.iterdir()} == {pretrained.TINY, f"{pretrained.TINY}.lock"}


def test_any_other_name_is_left_to_transformers():
    assert pretrained.locate("Qwen/Qwen2.5-7B-Instruct") == "Qwen/Qwen2.5-7B-Instruct"


def test_the_tiny_model_reads_any_script():
    tokenizer = AutoTokenizer.from_pretrained(pretrained.locate(pretrained.TINY))
    text = "旅行双肩包 ¥99 – 30 L 🎒"
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False).input_ids) == text
