"""Where one shot ends and the next begins: PySceneDetect on frames that are decoded anyway."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from inference.media.frame import Frame
from inference.media.time import MediaTime

THRESHOLD = 2.0
"""A cut changes a frame this many times as much as its neighbours change. The library's 3.0 is for
every frame; four frames a second already differ by a quarter of a second of motion."""

MIN_CHANGE = 25.0
"""Mean change of hue, saturation and luma, of 255, below which nothing is a cut."""

LOOK_AHEAD = 2
"""Frames either side that a frame's change is compared with."""


@dataclass(frozen=True)
class Shot:
    """A take without a cut: from its first frame to its last, both included."""

    start: MediaTime
    end: MediaTime

    def __contains__(self, time: MediaTime) -> bool:
        return self.start <= time <= self.end


def find_shots(frames: Iterable[Frame]) -> list[Shot]:
    """The shots of a video, in order, from frames a quarter of a second or less apart."""
    finder = ShotFinder()
    for frame in frames:
        finder.see(frame)
    return finder.finish()


class ShotFinder:
    """Finds shots while frames pass by, and keeps only the last few."""

    def __init__(self) -> None:
        self._detector = AdaptiveDetector(
            adaptive_threshold=THRESHOLD, min_scene_len=1, window_width=LOOK_AHEAD, min_content_val=MIN_CHANGE
        )
        self._recent: deque[tuple[int, Frame]] = deque(maxlen=LOOK_AHEAD + 2)
        self._starts: list[MediaTime] = []
        self._ends: list[MediaTime] = []

    def see(self, frame: Frame) -> None:
        number = self._recent[-1][0] + 1 if self._recent else 0
        if not self._recent:
            self._starts.append(frame.time)
        self._recent.append((number, frame))
        self._feed(number, frame)

    def finish(self) -> list[Shot]:
        """The shots of what was seen. The detector looks ahead, so the last frame is shown it again."""
        if not self._recent:
            return []
        number, frame = self._recent[-1]
        for extra in range(1, LOOK_AHEAD + 1):
            self._feed(number + extra, frame)
        return [Shot(start, end) for start, end in zip(self._starts, [*self._ends, frame.time], strict=True)]

    def _feed(self, number: int, frame: Frame) -> None:
        picture = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
        for cut in self._detector.process_frame(FrameTimecode(number, fps=1.0), picture):
            times = {seen: held.time for seen, held in self._recent}
            if cut.frame_num in times:
                self._ends.append(times[cut.frame_num - 1])
                self._starts.append(times[cut.frame_num])
