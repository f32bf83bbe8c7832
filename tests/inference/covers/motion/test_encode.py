"""Files that play while they load, are small enough, and the same at every call."""

import io
import itertools
import struct
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from inference.covers.motion.colour import to_rgb, to_yuv
from inference.covers.motion.encode import MOST_BYTES, decode_mp4, to_mp4, to_webp
from inference.covers.motion.surroundings import Unstill
from tests.clips import photograph, street

RATE = Fraction(24)
WIDTH, HEIGHT, COUNT = 320, 180, 30


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    return [to_yuv(picture) for picture in street(COUNT, WIDTH, HEIGHT)]


@pytest.fixture(scope="module")
def mp4(pictures) -> bytes:
    return to_mp4(lambda: iter(pictures), RATE, WIDTH, HEIGHT)


@pytest.fixture(scope="module")
def webp(pictures) -> bytes:
    return to_webp(lambda: iter(pictures), RATE, WIDTH, HEIGHT)


def atoms(data: bytes) -> list[str]:
    """Names of an MP4's top-level boxes, in order (ISO/IEC 14496-12)."""
    names, at = [], 0
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        names.append(name.decode())
        at += size or len(data)
    return names


def noise(count: int, width: int, height: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (height * 3 // 2, width), np.uint8) for _ in range(count)]


def test_the_index_comes_before_the_pictures(mp4):
    names = atoms(mp4)
    assert names[0] == "ftyp"
    assert names.index("moov") < names.index("mdat")


def test_it_is_h264_high_without_sound(mp4):
    with av.open(io.BytesIO(mp4)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.profile, codec.pix_fmt) == ("h264", "High", "yuv420p")
        assert (codec.width, codec.height) == (WIDTH, HEIGHT)
        assert container.streams.video[0].average_rate == RATE
        assert (codec.colorspace, codec.color_range) == (1, 1)


def test_every_group_of_pictures_stands_alone():
    still = next(iter(street(1, WIDTH, HEIGHT)))
    other = next(iter(street(1, WIDTH, HEIGHT, seed=3)))
    cut = [to_yuv(picture) for picture in [still] * 30 + [other] * 30]
    with av.open(io.BytesIO(to_mp4(lambda: iter(cut), RATE, WIDTH, HEIGHT))) as container:
        packets = [packet for packet in container.demux(video=0) if packet.pts is not None]
    keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
    assert keys[0] == 0
    assert len(keys) == 2
    for group in itertools.pairwise([*keys, len(packets)]):
        first = packets[group[0]].pts
        assert all(packet.pts >= first for packet in packets[group[0] : group[1]])


def test_pictures_and_colours_come_back(pictures, mp4):
    shown = list(decode_mp4(mp4))
    assert len(shown) == COUNT
    original = list(street(COUNT, WIDTH, HEIGHT))
    for number in (0, 10, COUNT - 1):
        assert np.abs(shown[number].astype(int) - original[number]).mean() < 4


def test_colours_survive_the_way_to_video_and_back():
    picture = photograph("flower.jpg", 320)[:208, :320]
    back = to_rgb(to_yuv(picture))
    assert back.shape == picture.shape
    assert np.abs(back.astype(int) - picture).mean() < 2


def test_the_webp_repeats_for_ever_in_the_same_time(webp):
    image = Image.open(io.BytesIO(webp))
    assert image.format == "WEBP"
    assert image.is_animated
    assert image.info["loop"] == 0
    assert image.n_frames == COUNT // 2
    total = 0
    for number in range(image.n_frames):
        image.seek(number)
        image.load()
        total += image.info["duration"]
    assert total == round(1000 * COUNT / RATE)


def test_the_same_pictures_give_the_same_bytes(pictures, mp4, webp):
    assert to_mp4(lambda: iter(pictures), RATE, WIDTH, HEIGHT) == mp4
    assert to_webp(lambda: iter(pictures), RATE, WIDTH, HEIGHT) == webp


def test_restless_pictures_give_up_quality_until_they_fit():
    restless = noise(24, 320, 240)
    assert len(to_mp4(lambda: iter(restless), RATE, 320, 240)) <= MOST_BYTES
    assert len(to_webp(lambda: iter(restless), RATE, 320, 240)) <= MOST_BYTES


def test_what_cannot_fit_is_refused():
    restless = noise(24, 720, 960)
    with pytest.raises(Unstill, match="too restless"):
        to_mp4(lambda: iter(restless), RATE, 720, 960)
