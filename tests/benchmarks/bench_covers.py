"""Seconds from a landed video to its finished covers, over those of decoding the file and nothing else.

Bare decoding is PyAV decoding every frame with FFmpeg's own choice of threads; the covers' side
decodes with the same setting. It does what the DAGs do for one video in an empty lake. The stages:
*read* (probe, speech, text on the screen, product; scripts and products.csv beside the videos
count), *titles* (the language model and the rules; alone here, where a batch shares the cost),
*watch* (scan the video, choose frames), *compose* (lay out, render, judge and encode every candidate
in every ratio), *moving* (set the best one in motion). Every clip and side has a process of its own,
every measurement a home of its own.
*load* is what the first covers of a process take longer than the next: the models' way into memory.
*remade* is what the covers of the same video cost once more, when only what was learned has changed.

With ``--rows N`` instead one batch of N short cuts of the clips, through the lake in one process:
videos per hour, seconds per video by stage, and whether memory stays flat from first to last.
"""

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.covers import batch
from tests.benchmarks.measurement import Options, Row, medians
from tests.benchmarks.process import fresh_process, peak_bytes

if TYPE_CHECKING:
    from data_contracts.settings import Settings
    from data_contracts.store import Lake

log = logging.getLogger(__name__)

STAGES = ("read", "titles", "watch", "compose", "moving")
CANDIDATES = 6
"""As many as a video gets by default."""
RUN = "benchmark"


def measure(options: Options) -> list[Row]:
    """A line for each clip, and one for all; a clip that gets no cover has a line that says why.

    With ``rows``, one line for a batch of so many videos.
    """
    with tempfile.TemporaryDirectory() as folder:
        clips = _clips(options.videos or _samples(Path(folder)))
        if options.rows:
            return [_measure_batch(clips, options.rows)]
        rows = []
        for number, clip in enumerate(clips, 1):
            log.info("covers: %d of %d, %s", number, len(clips), clip.name)
            rows.append(_measure_clip(clip, options.repeats))
    return [*rows, _overall([row for row in rows if "refused" not in row])]


def _measure_batch(clips: Sequence[Path], count: int) -> Row:
    with tempfile.TemporaryDirectory() as folder, fresh_process() as cutter, fresh_process() as maker:
        log.info("covers: cutting %d videos from %d clips", count, len(clips))
        cutter(batch.cut_clips, clips, count, Path(folder))
        for path in clips[0].parent.glob("products.*"):
            shutil.copyfile(path, Path(folder) / path.name)
        log.info("covers: making covers of all %d", count)
        return maker(make_batch, folder)


def make_batch(landing: str) -> Row:
    """Covers of every video in a landing folder, in a home of their own."""
    with _own_home(landing):
        return batch.measure(landing, CANDIDATES)


def _clips(folder: Path) -> list[Path]:
    from inference.media.landing import VIDEO_SUFFIXES

    videos = (path for path in folder.rglob("*") if path.suffix.lower() in VIDEO_SUFFIXES)
    clips = sorted(path for path in videos if not path.name.startswith("."))
    if not clips:
        raise FileNotFoundError(f"there is no video in {folder}")
    return clips


def _samples(folder: Path) -> Path:
    from infra.samples.collect import collect

    log.info("covers: collecting the sample videos")
    collect(folder)
    return folder


def _measure_clip(clip: Path, repeats: int) -> Row:
    from data_contracts.errors import BadMedia

    with tempfile.TemporaryDirectory() as folder, fresh_process() as decoder, fresh_process() as maker:
        landing = _land(clip, Path(folder))
        try:
            video_s, _ = decoder(decode, clip)
            first, *_ = maker(make_covers, landing)
        except BadMedia as error:
            return {"clip": clip.name, "refused": str(error)}
        rounds = [(decoder(decode, clip)[1], *maker(make_covers, landing)) for _ in range(repeats)]
        peaks = {"decode": decoder(peak_bytes), "covers": maker(peak_bytes)}
    decode_s, covers_s, remade_s, *stages = medians(rounds)
    return _row(clip.name, video_s, decode_s, covers_s, stages) | {
        "remade s": remade_s,
        "load s": max(0.0, first - covers_s),
        "decode peak MB": peaks["decode"] / 1e6,
        "covers peak MB": peaks["covers"] / 1e6,
    }


