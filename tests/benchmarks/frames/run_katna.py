"""The other side: Katna's key frames of each clip, in an environment of its own.

    python run_katna.py FOLDER RESULT COUNT

It hands over pictures without their moments: each is looked up among the clip's frames afterwards, with the
clock stopped.
"""

import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from Katna.video import Video
from Katna.writer import Writer


class Keep(Writer):
    """Holds the pictures of the last clip."""

    def write(self, filepath, data):
        self.pictures = list(data)


def moments(clip: Path, pictures) -> list[float]:
    """When the frames most like the pictures are shown."""
    video = cv2.VideoCapture(str(clip))
    rate, frames = video.get(cv2.CAP_PROP_FPS), []
    while (read := video.read())[0]:
        frames.append(read[1].astype(np.int16))
    found = []
    for picture in pictures:
        sized = cv2.resize(picture, frames[0].shape[1::-1]).astype(np.int16)
        found.append(int(np.argmin([np.abs(frame - sized).mean() for frame in frames])) / rate)
    return found


def main() -> None:
    folder, result, count = sys.argv[1:]
    video, keep = Video(), Keep()
    chosen, seconds = {}, {}
    for clip in sorted(Path(folder).glob("*.mp4")):
        started = time.perf_counter()
        video.extract_video_keyframes(no_of_frames=int(count), file_path=str(clip), writer=keep)
        seconds[clip.name] = time.perf_counter() - started
        chosen[clip.name] = moments(clip, keep.pictures)
    Path(result).write_text(json.dumps({"chosen": chosen, "seconds": seconds}))


if __name__ == "__main__":  # Katna starts processes, which import this file
    main()
