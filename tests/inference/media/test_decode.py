"""Real files, written here: each thing a container may say about its picture, and each way to be no video."""

from fractions import Fraction

import numpy as np
import pytest

from data_contracts.errors import BadMedia
from inference.media import decode
from inference.media.time import MediaTime
from tests import clips

UNEVEN_MS = (0, 100, 120, 300, 340, 600, 700, 900, 930, 1500)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return clips.write_clip(tmp_path_factory.mktemp("clips") / "street.mp4", seconds=3)


def quadrants(width: int = 160, height: int = 96) -> np.ndarray:
    """Red at the top left, green at the top right, blue at the bottom left, white at the bottom right."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2, 0] = picture[: height // 2, width // 2 :, 1] = 255
    picture[height // 2 :, : width // 2, 2] = picture[height // 2 :, width // 2 :] = 255
    return picture


def corners(image: np.ndarray) -> list[str]:
    """The colours of the four corners, row by row."""
    names = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white"}
    inset = 8
    ends = (inset, -inset)
    return [names[tuple((image[row, column] > 128).astype(int).tolist())] for row in ends for column in ends]


def test_probe_tells_size_rate_and_length(clip):
    info = decode.probe(clip)
    assert (info.width, info.height, info.rotation_deg) == (320, 180, 0)
    assert (info.fps, info.variable_fps, info.frame_count) == (10, False, 30)
    assert info.duration_s == pytest.approx(3)
    assert not info.has_audio


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (0, ["red", "green", "blue", "white"]),
        (90, ["blue", "red", "white", "green"]),
        (180, ["white", "blue", "green", "red"]),
        (270, ["green", "white", "red", "blue"]),
    ],
)
def test_pictures_are_turned_as_a_player_turns_them(tmp_path, turn, expected):
    path = clips.write_clip(tmp_path / "turned.mp4", pictures=[quadrants()] * 5, rotation_deg=turn)
    info, frame = decode.probe(path), decode.frame_at(path, MediaTime.from_seconds(0))
    assert info.rotation_deg == turn
    assert (info.width, info.height) == ((160, 96) if turn % 180 == 0 else (96, 160))
    assert (frame.width, frame.height) == (info.width, info.height)
    assert corners(frame.image) == expected
    assert all(corners(small.image) == expected for small in decode.frames(path, width=80))


@pytest.mark.parametrize(
    ("aspect", "turn", "size"), [((4, 3), 0, (213, 96)), ((1, 2), 0, (80, 96)), ((2, 1), 90, (96, 320))]
)
def test_stored_pixels_become_square(tmp_path, aspect, turn, size):
    pictures = [quadrants()] * 5
    path = clips.write_clip(
        tmp_path / "wide.mp4", pictures=pictures, sample_aspect=Fraction(*aspect), rotation_deg=turn
    )
    info, frame = decode.probe(path), decode.frame_at(path, MediaTime.from_seconds(0))
    assert (info.width, info.height) == size == (frame.width, frame.height)


def test_uneven_times_are_kept(tmp_path):
    path = clips.write_clip(tmp_path / "uneven.mp4", seconds=1, stamps_ms=UNEVEN_MS)
    info = decode.probe(path)
    assert info.variable_fps
    assert info.frame_count == len(UNEVEN_MS)
    assert info.duration_s >= UNEVEN_MS[-1] / 1000
    assert info.fps == pytest.approx(len(UNEVEN_MS) / info.duration_s)
    every = [round(1000 * float(frame.time)) for frame in decode.frames(path, every_s=0.01)]
    assert every == list(UNEVEN_MS)


def test_a_steady_rate_with_rounded_stamps_is_no_variable_rate(tmp_path):
    stamps = [round(number * 1001 / 30) for number in range(30)]
    info = decode.probe(clips.write_clip(tmp_path / "ntsc.mkv", seconds=3, stamps_ms=stamps))
    assert not info.variable_fps
    assert info.duration_s == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("name", ["two words.mp4", "新品 开箱.mp4", 'it\'s "new".mp4', "100%20a:b#c?.mp4", "-i.mp4"])
def test_any_name_will_do(tmp_path, name):
    path = clips.write_clip(tmp_path / name, seconds=0.5)
    assert decode.probe(path).frame_count == 5
    assert len(list(decode.frames(path))) == 2


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "avi", "flv", "ts"])
def test_containers(tmp_path, suffix):
    path = clips.write_clip(tmp_path / f"clip.{suffix}", seconds=1)
    info = decode.probe(path)
    assert (info.width, info.height) == (320, 180)
    assert info.duration_s == pytest.approx(1, abs=0.2)
    assert decode.frame_at(path, MediaTime.from_seconds("0.5")).image.shape == (180, 320, 3)


def cut(path, share):
    data = path.read_bytes()
    path.write_bytes(data[: round(share * len(data))])


def text_named_mp4(path):
    path.write_text("#EXTM3U\n/etc/passwd\n")


def playlist(path):
    path.write_text("ffconcat version 1.0\nfile other.mp4\n")


BAD = {
    "empty": ("clip.mp4", lambda path: path.write_bytes(b""), "the file is empty"),
    "cut off before its index": ("clip.mp4", lambda path: cut(clips.write_clip(path), 0.7), "cut off: an MP4"),
    "cut off": ("clip.mkv", lambda path: cut(clips.write_clip(path, seconds=12), 0.5), "cut off: data end"),
    "sound alone": ("clip.mp4", lambda path: clips.write_sound(path), "no moving picture, only audio"),
    "text": ("clip.mp4", text_named_mp4, "not a video"),
    "playlist": ("clip.mp4", playlist, "not a video"),
    "noise": ("clip.mp4", lambda path: path.write_bytes(np.random.default_rng(0).bytes(50_000)), "not a video"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_video_is_refused_with_its_name_and_why(tmp_path, case):
    name, write, reason = BAD[case]
    write(tmp_path / name)
    with pytest.raises(BadMedia, match=rf"clip\.\w+: .*{reason}"):
        decode.probe(tmp_path / name)


def test_a_damaged_picture_stream_is_refused(tmp_path):
    path = clips.write_clip(tmp_path / "clip.mp4")
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov", start) - 4
    data[start:end] = b"\xff" * (end - start)
    path.write_bytes(data)
    with pytest.raises(BadMedia, match="no frame can be decoded"):
        decode.probe(path)


def test_a_missing_file_is_no_bad_media(tmp_path):
    with pytest.raises(FileNotFoundError):
        decode.probe(tmp_path / "gone.mp4")


def test_frames_come_at_even_steps_and_small(clip):
    found = list(decode.frames(clip, every_s=0.5, width=100))
    assert [float(frame.time) for frame in found] == [0, 0.5, 1, 1.5, 2, 2.5]
    assert {(frame.width, frame.height) for frame in found} == {(100, 56)}


def test_small_pictures_are_not_enlarged(clip):
    assert next(decode.frames(clip, width=4000)).width == 320


def test_a_slow_video_yields_every_frame(tmp_path):
    path = clips.write_clip(tmp_path / "slow.mp4", seconds=0.5, stamps_ms=[0, 1000, 2000, 3000, 4000])
    assert [float(frame.time) for frame in decode.frames(path)] == [0, 1, 2, 3, 4]


def test_a_moment_shows_the_frame_a_player_shows(tmp_path):
    levels = [np.full((96, 160, 3), 8 * number, np.uint8) for number in range(30)]
    path = clips.write_clip(tmp_path / "levels.mp4", pictures=levels)
    for asked, shown in [("0", 0), ("0.05", 0), ("0.1", 1), ("1.99", 19), ("2", 20), ("99", 29)]:
        frame = decode.frame_at(path, MediaTime.from_seconds(asked))
        assert float(frame.time) == pytest.approx(shown / 10)
        assert frame.image.mean() == pytest.approx(8 * shown, abs=3)


def test_distant_moments_are_found_by_seeking(tmp_path):
    path = clips.write_clip(tmp_path / "long.mp4", seconds=12, width=64, height=48)
    every = {frame.time: frame.image for frame in decode.frames(path, every_s=0.01)}
    wanted = [MediaTime.from_seconds(second) for second in ("11.1", "0.3", "5.7", "0.4", "11.1")]
    found = list(decode.frames_at(path, wanted))
    assert [frame.time for frame in found] == sorted(wanted)
    assert all(np.array_equal(frame.image, every[frame.time]) for frame in found)


def test_sound_is_mono_at_the_rate_asked_for(tmp_path):
    path = clips.write_clip(tmp_path / "tone.mp4", seconds=1, sound="tone")
    samples = decode.audio(path, rate=8000)
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(8000, abs=600)
    spectrum = np.abs(np.fft.rfft(samples[:8000]))
    assert np.argmax(spectrum) == pytest.approx(440, abs=2)
    assert 0.25 < np.abs(samples).max() <= 1


def test_silence_and_no_sound_at_all(tmp_path, clip):
    silent = decode.audio(clips.write_clip(tmp_path / "silent.mp4", seconds=1, sound="silence"))
    assert len(silent)
    assert np.abs(silent).max() < 1e-3
    assert decode.audio(clip).size == 0


def test_roughly_is_nearly_the_same_for_less(tmp_path):
    """At forty pictures a second with B-frames: moments may be a few frames late, pictures are the file's own."""
    stamps = [25 * number for number in range(200)]
    path = clips.write_clip(tmp_path / "smooth.mp4", pictures=list(clips.street(200)), stamps_ms=stamps)
    exact, rough = (list(decode.frames(path, 0.25, roughly=roughly)) for roughly in (False, True))
    assert len(rough) == len(exact) == 20
    assert all(0 <= one.time - other.time < 0.2 for one, other in zip(rough, exact, strict=True))
    own = {frame.time: frame.image for frame in decode.frames(path, 0.001)}
    assert all(np.array_equal(frame.image, own[frame.time]) for frame in rough)


