"""The videos of the batch benchmark, and what is told of its memory."""

import pytest

from inference.media.decode import probe
from tests.benchmarks.covers import batch
from tests.clips import write_clip


def test_no_two_videos_of_a_batch_have_the_same_bytes(tmp_path):
    clips = [write_clip(tmp_path / "long.mp4", seconds=7), write_clip(tmp_path / "short.mp4", seconds=2)]
    folder = tmp_path / "cut"
    folder.mkdir()
    made = batch.cut_clips(clips, 6, folder)
    assert [path.name for path in made[:3]] == ["long 1.mp4", "short 2.mp4", "long 3.mp4"]
    assert len({path.read_bytes() for path in made}) == 6
    lengths = [probe(path).duration_s for path in made]
    assert lengths[::2] == pytest.approx([batch.SECONDS] * 3, abs=0.2)
    assert lengths[1::2] == pytest.approx([2] * 3, abs=0.2)


def test_memory_that_grows_is_told():
    told = batch._by_quarter([100, 200, 150, 160, 170, 180, 500, 300])
    assert (told["first quarter MB"], told["last quarter MB"]) == (200 / 1e6, 500 / 1e6)
    assert told["last / first"] == 2.5
