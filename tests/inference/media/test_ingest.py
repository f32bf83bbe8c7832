"""Every kind of file a landing folder may hold: taken in as a person would see it, or refused with its reason."""

import json
import os
import shutil
from fractions import Fraction
from pathlib import Path

import fsspec
import numpy as np
import pytest

from data_contracts.catalog import QUARANTINE, TRANSCRIPTS, VIDEOS
from data_contracts.settings import Settings
from data_contracts.store import Lake
from inference.media import ingest
from inference.media.landing import list_videos
from tests.clips import street, write_clip, write_sound

LIMITS = {"max_video_bytes": 300_000, "max_video_seconds": 6.0}

GOOD = {  # what a player would show: width, height, turn, whether the rate varies, whether there is sound
    "plain.mp4": (320, 180, 0, False, False),
    "sub/名字 '引号' \"双\" &\u3000空格\n.mp4": (320, 180, 0, False, False),
    "turned.mp4": (180, 320, 90, False, False),
    "upside down.mov": (320, 180, 180, False, False),
    "anamorphic.mp4": (427, 180, 0, False, False),
    "uneven.mkv": (320, 180, 0, True, False),
    "sound.webm.mp4": (320, 180, 0, False, True),
}

REFUSED = {
    "truncated.mp4": "cut off",
    "truncated.mkv": "cut off",
    "empty.mp4": "the file is empty",
    "sound only.mp4": "no moving picture, only audio",
    "text.mp4": "not a video",
    "playlist.mp4": "not a video",
    "large.mp4": "bytes, more than the limit of 300000",
    "long.mp4": "9 s long, more than the limit of 6 s",
    "outside.mp4": "outside the landing folder",
    "dangling.mp4": "does not exist",
    "pipe.mp4": "no file",
    "twice.mp4": "the same bytes as plain.mp4",
    "broken \udcff name.mp4": "is not Unicode: rename it",
}


@pytest.fixture(scope="module")
def landing(tmp_path_factory) -> Path:
    """A folder with everything in it."""
    folder = tmp_path_factory.mktemp("landing")
    _write_good(folder)
    _write_bad(folder, tmp_path_factory.mktemp("elsewhere"))
    return folder


def _write_good(folder: Path) -> None:
    plain, quoted, turned, upside_down, anamorphic, uneven, sound = (folder / name for name in GOOD)
    quoted.parent.mkdir()
    write_clip(plain)
    write_clip(quoted, pictures=list(street(20, seed=1)))
    write_clip(turned, rotation_deg=90)
    write_clip(upside_down, rotation_deg=180)
    write_clip(anamorphic, sample_aspect=Fraction(4, 3))
    write_clip(uneven, stamps_ms=np.cumsum([40, 100, 40, 300, 40] * 4).tolist())
    write_clip(sound, sound="tone")


def _write_bad(folder: Path, elsewhere: Path) -> None:
    for suffix in (".mp4", ".mkv"):
        whole = write_clip(elsewhere / f"whole{suffix}", seconds=5).read_bytes()
        (folder / f"truncated{suffix}").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.mp4").touch()
    write_sound(folder / "sound only.mp4")
    (folder / "text.mp4").write_text("这不是视频\n" * 50)
    (folder / "playlist.mp4").write_text(f"#EXTM3U\n#EXTINF:2,\n{folder / 'plain.mp4'}\n#EXT-X-ENDLIST\n")
    noise = np.random.default_rng(0).integers(0, 255, (10, 360, 640, 3), np.uint8)
    write_clip(folder / "large.mp4", pictures=list(noise))
    write_clip(folder / "long.mp4", pictures=list(street(18)), stamps_ms=[500 * number for number in range(18)])
    (folder / "outside.mp4").symlink_to(elsewhere / "whole.mp4")
    (folder / "dangling.mp4").symlink_to(folder / "gone.mp4")
    os.mkfifo(folder / "pipe.mp4")
    shutil.copy(folder / "plain.mp4", folder / "twice.mp4")
    shutil.copy(folder / "plain.mp4", os.fsencode(folder) + b"/broken \xff name.mp4")


