"""Where in a long video a dense look may pay: told by its keyframes, which decode alone.

Keyframes by themselves would not do: they come every few seconds, many of them at a cut, and nothing
tells whether one is mixed with its neighbour or on the move. They only say where to look densely.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data_contracts.errors import BadMedia
from inference.covers.frames import gates, judges
from inference.covers.frames.scan import WHOLE, WIDTH, Sample, Scan, Span, shrink
from inference.covers.frames.wanted import Wanted
from inference.media import decode, quality
from inference.media.time import MediaTime
from inference.models.faces import find_faces

DENSE_SHARE = 0.12
DENSE_S = (40.0, 120.0)
"""Share of a video that is looked at densely, in seconds at least and at most."""

WINDOW_S = 5
"""Length of a dense look from a keyframe on: about as long as a shot."""

SPREAD_COST = 0.6
"""Score that a place loses per unit of likeness to one taken before: elsewhere there is something else."""

FACED, FACE_WORTH = 48, 0.3
"""Best keyframes in which a wanted face is looked for, and what one adds to the score."""


def find_promising(path: Path, wanted: Wanted) -> list[Span]:
    """Where to look densely, in order of time: the whole of a video little longer than the dense looks together.

    Raises ``BadMedia`` when the video cannot be decoded.
    """
    info = decode.probe(path)
    room_s = float(np.clip(DENSE_SHARE * info.duration_s, *DENSE_S))
    if info.duration_s < 2 * room_s:
        return [WHOLE]
    scale = min(1.0, WIDTH / info.width)
    keyframes = [shrink(frame, quality.measure(frame.image, scale), 1.0, 0.0) for frame in _keyframes(path)]
    try:
        usable, _ = gates.sift(Scan((tuple(keyframes),), len(keyframes)))
    except BadMedia:
        return [WHOLE]  # what lies between them may still be a picture
    if len(usable) * WINDOW_S < room_s:
        return [WHOLE]
    return _spread(usable, _scores(usable, wanted), int(room_s / WINDOW_S))


def _keyframes(path: Path):
    """At most one for each window: some encoders make every frame a keyframe."""
    due = MediaTime.from_seconds(0)
    for frame in decode.keyframes(path, WIDTH):
        if frame.time >= due:
            due = MediaTime(frame.time.seconds + WINDOW_S)
            yield frame


def _scores(samples: Sequence[Sample], wanted: Wanted) -> list[float]:
    usual = gates.usual(samples).sharpness
    scores = [judges.score(judges.judge_picture(sample, usual)) for sample in samples]
    if wanted.face or wanted.no_face:
        for i in np.argsort(scores)[::-1][:FACED]:
            scores[i] += FACE_WORTH * (bool(find_faces(samples[i].image, closely=False)) == wanted.face)
    return scores


def _spread(samples: Sequence[Sample], scores: Sequence[float], count: int) -> list[Span]:
    """Windows from the best keyframes on, each score lowered by likeness to those taken before."""
    left, likeness, taken = dict(enumerate(scores)), np.zeros(len(samples)), []
    for _ in range(min(count, len(samples))):
        best = max(left, key=lambda i: left[i] - SPREAD_COST * likeness[i])
        del left[best]
        taken.append(samples[best])
        likeness = np.maximum(likeness, [sample.likeness(samples[best]) for sample in samples])
    windows = sorted(sample.time for sample in taken)
    return [(start, MediaTime(start.seconds + WINDOW_S)) for start in windows]
