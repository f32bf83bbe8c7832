"""The one streaming pass: what it keeps, shot by shot, and how little of a long video."""

import numpy as np
import pytest

from data_contracts.errors import BadMedia
from inference.covers.frames import scan as scanning
from inference.covers.frames.scan import scan
from tests import clips


def test_four_frames_a_second_shot_by_shot(tmp_path):
    pictures = [picture for seed in (1, 2) for picture in clips.street(20, seed=seed)]
    scanned = scan(clips.write_clip(tmp_path / "two shots.mp4", pictures=pictures))
    assert scanned.seen == 16
    assert [len(take) for take in scanned.takes] == [8, 8]
    times = [float(sample.time) for sample in scanned.samples]
    assert times == sorted(times)
    assert times[8] == 2


def test_samples_hold_a_small_picture_and_its_measures(tmp_path):
    path = clips.write_clip(tmp_path / "large.mp4", pictures=list(clips.street(10, 960, 540)))
    sample = scan(path).samples[0]
    assert sample.image.shape == (180, 320, 3)
    assert sample.quality.brightness == pytest.approx(float(np.mean(sample.image @ [0.299, 0.587, 0.114])), abs=2)


def test_a_frame_of_another_picture_between_two_alike_does_not_stand_still(tmp_path):
    street, other = (next(clips.street(1, seed=seed)) for seed in (1, 2))
    pictures = [*[street] * 10, *[other] * 2, *[street] * 10]
    samples = scan(clips.write_clip(tmp_path / "flash.mp4", pictures=pictures)).samples
    still = {float(sample.time): sample.stillness for sample in samples}
    assert still[0] == 1
    assert still[1] < 0.5


def test_of_a_long_video_the_better_of_neighbours_stay(tmp_path, monkeypatch):
    """Every other quarter of a second is blurred; with room for an eighth of the frames, none of those is kept."""
    monkeypatch.setattr(scanning, "MAX_SAMPLES", 16)
    sharp = list(clips.street(60))
    pictures = [picture for pair in zip(sharp, clips.blurred(sharp), strict=True) for picture in pair]
    stamps = [250 * number for number in range(len(pictures))]
    scanned = scan(clips.write_clip(tmp_path / "long.mp4", pictures=pictures, stamps_ms=stamps))
    assert scanned.seen == 120
    assert 8 <= len(scanned.samples) <= 16
    assert all(sample.time.seconds % 1 in (0, 0.5) for sample in scanned.samples)
    assert scanned.samples[-1].time.seconds > 25


def test_what_cannot_be_decoded_is_bad_media(tmp_path):
    with pytest.raises(BadMedia, match="only audio"):
        scan(clips.write_sound(tmp_path / "song.mp4"))
