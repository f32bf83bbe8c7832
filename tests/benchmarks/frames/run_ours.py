"""Our side: a folder of clips → the moments chosen from each, as JSON.

python -m tests.benchmarks.frames.run_ours FOLDER RESULT COUNT [fast]
"""

import json
import sys
import time
from pathlib import Path

from inference.covers.frames import gates
from inference.covers.frames.scan import scan
from inference.covers.frames.select import select_frames


def main() -> None:
    folder, result, count, *how = sys.argv[1:]
    clips = sorted(Path(folder).glob("*.mp4"))
    select_frames(clips[0], int(count), fast=bool(how))  # weights are read once, not for every clip
    chosen, seconds = {}, {}
    for clip in clips:
        started = time.perf_counter()
        selection = select_frames(clip, int(count), fast=bool(how))
        seconds[clip.name] = time.perf_counter() - started
        chosen[clip.name] = [float(choice.frame.time) for choice in selection.choices]
    Path(result).write_text(json.dumps({"chosen": chosen, "seconds": seconds}))


def count_refused(clip: Path) -> tuple[int, int]:
    """Frames of a clip that the gates refuse, and all frames they see."""
    scanned = scan(clip)
    usable, _ = gates.sift(scanned)
    return len(scanned.samples) - len(usable), len(scanned.samples)


if __name__ == "__main__":
    main()