def test_a_span_starts_at_a_keyframe_and_ends_in_time(tmp_path):
    streets = [picture for seed in (1, 2) for picture in clips.street(30, seed=seed)]
    path = clips.write_clip(tmp_path / "two.mp4", pictures=streets)
    start, end = MediaTime.from_seconds(3), MediaTime.from_seconds(4)
    times = [float(frame.time) for frame in decode.frames(path, 0.25, start=start, end=end)]
    assert times[0] == 3, "the second street starts with a keyframe"
    assert times[-1] <= 4
    assert len(times) >= 4


def test_keyframes_are_frames_that_start_shots(tmp_path):
    streets = [picture for seed in (1, 2, 3) for picture in clips.street(20, seed=seed)]
    path = clips.write_clip(tmp_path / "three.mp4", pictures=streets)
    found = list(decode.keyframes(path))
    assert [float(frame.time) for frame in found] == [0, 2, 4]
    assert np.array_equal(found[1].image, decode.frame_at(path, MediaTime.from_seconds(2)).image)


def test_stills_are_small_and_give_the_whole_frame_afterwards(tmp_path):
    path = clips.write_clip(tmp_path / "large.mp4", pictures=list(clips.street(40, 640, 360)))
    times = [MediaTime.from_seconds(second) for second in (0.5, 3.4)]
    stills = list(decode.stills_at(path, times, 320))
    for time, still in zip(times, stills, strict=True):
        assert still.image.shape == (180, 320, 3)
        frame = still.full_size()
        assert frame.time == still.time == time
        assert np.array_equal(frame.image, decode.frame_at(path, time).image)


def test_a_frame_far_into_a_video_is_the_same_with_and_without_seeking(tmp_path):
    stamps = [40 * number for number in range(250)]
    path = clips.write_clip(tmp_path / "far.mp4", pictures=list(clips.street(250)), stamps_ms=stamps)
    every = {frame.time: frame.image for frame in decode.frames(path, 0.001)}
    for time in list(every)[60::37]:
        assert np.array_equal(decode.frame_at(path, time).image, every[time])
