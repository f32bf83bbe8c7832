"""Each gate on measures made for it: what it refuses, what it lets pass, and what it takes from the clip."""

from dataclasses import replace

import pytest

from data_contracts.errors import BadMedia
from inference.covers.frames.gates import sift
from inference.covers.frames.scan import Sample, Scan
from inference.media.quality import Quality
from inference.media.time import MediaTime

GOOD = Quality(
    brightness=120,
    contrast=50,
    highlight=230,
    white_share=0.02,
    sharpness=-1.3,
    colourfulness=0.4,
    composition=0.6,
    blockiness=1.0,
)


def sample(at_s: float, fade: float = 0.0, **measures: float) -> Sample:
    return Sample(MediaTime.from_seconds(at_s), replace(GOOD, **measures), stillness=1.0, fade=fade, jpeg=b"")


def scan_of(*spoilt: Sample, good: int = 10, **usual: float) -> Scan:
    """One take: so many good frames, each measured as ``usual``, and those that are spoilt."""
    take = (*(sample(number, **usual) for number in range(good)), *spoilt)
    return Scan((take,), len(take))


@pytest.mark.parametrize(
    ("measures", "reason"),
    [
        ({"brightness": 3, "highlight": 10, "contrast": 1}, "black"),
        ({"brightness": 12, "highlight": 200}, "black"),
        ({"contrast": 2}, "one tone"),
        ({"white_share": 0.7}, "white"),
        ({"brightness": 235, "contrast": 15, "white_share": 0.1}, "white"),
        ({"blockiness": 4}, "blocky"),
        ({"sharpness": -2.2}, "blurred"),
        ({"sharpness": -1.75}, "blurred"),
        ({"fade": 0.6}, "cross-fade"),
    ],
)
def test_a_spoilt_frame_is_refused_with_its_reason(measures, reason):
    spoilt = sample(99, **measures)
    usable, refused = sift(scan_of(spoilt))
    assert refused == {reason: 1}
    assert spoilt not in usable
    assert len(usable) == 10


@pytest.mark.parametrize(
    ("usual", "measures"),
    [
        ({"brightness": 20}, {"brightness": 15}),
        ({"blockiness": 2.5}, {"blockiness": 3.5}),
        ({"sharpness": -1.9}, {"sharpness": -2.0}),
        ({"sharpness": -0.4}, {"sharpness": -1.4}),
    ],
    ids=["dark throughout", "coarsely coded throughout", "soft throughout", "a photograph among drawings"],
)
def test_what_is_usual_in_a_clip_is_no_fault(usual, measures):
    _, refused = sift(scan_of(sample(99, **measures), **usual))
    assert not refused


def test_a_frame_is_held_against_its_own_shot():
    soft = tuple(sample(20 + number, sharpness=-1.9) for number in range(8))
    crisp = tuple(sample(number) for number in range(30))
    usable, refused = sift(Scan((crisp, soft), 38))
    assert not refused
    usable, refused = sift(Scan((crisp, soft[:2]), 32))
    assert refused == {"blurred": 2}
    assert usable == list(crisp)


def test_where_every_frame_is_spoilt_those_that_show_something_stay():
    soft = [sample(number, sharpness=-2.3) for number in range(5)]
    usable, refused = sift(scan_of(*soft, sample(9, brightness=1, highlight=5), good=0))
    assert usable == soft
    assert refused == {"black": 1}


def test_nothing_but_black_is_bad_media():
    with pytest.raises(BadMedia, match="no frame can be a cover: 3 black"):
        sift(scan_of(*(sample(number, brightness=1, highlight=5) for number in range(3)), good=0))
