"""What no cover can use: frames that are black, white, blurred, mixed or broken into blocks.

Thresholds that depend on the clip are taken from its own medians: a film noir is dark throughout,
a face in soft light has little detail throughout its shot, and neither is at fault.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_contracts.errors import BadMedia
from inference.covers.frames.scan import Sample, Scan

UNLIT = 45.0
"""Luma, of 255, that the brightest hundredth of a frame must reach: below, nothing is lit."""

DARK, DARK_SHARE = 22.0, 0.5
"""Mean luma under which a frame is dark, if it is also darker than this share of the clip's median."""

FLAT = 5.0
"""Standard deviation of luma under which a frame is one tone."""

WHITE_SHARE = 0.5
WASHED_OUT, WASHED_FLAT = 220.0, 25.0
"""Mean luma and its deviation beyond which a frame is a flash, even where no pixel is quite white."""

BLURRED, BLUR = -2.05, 0.35
"""``quality.sharpness`` under which any frame is blurred, and how far below its shot's median it may fall."""

CRISP = -1.5
"""``quality.sharpness`` from which no frame is blurred, however crisp the drawings beside it are."""

MIN_SHOT = 6
"""Frames that make a shot's own median; those of a shorter one are held against the whole clip."""

MIXED = 0.3
"""``quality.fade`` above which a frame is taken for a cross-fade. Of 380 mixed frames in 150 spoilt clips it
caught 97 in a hundred, of 1,049 frames of clean ones it refused 2; stillness decides on the rest."""

BLOCKS, BLOCKS_RATIO = 2.2, 2.1
"""Blockiness beyond which a frame is broken, if it is also so many times what the clip's cleaner frames have."""

CLEANER = 25
"""Percentile of a clip's blockiness that counts as its usual one: half of a clip may be broken, and a whole shot."""


@dataclass(frozen=True)
class Usual:
    """Medians over a shot or a clip; of ``blockiness`` its lower quarter's bound."""

    brightness: float
    sharpness: float
    blockiness: float


def sift(scanned: Scan) -> tuple[list[Sample], Counter[str]]:
    """The samples that nothing speaks against, and how many each reason ruled out.

    Where every frame has a fault, those that are merely blurred, mixed or blocky stay. Raises
    ``BadMedia`` when every frame is black or white.
    """
    clip = usual(scanned.samples)
    reasons: dict[Sample, str | None] = {}
    for take in scanned.takes:
        like = usual(take) if len(take) >= MIN_SHOT else clip
        reasons |= {sample: _blank(sample, clip) or _spoilt(sample, like, clip) for sample in take}
    if all(reasons.values()):
        reasons = {sample: _blank(sample, clip) for sample in reasons}
    counts = Counter(reason for reason in reasons.values() if reason)
    usable = [sample for sample, reason in reasons.items() if not reason]
    if not usable:
        raise BadMedia(f"no frame can be a cover: {', '.join(f'{n} {reason}' for reason, n in counts.items())}")
    return usable, counts


def usual(samples: Sequence[Sample]) -> Usual:
    """Medians of those samples that are lit at all."""
    measured = [s.quality for s in samples if s.quality.highlight >= UNLIT] or [s.quality for s in samples]
    return Usual(
        brightness=float(np.median([q.brightness for q in measured])),
        sharpness=float(np.median([q.sharpness for q in measured])),
        blockiness=float(np.percentile([q.blockiness for q in measured], CLEANER)),
    )


def _blank(sample: Sample, like: Usual) -> str | None:
    measured = sample.quality
    if measured.highlight < UNLIT or measured.brightness < min(DARK, DARK_SHARE * like.brightness):
        return "black"
    if measured.contrast < FLAT:
        return "one tone"
    washed_out = measured.brightness > WASHED_OUT and measured.contrast < WASHED_FLAT
    return "white" if measured.white_share > WHITE_SHARE or washed_out else None


def _spoilt(sample: Sample, like: Usual, clip: Usual) -> str | None:
    measured = sample.quality
    if measured.blockiness > max(BLOCKS, BLOCKS_RATIO * clip.blockiness):
        return "blocky"
    if measured.sharpness < max(BLURRED, min(CRISP, like.sharpness - BLUR)):
        return "blurred"
    return "cross-fade" if sample.fade > MIXED else None
