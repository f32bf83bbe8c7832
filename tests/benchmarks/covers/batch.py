"""One batch of many videos through the lake, as a task of ``make_covers`` does it: throughput, memory, cost by stage.

The videos are cuts of a few seconds from the clips, each from another place or, where a clip has no
more, another shade: no two have the same bytes. Memory is what the process holds, looked at four
times a second; were anything kept of a video after its covers are made, the last quarter of the
time would hold more than the first.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil

from tests.benchmarks.measurement import Row

SECONDS = 3
RATE = 15
WIDTH = 480
"""Pixels at most: what is measured is the agent, not the decoder."""
SHADE = 4
"""Levels of brightness by which a cut from the same place differs from the one before."""
EVERY_S = 0.25
MILLISECOND = Fraction(1, 1000)
RUN = "benchmark"


def cut_clips(clips: Sequence[Path], count: int, folder: Path) -> list[Path]:
    """``count`` short videos with different bytes in a folder; names are the clips' with a number."""
    lengths = [_length_s(clip) for clip in clips]
    made = []
    for number in range(count):
        clip, turn = clips[number % len(clips)], number // len(clips)
        places = max(1, int(lengths[number % len(clips)] // SECONDS))
        target = folder / f"{clip.stem} {number + 1}.mp4"
        _cut(clip, target, start_s=turn % places * SECONDS, shade=turn // places * SHADE)
        made.append(target)
    return made


def measure(landing: str, candidates: int) -> Row:
    """Make covers of every video in a landing folder, in an empty home that the settings name; one line."""
    from data_contracts import settings
    from data_contracts.catalog import COVERS, PRODUCTS
    from data_contracts.store import open_lake
    from inference.covers import publish
    from inference.media import catalogue, ingest

    lake = open_lake()
    if uri := catalogue.find_catalogue(landing, ""):
        lake.write(PRODUCTS, catalogue.read_products(uri), RUN)
    started = time.perf_counter()
    video_ids = ingest.probe_batch(lake, ingest.find_new(lake, landing), settings.load(), RUN)
    ingest.transcribe_batch(lake, video_ids, RUN)
    ingest.tie_products(lake, RUN)
    read_s = time.perf_counter() - started
    with _watched_memory() as held:
        began = time.perf_counter()
        counts = publish.make_batch(lake, video_ids, "", candidates, RUN, publish.TitleModel(None))
        made_s = time.perf_counter() - began
    records = lake.read(COVERS, ["record"], where="chosen = true")["record"].to_pylist()
    return {
        "videos": float(len(video_ids)),
        "without cover": float(counts["refused"]),
        "videos per hour": 3600 * len(video_ids) / (read_s + made_s),
        "s per video": (read_s + made_s) / len(video_ids),
        "read s": read_s / len(video_ids),
        **_cost_by_stage(records),
        **_by_quarter(held),
    }


def _cost_by_stage(records: Sequence[str]) -> Row:
    """Seconds per video that got covers, by the stages that its record tells."""
    spent: dict[str, float] = defaultdict(float)
    for record in records:
        for stage, seconds in json.loads(record)["cost_s"].items():
            spent[stage] += seconds
    return {f"{stage} s": seconds / len(records) for stage, seconds in spent.items()}


def _by_quarter(held: Sequence[int]) -> Row:
    """The most memory in the first and in the last quarter of the time, and their ratio."""
    quarter = max(1, len(held) // 4)
    first, last = max(held[:quarter]), max(held[-quarter:])
    return {
        "first quarter MB": first / 1e6,
        "last quarter MB": last / 1e6,
        "last / first": last / first,
        "peak MB": max(held) / 1e6,
    }


@contextmanager
def _watched_memory() -> Iterator[list[int]]:
    """Bytes this process holds resident, from moment to moment."""
    process, over = psutil.Process(), threading.Event()
    held = [process.memory_info().rss]

    def look() -> None:
        while not over.wait(EVERY_S):
            held.append(process.memory_info().rss)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield held
    finally:
        over.set()
        watcher.join()


def _length_s(clip: Path) -> float:
    from inference.media.decode import probe

    return probe(clip).duration_s


def _cut(clip: Path, target: Path, start_s: float, shade: int) -> None:
    from inference.media import decode

    with av.open(str(target), "w") as container:
        stream: Any = None
        for frame in _pictures(decode.frames(clip, 1 / RATE, width=WIDTH), start_s):
            image = np.clip(frame.image.astype(np.int16) + shade, 0, 255).astype(np.uint8)
            height, width = (side // 2 * 2 for side in image.shape[:2])
            if stream is None:
                stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "20"})
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.codec_context.time_base = MILLISECOND
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image[:height, :width]), format="rgb24")
            picture.pts, picture.time_base = round(1000 * (float(frame.time) - start_s)), MILLISECOND
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def _pictures(frames: Iterator[Any], start_s: float) -> Iterator[Any]:
    for frame in frames:
        if float(frame.time) >= start_s + SECONDS:
            return
        if float(frame.time) >= start_s:
            yield frame