def settings_for(landing: Path | str) -> Settings:
    return Settings(landing_uri=str(landing), **LIMITS)


def take_in(lake: Lake, landing: Path | str, run: str = "run 1") -> list[str]:
    """What the DAG does: look for new files, then read them."""
    return ingest.probe_batch(lake, ingest.find_new(lake, str(landing)), settings_for(landing), run)


@pytest.fixture(scope="module")
def taken(landing, tmp_path_factory) -> Lake:
    """The lake after one look at the folder."""
    home = tmp_path_factory.mktemp("home")
    lake = Lake(str(home / "lake"), str(home / "blobs"))
    take_in(lake, landing)
    return lake


def refusals(lake: Lake) -> dict[str, str]:
    rows = lake.read(QUARANTINE, where=f"contract = '{VIDEOS.name}'").to_pylist()
    return {json.loads(row["row"])["uri"].rpartition("/")[2]: row["reason"] for row in rows}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_taken_in_as_it_is_seen(taken, landing, name):
    (row,) = (row for row in taken.read(VIDEOS).to_pylist() if row["name"] == Path(name).name)
    seen = (row["width"], row["height"], row["rotation_deg"], row["variable_fps"], row["has_audio"])
    assert seen == GOOD[name]
    assert row["uri"] == f"file://{landing / name}"
    assert row["product_match"] == "none"
    assert 1.5 < row["duration_s"] < 3
    with taken.open_blob(row["sha256"]) as blob:
        assert blob.read() == (landing / name).read_bytes()


@pytest.mark.parametrize("name", REFUSED, ids=[ascii(name) for name in REFUSED])
def test_a_bad_file_is_refused_with_its_own_reason(taken, name):
    assert REFUSED[name] in refusals(taken)[name]


def test_nothing_else_is_taken_in_or_refused(taken):
    assert sorted(taken.read(VIDEOS)["name"].to_pylist()) == sorted(Path(name).name for name in GOOD)
    assert refusals(taken).keys() == REFUSED.keys()
    assert set(taken.read(QUARANTINE)["run"].to_pylist()) == {"run 1"}


def test_looking_again_reads_nothing_and_changes_nothing(taken, landing):
    ingest.transcribe_batch(taken, taken.read(VIDEOS)["video_id"].to_pylist(), "run 1")
    versions = taken.version(VIDEOS), taken.version(QUARANTINE)
    assert ingest.find_new(taken, str(landing)) == []
    again = ingest.probe_batch(taken, list_videos(str(landing)), settings_for(landing), "run 2")  # a retried task
    assert len(again) == len(GOOD)
    assert (taken.version(VIDEOS), taken.version(QUARANTINE)) == versions


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "landing").mkdir()
    return tmp_path / "landing"


def test_a_replaced_file_is_read_anew(lake, folder):
    first = take_in(lake, write_clip(folder / "a.mp4").parent)
    second = take_in(lake, write_clip(folder / "a.mp4", pictures=list(street(20, seed=2))).parent)
    assert len(first) == len(second) == 1
    assert first != second
    assert sorted(lake.read(VIDEOS)["video_id"].to_pylist()) == sorted(first + second)


def test_a_renamed_file_is_the_same_video_under_its_new_name(lake, folder):
    (video,) = take_in(lake, write_clip(folder / "a.mp4").parent)
    first_taken = lake.read(VIDEOS)["ingested_at"].to_pylist()
    (folder / "a.mp4").rename(folder / "b.mp4")
    assert take_in(lake, folder) == [video]
    assert lake.read(VIDEOS)["name"].to_pylist() == ["b.mp4"]
    assert lake.read(VIDEOS)["ingested_at"].to_pylist() == first_taken != [None]
    assert refusals(lake) == {}