def _land(clip: Path, folder: Path) -> str:
    """A landing folder with one video, what is said over it and the products that lie beside it."""
    for path in (clip, clip.with_suffix(".txt"), *clip.parent.glob("products.*")):
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    return str(folder)


def _row(name: str, video_s: float, decode_s: float, covers_s: float, stages: Sequence[float]) -> Row:
    return {
        "clip": name,
        "video s": video_s,
        "decode s": decode_s,
        "covers s": covers_s,
        "covers / decode": covers_s / decode_s,
        "s per video minute": 60 * covers_s / video_s,
        **{f"{stage} s": taken for stage, taken in zip(STAGES, stages, strict=True)},
    }


def _overall(rows: Sequence[Row]) -> Row:
    """All clips together: times add up, of memory the largest counts, of loading the median."""
    if not rows:
        return {"clip": "all", "refused": "no clip got a cover"}
    video_s, decode_s, covers_s = (sum(row[name] for row in rows) for name in ("video s", "decode s", "covers s"))
    stages = [sum(row[f"{stage} s"] for row in rows) for stage in STAGES]
    return _row("all", video_s, decode_s, covers_s, stages) | {
        "remade s": sum(row["remade s"] for row in rows),
        "load s": median(row["load s"] for row in rows),
        "decode peak MB": max(row["decode peak MB"] for row in rows),
        "covers peak MB": max(row["covers peak MB"] for row in rows),
    }


def decode(clip: Path) -> tuple[float, float]:
    """Seconds of video, and of decoding every frame of it. Raises ``BadMedia`` when that cannot be done."""
    import av

    from inference.media.decode import probe

    video_s = probe(clip).duration_s
    started = time.perf_counter()
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for _ in container.decode(stream):
            pass
    return video_s, time.perf_counter() - started


def make_covers(landing: str) -> tuple[float, ...]:
    """Seconds from a landing folder with one video to its covers, of making them again, and of each stage.

    Raises ``BadMedia`` when it gets none.
    """
    from data_contracts.catalog import PRODUCTS
    from data_contracts.store import open_lake
    from inference.media import catalogue, ingest

    with _own_home(landing) as where:
        lake = open_lake()
        if uri := catalogue.find_catalogue(landing, ""):
            lake.write(PRODUCTS, catalogue.read_products(uri), RUN)  # once for all videos: not counted
        started = time.perf_counter()
        video_ids = ingest.probe_batch(lake, ingest.find_new(lake, landing), where, RUN)
        ingest.transcribe_batch(lake, video_ids, RUN)
        ingest.tie_products(lake, RUN)
        read_s = time.perf_counter() - started
        stages = _make_covers_of(lake)
        covered = time.perf_counter()
        _make_covers_of(lake)
        remade_s = time.perf_counter() - covered
    return covered - started, remade_s, read_s, *(stages[stage] for stage in STAGES[1:])


@contextmanager
def _own_home(landing: str) -> Iterator["Settings"]:
    """Settings of an empty home, so that nothing is recalled from an earlier measurement; weights are shared."""
    from data_contracts import settings

    os.environ["COVERLOOP_MODELS_DIR"] = str(settings.load().models)
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"COVERLOOP_HOME": home, "COVERLOOP_LANDING_URI": landing}
        yield settings.load()


def _make_covers_of(lake: "Lake") -> dict[str, float]:
    from data_contracts.catalog import QUARANTINE
    from data_contracts.errors import BadMedia
    from inference.covers import make
    from inference.covers.briefs import read_briefs, with_files
    from inference.covers.plan import read_requirement
    from inference.models.profile import language_model

    known = read_briefs(lake, names=[], circumstances=RUN)
    if not known:
        raise BadMedia("; ".join(lake.read(QUARANTINE, ["reason"])["reason"].to_pylist()))
    with with_files(lake, known) as briefs:
        (made,) = make.make_covers(briefs, read_requirement(""), [], language_model(), CANDIDATES)
    if isinstance(made, make.Refused):
        raise BadMedia(made.reason)
    return made.cost_s
