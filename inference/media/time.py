"""Time within a video, exact.

A presentation time stamp is an integer in units of the stream's time base, so it is kept as a
fraction of a second: comparing and adding times never rounds, and variable frame rates need no
special case.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, order=True)
class MediaTime:
    """A moment in a video, counted from its first frame."""

    seconds: Fraction

    @classmethod
    def from_pts(cls, pts: int, time_base: Fraction) -> "MediaTime":
        return cls(pts * Fraction(time_base))

    @classmethod
    def from_seconds(cls, seconds: float | str) -> "MediaTime":
        """To the millisecond."""
        return cls(Fraction(round(Fraction(seconds) * 1000), 1000))

    def __float__(self) -> float:
        return float(self.seconds)

    def __sub__(self, other: "MediaTime") -> Fraction:
        return self.seconds - other.seconds

    def __str__(self) -> str:
        minutes, seconds = divmod(float(self.seconds), 60)
        return f"{int(minutes)}:{seconds:06.3f}"