def test_a_file_that_is_being_written_waits_until_it_is_whole(lake, folder):
    whole = write_clip(folder.parent / "a.mp4", seconds=4).read_bytes()
    growing = folder / "a.mp4"
    growing.write_bytes(whole[: len(whole) // 2])
    listed = ingest.find_new(lake, str(folder))
    growing.write_bytes(whole[: 3 * len(whole) // 4])  # written on between being listed and being read
    assert ingest.probe_batch(lake, listed, settings_for(folder), "run 1") == []
    assert lake.version(QUARANTINE) == 0

    assert take_in(lake, folder, "run 2") == []  # it stood still, and is half a file
    assert "cut off" in refusals(lake)["a.mp4"]
    growing.write_bytes(whole)
    assert len(take_in(lake, folder, "run 3")) == 1


def test_a_file_that_is_gone_again_is_no_error(lake, folder):
    listed = ingest.find_new(lake, str(write_clip(folder / "a.mp4").parent))
    (folder / "a.mp4").unlink()
    assert ingest.probe_batch(lake, listed, settings_for(folder), "run 1") == []
    assert lake.version(QUARANTINE) == 0


def test_videos_in_an_object_store_are_taken_in(lake, tmp_path):
    store = fsspec.filesystem("memory")
    store.pipe_file("/ingest/视频 1.mp4", write_clip(tmp_path / "a.mp4").read_bytes())
    store.pipe_file("/ingest/broken.mp4", b"nothing")
    (video,) = take_in(lake, "memory://ingest")
    (row,) = lake.read(VIDEOS).to_pylist()
    assert (row["video_id"], row["name"], row["uri"]) == (video, "视频 1.mp4", "memory:///ingest/视频 1.mp4")
    assert refusals(lake).keys() == {"broken.mp4"}
    ingest.transcribe_batch(lake, [video], "run 1")
    assert ingest.find_new(lake, "memory://ingest") == []


def test_a_silent_video_has_a_transcript_without_words(lake, folder):
    write_clip(folder / "mute.mp4")
    write_clip(folder / "silence.mp4", sound="silence")
    write_clip(folder / "tone.mp4", sound="tone")
    videos = take_in(lake, folder)
    (folder / "silence.txt").write_text("轻便保温杯，一键开盖", encoding="utf-8")
    assert ingest.transcribe_batch(lake, videos, "run 1") == {"none": 2, "script": 1}
    rows = {row["video_id"]: row for row in lake.read(TRANSCRIPTS).to_pylist()}
    assert [rows[video]["text"] for video in videos] == ["", "轻便保温杯，一键开盖", ""]
    assert [rows[video]["language"] for video in videos] == [None, "zh", None]
    assert all(row["words"] == [] and row["speech_s"] == 0 for row in rows.values())

    version = lake.version(TRANSCRIPTS)
    assert ingest.transcribe_batch(lake, videos, "run 2") == {}
    assert lake.version(TRANSCRIPTS) == version


def test_a_video_that_cannot_be_decoded_costs_its_own_transcript_only(lake, folder):
    videos = take_in(lake, write_clip(folder / "a.mp4").parent)
    (row,) = lake.read(VIDEOS).to_pylist()
    lake.write(VIDEOS, [row | {"video_id": "0" * 16, "sha256": lake.put_blob(b"decayed")}], "run 1")
    assert ingest.transcribe_batch(lake, ["0" * 16, *videos], "run 1") == {"refused": 1, "none": 1}
    assert lake.read(TRANSCRIPTS)["video_id"].to_pylist() == videos
    (refused,) = lake.read(QUARANTINE).to_pylist()
    assert (refused["contract"], json.loads(refused["row"])["video_id"]) == (TRANSCRIPTS.name, "0" * 16)


def test_what_is_said_and_shown_in_a_real_video_is_written_down(lake, folder, shared_data):
    shutil.copy(shared_data / "videos" / "cartoon_subtitled_zh.mp4", folder)
    videos = ingest.probe_batch(lake, list_videos(str(folder)), Settings(landing_uri=str(folder)), "run 1")
    ingest.transcribe_batch(lake, videos, "run 1")
    (row,) = lake.read(TRANSCRIPTS).to_pylist()
    assert any("\u4e00" <= character <= "\u9fff" for line in row["screen_text"] for character in line)
    assert row["models"]
