"""The weights that a training changes, as one file: those with ``requires_grad``, by their names."""

import os
from pathlib import Path

import torch
from safetensors.torch import load_file, save

WEIGHTS_FOLDER = "weights"


def file_of(work: Path, stage: str) -> Path:
    """What a stage of a training ended with; there once it is done."""
    return work / WEIGHTS_FOLDER / f"{stage}.safetensors"


def trained_of(model: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}


def save_trained(model: torch.nn.Module, path: Path) -> None:
    """Write the trained weights; the file appears whole or not at all. Raises ``OSError`` without room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    content = save({name: weight.detach().cpu().contiguous() for name, weight in trained_of(model).items()})
    try:
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(path)


def load_trained(model: torch.nn.Module, path: Path) -> None:
    """Put saved weights into a model that trains the same ones. Raises ``ValueError`` when it does not."""
    saved, trained = load_file(path), trained_of(model)
    if saved.keys() != trained.keys():
        differing = sorted(saved.keys() ^ trained.keys())
        raise ValueError(f"{path} holds other weights than this model trains, for one {differing[0]}; train anew")
    with torch.no_grad():
        for name, weight in trained.items():
            weight.copy_(saved[name])
