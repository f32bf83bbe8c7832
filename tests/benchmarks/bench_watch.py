"""Watching a video once and asking it (ReKV), beside a kept full cache and beside encoding it for each question.

Videos of 1, 10 and 60 minutes at half a frame per second, made up, and models of LLaVA-OneVision's
architecture with random weights: on a GPU in the shape of LLaVA-OneVision-7B, beside the published
figures, elsewhere in a shape that a CPU gets through in minutes. Each side runs in a process of its own. The two full
caches are not stock transformers, which would copy the whole cache at every step: they use the same attention as ReKV
over a buffer laid out in advance, so that only the method differs. Bytes by tier are those of keys and values; peak is
the process's, on a GPU that of all that was allocated there, weights included.
"""

import logging
from collections.abc import Mapping, Sequence

import torch

from tests.benchmarks.measurement import Options, Row
from tests.benchmarks.process import fresh_process
from tests.benchmarks.watch.sides import SIDES, Figures, run

log = logging.getLogger(__name__)

MINUTES = (1, 10, 60)

PUBLISHED: Row = {
    "side": "ReKV as published, 7B",
    "minutes": 60.0,
    "frames/s": 11.0,
    "first word s": 3.3,
    "answer s": 3.3,
    "device MB": "",
    "memory MB": 18_800.0,
    "disk MB": 0.0,
    "offloaded GB/h": 18.8,
    "peak MB": 38_000.0,
}
"""Di et al., *Streaming Video Question-Answering with In-context Video KV-Cache Retrieval*, ICLR 2025,
arXiv:2503.00540: LLaVA-OneVision 7B with internal retrieval. Its seconds are those of an answer; of memory it gives
what the GPU held, weights included, and what was offloaded in an hour."""


def measure(options: Options) -> list[Row]:
    """A line for each side and length; on a GPU one with the published figures besides."""
    if torch.cuda.is_available():
        return [*compare("SEVEN_BILLION", MINUTES, "cuda"), PUBLISHED]
    return compare("SMALL", MINUTES, "cpu")


def compare(shape_name: str, minutes: Sequence[float], device: str, sides: Sequence[str] = tuple(SIDES)) -> list[Row]:
    """Sides with a shape of ``tests.benchmarks.watch.shapes``; one that has not the memory is refused."""
    measured: dict[str, list[Figures]] = {}
    refused: list[Row] = []
    for side in sides:
        with fresh_process() as call:
            try:
                measured[side] = call(run, side, shape_name, list(minutes), device)
            except torch.OutOfMemoryError as error:
                refused.append({"side": side, "refused": str(error)})
        log.info("watch: %s", side)
    return tabulate(minutes, measured) + refused


def tabulate(minutes: Sequence[float], measured: Mapping[str, Sequence[Figures]]) -> list[Row]:
    """The sides below each other for every length, the shortest first."""
    return [
        _row(side, length, figures[place])
        for place, length in enumerate(sorted(minutes))
        for side, figures in measured.items()
    ]


def _row(side: str, minutes: float, figures: Figures) -> Row:
    return {
        "side": side,
        "minutes": float(minutes),
        "frames/s": figures.frames / figures.encoding_s,
        "first word s": figures.first_word_s,
        "answer s": figures.answer_s,
        "device MB": figures.device / 1e6,
        "memory MB": figures.memory / 1e6,
        "disk MB": figures.disk / 1e6,
        "offloaded GB/h": (figures.memory + figures.disk) / 1e9 * 60 / minutes,
        "peak MB": figures.peak / 1e6,
    }
