"""The three sides, each run in a process of its own over videos of rising length."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from inference.watch import Session
from inference.watch.models import VisionLanguage
from inference.watch.session import WORDS
from tests.benchmarks.process import peak_bytes
from tests.benchmarks.watch import shapes
from tests.benchmarks.watch.full_cache import FullCache
from tests.benchmarks.watch.shapes import Shape

FRAMES_PER_S = 0.5
"""Of the video, as in the published figures."""

QUESTION = "What is in her hand, and where did she take it from?"

ASKED = 3
"""Questions asked of each video, of whose times the least counts."""


@dataclass(frozen=True)
class Figures:
    """Of one side and one video; ``first_word_s`` is from the question to the first word of its answer.

    Bytes of keys and values: ``device``, ``memory``, ``disk``; ``peak`` of all that the process held, on a GPU of
    all that was allocated there, weights included.
    """

    frames: int
    encoding_s: float
    first_word_s: float
    answer_s: float
    device: int
    memory: int
    disk: int
    peak: int


@torch.no_grad()
def run(side: str, shape_name: str, minutes: list[float], device: str) -> list[Figures]:
    """One side over several videos, shortest first: a peak is then that of the longest so far."""
    shape: Shape = getattr(shapes, shape_name)
    model, frames = shape.build(device), shape.frames()
    SIDES[side](model, shape, frames, 2 * shape.chunk_frames)  # what happens once only: kernels, buffers, caches
    counts = [round(60 * length * FRAMES_PER_S) for length in sorted(minutes)]
    return [SIDES[side](model, shape, frames, count) for count in counts]


def retrieve(model: VisionLanguage, shape: Shape, frames: np.ndarray, count: int) -> Figures:
    """ReKV: watched once, under byte budgets, then asked."""
    with tempfile.TemporaryDirectory() as folder, _fresh_peak(model) as peak, _open(model, shape, folder) as session:
        with _clock(model) as encoding:
            for batch, times in _batches(frames, count, shape.chunk_frames):
                session.see_all(batch, times)
        first = _least(model, lambda: session.ask(QUESTION, 1))
        answer = _least(model, lambda: session.ask(QUESTION, shape.answer))
        held = session.tiers()
        return Figures(count, encoding.s, first, answer, held["device"], held["memory"], held["disk"], peak())


def keep_all(model: VisionLanguage, shape: Shape, frames: np.ndarray, count: int) -> Figures:
    """Watched once, everything kept on the device, then asked."""
    with _fresh_peak(model) as peak:
        cache = FullCache(model, count, WORDS)
        with _clock(model) as encoding:
            _encode(cache, frames, count, shape)
        first = _least(model, lambda: cache.ask(QUESTION, 1))
        answer = _least(model, lambda: cache.ask(QUESTION, shape.answer))
        return Figures(count, encoding.s, first, answer, cache.bytes, 0, 0, peak())


def encode_again(model: VisionLanguage, shape: Shape, frames: np.ndarray, count: int) -> Figures:
    """Nothing kept: the whole video is encoded for each question. Asked once, for it takes long."""
    with _fresh_peak(model) as peak:
        with _clock(model) as encoding:
            cache = FullCache(model, count, WORDS)
            _encode(cache, frames, count, shape)
        with _clock(model) as first:
            cache.ask(QUESTION, 1)
        with _clock(model) as answer:
            cache.ask(QUESTION, shape.answer)
        seconds = (encoding.s, encoding.s + first.s, encoding.s + answer.s)
        return Figures(count, *seconds, cache.bytes, 0, 0, peak())


SIDES = {"ReKV": retrieve, "kept full cache": keep_all, "encoded for each question": encode_again}


@dataclass
class _Clock:
    s: float = field(default=0.0)


@contextmanager
def _clock(model: VisionLanguage) -> Iterator[_Clock]:
    read, started = _Clock(), _now(model)
    yield read
    read.s = _now(model) - started


def _now(model: VisionLanguage) -> float:
    if model.device.type == "cuda":
        torch.cuda.synchronize(model.device)
    return time.perf_counter()


def _least(model: VisionLanguage, ask) -> float:
    seconds = []
    for _ in range(ASKED):
        with _clock(model) as read:
            ask()
        seconds.append(read.s)
    return min(seconds)


@contextmanager
def _fresh_peak(model: VisionLanguage) -> Iterator:
    if model.device.type != "cuda":
        yield peak_bytes
        return
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(model.device)
    yield lambda: torch.cuda.max_memory_allocated(model.device)


def _open(model: VisionLanguage, shape: Shape, folder: str) -> Session:
    budgets = shape.budgets(model.block_shape(), model.embed_opening().shape[1], WORDS)
    limits = (shape.window_frames, shape.retrieve_blocks, shape.chunk_frames)
    return Session(model, Path(folder) / "session", budgets, *limits)


def _encode(cache: FullCache, frames: np.ndarray, count: int, shape: Shape) -> None:
    for batch, _ in _batches(frames, count, shape.chunk_frames):
        cache.see_all(batch)


def _batches(frames: np.ndarray, count: int, at_once: int) -> Iterator[tuple[np.ndarray, list[float]]]:
    for start in range(0, count, at_once):
        places = range(start, min(start + at_once, count))
        yield frames[[place % len(frames) for place in places]], [place / FRAMES_PER_S for place in places]
