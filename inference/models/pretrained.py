"""From a model's name to a folder that transformers loads.

A shelf entry in GGUF is converted once: its blocks are unpacked to bfloat16 and saved beside it (50 s
for half a billion weights, 2 s to load from then on). The folder carries a manifest with the digest
of what it was made from and of every file, checked each time.
"""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from data_contracts import settings
from inference.models import layout_bases, shelf

log = logging.getLogger(__name__)

TINY = "tiny-qwen2"
"""A Qwen2 of 0.1 M random weights that reads bytes: for tests and dry runs, it writes nonsense."""

TINY_REVISION = "1"
MANIFEST = "manifest.json"
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def locate(name: str, shelf_file: Path = shelf.SHELF_FILE) -> str:
    """What to give to ``from_pretrained``: a checked local folder for a name on the shelf or one that is built here.

    Any other name is a folder or a hub repository already and is returned as it is. Raises
    ``WrongDigest`` when a converted file was changed, and what ``shelf.resolve`` raises.
    """
    if name in BUILT:
        revision, write = BUILT[name]
        return str(_build_once(settings.load().models / name, revision, write))
    entry = shelf.read_shelf(shelf_file).get(name)
    if entry is None:
        return name
    (gguf,) = entry.files
    target = settings.load().models / name / "transformers"
    return str(_build_once(target, gguf.sha256, lambda folder: _convert(shelf.resolve(name, shelf_file), gguf, folder)))


def _build_once(target: Path, source: str, build: Callable[[Path], None]) -> Path:
    """Build a folder unless one made from the same source is there; it appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.parent / f"{target.name}.lock"):
        if not _is_intact(target, source):
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=".convert-") as scratch:
                folder = Path(scratch) / "new"
                folder.mkdir()
                build(folder)
                digests = {path.name: _digest(path) for path in folder.iterdir()}
                (folder / MANIFEST).write_text(json.dumps({"source": source, "files": digests}, indent=1))
                if target.exists():
                    os.replace(target, Path(scratch) / "old")
                os.replace(folder, target)
    return target


def _is_intact(target: Path, source: str) -> bool:
    if not target.exists():
        return False
    manifest = json.loads((target / MANIFEST).read_text())
    if manifest["source"] != source:
        return False
    for name, digest in manifest["files"].items():
        if not (target / name).exists() or _digest(target / name) != digest:
            raise shelf.WrongDigest(f"{target / name} is not what was converted; delete {target} to convert again")
    return True


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _convert(source: Path, gguf: shelf.PinnedFile, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils.quantization_config import GgufConfig

    log.info("%s: converting for transformers, about a minute, once", gguf.name)
    AutoTokenizer.from_pretrained(source, gguf_file=gguf.name).save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(
        source, gguf_file=gguf.name, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True)
    )
    model.save_pretrained(folder)
    log.info("%s: converted, %.1f M weights", gguf.name, model.num_parameters() / 1e6)


def _write_tiny(folder: Path) -> None:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bytes_only = Tokenizer(models.BPE({character: i for i, character in enumerate(alphabet)}, []))
    bytes_only.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytes_only.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bytes_only,
        pad_token="<|endoftext|>",
        eos_token="<|im_end|>",
        additional_special_tokens=["<|im_start|>"],
        chat_template=CHAT_TEMPLATE,
    )
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Qwen2ForCausalLM(config)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)


BUILT: dict[str, tuple[str, Callable[[Path], None]]] = {
    TINY: (TINY_REVISION, _write_tiny),
    layout_bases.TINY: (layout_bases.REVISION, layout_bases.write_tiny),
    layout_bases.SMALL: (layout_bases.REVISION, layout_bases.write_small),
    layout_bases.GRAFTED: (layout_bases.REVISION, layout_bases.write_grafted),
}
"""Models of our own: which revision, and what writes their folder."""
