"""Covers that move: a few seconds around a still, under the still's text, in a loop without a seam.

*Look* around the still in its shot, *choose* a loop, *paint* its frames as the still is painted,
*encode*, and *judge* what a viewer gets, frame by frame. A frame that spoils the cover is left out
and another loop is chosen without it; where none is left, there is no moving cover, with the reason.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from inference.covers.frames.select import FrameChoice
from inference.covers.motion import encode, judge
from inference.covers.motion.loop import LONGEST_S, Loop, choose_loop
from inference.covers.motion.paint import Flaw, Measured, Painter
from inference.covers.motion.surroundings import Surroundings, Unstill, look_around
from inference.covers.picture.layout import Layout
from inference.covers.picture.reflect import Check
from inference.covers.picture.style import Wording

__all__ = ["MovingCover", "Unstill", "make_moving"]

LEAST_ASKED_S, MOST_ASKED_S = 1.5, 10.0
"""Lengths that may be asked for: below, a loop is a twitch; beyond, it does not fit its bytes."""

LOOPS_TRIED = 8
"""Loops painted for one still before it is given up."""


@dataclass(frozen=True)
class MovingCover:
    """A loop, its first picture the still cover. ``mp4`` is H.264 without sound, ``webp`` repeats for ever.

    ``start_s`` and ``end_s`` are the part of the video it is made of, ``fps``, ``width`` and
    ``height`` the MP4's. ``loop`` says how its end meets its beginning: ``cut``, ``dissolve`` or
    ``boomerang``. ``cost_s`` holds seconds by stage: look, choose and paint, encode, judge.
    """

    mp4: bytes
    webp: bytes
    start_s: float
    end_s: float
    fps: float
    width: int
    height: int
    loop: str
    checks: tuple[Check, ...]
    cost_s: dict[str, float]

    @property
    def seconds(self) -> float:
        """How long it plays until it begins again: a boomerang nearly twice as long as what it is made of."""
        made_of_s = self.end_s - self.start_s
        return 2 * (made_of_s - 1 / self.fps) if self.loop == "boomerang" else made_of_s


def make_moving(
    path: Path, frame: FrameChoice, layout: Layout, wording: Wording, seconds: float | None = None
) -> MovingCover:
    """A moving cover of a video from the frame, layout and words of a still one.

    It lasts 3 to 6 seconds, or ``seconds`` (1.5 to 10, met to a quarter of a second); less, but at
    least one, where the shot is shorter than half of that. Its picture is the still's at no more
    than 720 × 960. Raises ``Unstill`` when nothing around the frame can be shown, or not legibly or
    without covering a face, or not within 1.5 MB; ``BadMedia`` when the video cannot be decoded; and
    ``ValueError`` for other ``seconds``.
    """
    if seconds is not None and not LEAST_ASKED_S <= seconds <= MOST_ASKED_S:
        raise ValueError(f"a moving cover lasts {LEAST_ASKED_S:g} to {MOST_ASKED_S:g} s, not {seconds:g}")
    clock = _Clock()
    reach_s = (seconds or LONGEST_S) + 1
    around = look_around(path, frame, layout, back_s=reach_s, ahead_s=reach_s)
    clock.lap("look")
    painter = Painter(path, frame, layout, around)
    loop, measured = _paint_first_flawless(painter, around, seconds)
    clock.lap("paint")
    size = painter.small.width, painter.small.height

    def frames():
        return (painter.yuv(loop, number) for number in loop.order)

    mp4 = encode.to_mp4(frames, around.rate, *size)
    webp = encode.to_webp(frames, around.rate, *size)
    clock.lap("encode")
    checks = judge.check(mp4, webp, painter, loop, measured, wording)
    failed = [check.reason for check in checks if check.mandatory and not check.passed]
    if failed:
        raise Unstill("; ".join(failed))
    clock.lap("judge")
    return MovingCover(
        mp4=mp4,
        webp=webp,
        start_s=float(around.times[loop.first]),
        end_s=float(around.times[loop.end - 1]) + float(1 / around.rate),
        fps=float(around.rate),
        width=size[0],
        height=size[1],
        loop=loop.kind,
        checks=checks,
        cost_s=clock.laps,
    )


def _paint_first_flawless(painter: Painter, around: Surroundings, seconds: float | None) -> tuple[Loop, Measured]:
    """The best loop of which every frame can be shown: one with a flaw is left out, and all beyond it."""
    flaws: dict[int, str] = {}
    for _ in range(LOOPS_TRIED):
        try:
            loop = choose_loop(around, seconds, flaws)
            return loop, painter.paint(loop)
        except Flaw as flaw:
            flaws[flaw.number] = str(flaw)
            if flaw.number == around.still:
                break
        except Unstill as error:
            raise Unstill("; ".join([str(error), *dict.fromkeys(flaws.values())])) from error
    raise Unstill(f"no loop is without a flaw: {'; '.join(dict.fromkeys(flaws.values()))}")


class _Clock:
    """Seconds between laps, by name."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now
