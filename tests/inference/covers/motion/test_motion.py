"""Moving covers begin as their still, can be read at any time, cover no face, and close without a seam."""

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from data_contracts.errors import BadMedia
from inference.covers.frames.select import FrameChoice
from inference.covers.motion import MovingCover, Unstill, make_moving
from inference.covers.motion.encode import MOST_BYTES, decode_mp4
from inference.covers.motion.paint import fit
from inference.covers.picture.layout import Layout, compose
from inference.covers.picture.legibility import measure_contrast
from inference.covers.picture.render import render
from inference.covers.picture.style import STYLES, Wording
from inference.media import decode
from inference.media.time import MediaTime
from inference.models.faces import find_faces
from tests.clips import RATE, photograph, street, write_clip
from tests.inference.covers.choices import REAL_FRAMES, choose

WORDS = Wording("轻便旅行双肩包", "zh", price="¥99")
STILL_S = 3.0


def still_of(path: Path, seconds: float = STILL_S, style: str = "headline", **known) -> tuple[FrameChoice, Layout]:
    frame = decode.frame_at(path, MediaTime.from_seconds(seconds))
    choice = replace(choose(frame.image, **known), frame=frame)
    return choice, compose(choice, WORDS, "3:4", STYLES[style])


def swinging(count: int, period: int) -> list[np.ndarray]:
    """A camera that looks along a street and back, over and over."""
    pictures = list(street(period // 2 + 1))
    there_and_back = [*range(period // 2), *range(period // 2, 0, -1)]
    return [pictures[there_and_back[number % period]] for number in range(count)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("motion")
    return write_clip(folder / "swing.mp4", pictures=swinging(70, period=34), sound="tone")


@pytest.fixture(scope="module")
def moving(clip) -> MovingCover:
    return make_moving(clip, *still_of(clip), WORDS)


def steps_between(pictures: list[np.ndarray]) -> np.ndarray:
    """Mean change of every picture to the next, and of the last to the first, in levels."""
    return np.array([np.abs(a.astype(int) - b).mean() for a, b in pairwise([*pictures, pictures[0]])])


def test_it_begins_as_the_still(clip, moving):
    choice, layout = still_of(clip)
    still = cv2.resize(render(choice, layout), (moving.width, moving.height), interpolation=cv2.INTER_AREA)
    first = next(decode_mp4(moving.mp4))
    assert first.shape == (960, 720, 3)
    assert np.abs(first.astype(int) - still).mean() < 4
    webp = np.asarray(Image.open(io.BytesIO(moving.webp)).convert("RGB"))
    small = cv2.resize(still, webp.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(webp.astype(int) - small).mean() < 6


def test_text_can_be_read_on_every_picture(clip, moving):
    _, layout = still_of(clip)
    small = fit(layout)
    for picture in decode_mp4(moving.mp4):
        assert min(measure_contrast(picture, block) for block in small.blocks) >= 4.5


def test_it_closes_without_a_seam(moving):
    pictures = list(decode_mp4(moving.mp4))
    steps = steps_between(pictures)
    assert moving.loop == "cut"
    assert steps.max() < 2 * np.median(steps) + 1
    naive = np.abs(pictures[0].astype(int) - pictures[len(pictures) // 2]).mean()
    assert naive > 3 * steps.max()


def test_it_lasts_three_to_six_seconds_and_is_small(moving):
    assert 3 <= moving.seconds <= 6
    assert moving.seconds == pytest.approx(len(list(decode_mp4(moving.mp4))) / moving.fps)
    assert moving.end_s - moving.start_s == pytest.approx(3.4, abs=0.01)
    assert moving.start_s <= STILL_S < moving.end_s
    assert moving.fps == RATE
    assert max(len(moving.mp4), len(moving.webp)) <= MOST_BYTES
    assert all(check.passed for check in moving.checks)
    assert {"readable_throughout", "seamless", "starts_as_still"} <= {check.name for check in moving.checks}


def test_the_same_video_gives_the_same_bytes(clip, moving):
    again = make_moving(clip, *still_of(clip), WORDS)
    assert (again.mp4, again.webp) == (moving.mp4, moving.webp)


def test_a_short_shot_goes_there_and_back(tmp_path):
    path = write_clip(tmp_path / "short.mp4", pictures=list(street(12)) + list(street(12, seed=5)))
    short = make_moving(path, *still_of(path, 0.5), WORDS)
    assert short.loop == "boomerang"
    assert short.end_s <= 1.21
    assert short.seconds == pytest.approx(len(list(decode_mp4(short.mp4))) / short.fps)
    assert 1 <= short.seconds <= 2.4
    steps = steps_between(list(decode_mp4(short.mp4)))
    assert steps.max() < 2 * np.median(steps) + 1


@pytest.mark.parametrize("seconds", [0.5, 60])
def test_lengths_that_make_no_cover_are_refused(clip, seconds):
    with pytest.raises(ValueError, match=r"lasts 1\.5 to 10 s"):
        make_moving(clip, *still_of(clip), WORDS, seconds)


def test_a_single_picture_cannot_move(tmp_path):
    path = write_clip(tmp_path / "one.mp4", pictures=list(street(1)) + list(street(20, seed=5)))
    with pytest.raises(Unstill, match="s around the still can be shown"):
        make_moving(path, *still_of(path, 0), WORDS)


def test_a_video_cut_off_is_refused(tmp_path, clip):
    choice, layout = still_of(clip)
    cut_off = tmp_path / "cut off.mp4"
    cut_off.write_bytes(clip.read_bytes()[:-4000])
    with pytest.raises(BadMedia, match="cut off"):
        make_moving(cut_off, choice, layout, WORDS)


def test_a_face_that_moves_under_the_text_ends_the_loop(tmp_path):
    """The portrait sinks from the sixth second on, into the text at the bottom."""
    portrait = photograph("astronaut.png", 180)
    ground = np.full((480, 360, 3), (90, 110, 130), np.uint8)
    pictures = []
    for number in range(80):
        picture = ground.copy()
        wobble, sunk = round(3 * np.sin(number / 3)), 8 * max(0, number - 45)
        top = min(10 + wobble + sunk, 480)
        picture[top : top + 180, 90:270] = portrait[: 480 - top]
        pictures.append(picture)
    path = write_clip(tmp_path / "sinking.mp4", pictures=pictures)
    frame = decode.frame_at(path, MediaTime.from_seconds(STILL_S))
    face = find_faces(frame.image, closely=False)[0]
    choice, layout = still_of(path, faces=((face.box.as_list(), face.head.as_list()),))
    sinking = make_moving(path, choice, layout, WORDS)
    assert sinking.end_s < 7
    for picture in list(decode_mp4(sinking.mp4))[::5]:
        faces = find_faces(picture, closely=False)
        assert all(found.box.covered_by(fit(layout).card) <= 0.05 for found in faces)


def test_it_plays_in_a_browser(moving, chromium):
    page = chromium.new_page()
    files = {"": ("text/html", b"<html></html>"), "mp4": ("video/mp4", moving.mp4), "webp": ("image/webp", moving.webp)}

    def answer(route):
        kind, data = files[route.request.url.rpartition("/")[2]]
        route.fulfill(body=data, content_type=kind)

    page.route("http://cover/**", answer)
    page.goto("http://cover/")
    page.set_content('<video src="http://cover/mp4" muted loop></video><img src="http://cover/webp">')
    page.wait_for_function("document.querySelector('video').readyState >= 3 && document.querySelector('img').complete")
    size = page.evaluate(
        "(([v, i]) => [v.videoWidth, v.videoHeight, v.duration, i.naturalWidth])"
        "([document.querySelector('video'), document.querySelector('img')])"
    )
    page.close()
    assert size == [720, 960, pytest.approx(3.4, abs=0.11), 480]


def test_a_real_clip_closes_better_than_one_cut_at_the_still(shared_data):
    real = REAL_FRAMES["speakers"]
    path = shared_data / "videos" / f"{real.video}.mp4"
    choice, layout = still_of(path, real.seconds, faces=real.faces, texts=real.texts)
    moving = make_moving(path, choice, layout, WORDS, seconds=3)
    pictures = list(decode_mp4(moving.mp4))
    steps = steps_between(pictures)
    naive = decode.frames_at(path, [MediaTime.from_seconds(real.seconds), MediaTime.from_seconds(real.seconds + 3)])
    jump = np.subtract(*[frame.image.astype(int) for frame in naive])
    assert steps.max() < np.abs(jump).mean()
    assert len(pictures) / moving.fps == pytest.approx(3, abs=0.3)
