"""The sides without a library: the middle frame, FFmpeg's ``thumbnail`` filter, and bare decoding.

python -m tests.benchmarks.frames.run_plain FOLDER RESULT middle|thumbnail|decode

``thumbnail`` looks at batches of 100 frames, its default; of several batches the first one's pick counts, as
it does for who asks the filter for one frame.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av


def middle(clip: Path) -> list[float]:
    """The moment of the frame in the middle of the clip."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        half = container.duration / av.time_base / 2
        container.seek(round(half / stream.time_base), stream=stream)
        before = 0.0
        for frame in container.decode(stream):
            if frame.time > half:
                break
            before = frame.time
        return [before]


def thumbnail(clip: Path) -> list[float]:
    """The moment that FFmpeg's filter picks."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        graph = av.filter.Graph()
        graph.link_nodes(graph.add_buffer(template=stream), graph.add("thumbnail"), graph.add("buffersink")).configure()
        for frame in container.decode(stream):
            graph.push(frame)
            try:
                return [float(graph.pull().time)]
            except av.error.BlockingIOError:
                continue
        graph.push(None)
        return [float(graph.pull().time)]


def decode(clip: Path) -> list[float]:
    """No moment: every frame decoded, with FFmpeg's own choice of threads."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for _ in container.decode(stream):
            pass
    return []


SIDES: dict[str, Callable[[Path], list[float]]] = {"middle": middle, "thumbnail": thumbnail, "decode": decode}


def main() -> None:
    folder, result, side = sys.argv[1:]
    chosen, seconds = {}, {}
    for clip in sorted(Path(folder).glob("*.mp4")):
        started = time.perf_counter()
        chosen[clip.name] = SIDES[side](clip)
        seconds[clip.name] = time.perf_counter() - started
    Path(result).write_text(json.dumps({"chosen": chosen, "seconds": seconds}))


if __name__ == "__main__":
    main()
