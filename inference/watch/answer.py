"""What a watcher answers, and which frames the answer rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """An answer to one question about one video.

    text: what was answered. frames: times in seconds of the frames it rests on, the most telling first; empty when it
    rests on none. by: who answered, in words (a model and how it looked back, or the evidence it was read from).
    """

    text: str
    frames: tuple[float, ...]
    by: str


def rank_frames(votes: Sequence[Mapping[int, float]], times_s: Sequence[float], most: int) -> tuple[float, ...]:
    """Times of the frames that most layers looked back at, at most `most` of them.

    votes: for each layer, its frames (by number) and how alike each is to the question (−1…1). A frame comes before
    another when more layers chose it, then by the sum of its likenesses, then by time.
    """
    layers = Counter(frame for chosen in votes for frame in chosen)
    alike: Counter[int] = Counter()
    for chosen in votes:
        alike.update(chosen)
    ranked = sorted(layers, key=lambda frame: (-layers[frame], -alike[frame], frame))
    return tuple(times_s[frame] for frame in ranked[:most])
