"""The sample videos are real ones: they decode, move smoothly and stand upright; filling twice writes nothing."""

from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from inference.media import decode
from inference.media.catalogue import read_products
from inference.media.landing import list_videos, read_script
from inference.models.shelf import read_shelf, resolve
from infra.samples import collect as samples

PIXEL_CLOSE = 6
"""Mean difference in grey levels that H.264 and resizing leave between a photo and its film."""
SMOOTH_PX = 0.3
"""How far a pan's step may differ from the one before; a camera moved by whole pixels jumps by 1."""
ECC = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)


@pytest.fixture(scope="module")
def landing(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("samples") / "landing"
    samples.collect(folder)
    return folder


def test_every_video_is_tied_to_one_product_and_has_a_script(landing):
    shows = {}
    for row in read_products(str(landing / "products.csv")):
        for video in row["videos"]:
            shows.setdefault(video, set()).add(row["product_id"])
    videos = list_videos(str(landing))
    assert {video.name for video in videos} == shows.keys()
    assert 9 <= len(videos) <= 12
    assert all(len(products) == 1 for products in shows.values())
    assert all(read_script(video.uri) for video in videos)


def test_nothing_lands_but_videos_scripts_and_the_catalogue(landing):
    assert {path.suffix for path in landing.iterdir()} == {".mp4", ".txt", ".csv"}


def test_every_video_decodes_to_its_end(landing):
    for path in landing.glob("*.mp4"):
        info = decode.probe(path)
        times = [float(frame.time) for frame in decode.frames(path, every_s=1.0)]
        assert 4 <= info.duration_s <= 31, path.name
        assert times[-1] > info.duration_s - 2, path.name


@pytest.mark.parametrize(("photo", "film"), samples.FILMS.items())
def test_a_film_is_as_long_and_as_large_as_asked(landing, photo, film):
    info = decode.probe(landing / f"{Path(photo).stem}.mp4")
    assert info.duration_s == pytest.approx(sum(move.seconds for move in film.moves))
    assert (info.width, info.height) == (film.width, film.height)
    assert max(info.width, info.height) >= 640
    assert (info.rotation_deg != 0) == film.turned


def test_a_turned_film_plays_upright(landing):
    film = samples.FILMS["flower.jpg"]
    photo = cv2.imread(str(resolve("scikit-learn-photos", samples.CLIPS_FILE) / "flower.jpg"))
    height, width = photo.shape[:2]
    wide = height * film.width // film.height
    left = round(film.moves[0].start.x * width - wide / 2)
    crop = cv2.resize(photo[:, left : left + wide], (240, 320), interpolation=cv2.INTER_AREA)
    first = next(decode.frames(landing / "flower.mp4", width=240)).image[:, :, ::-1]
    difference = np.abs(first.astype(float) - crop).mean()
    upside_down = np.abs(first[::-1, ::-1].astype(float) - crop).mean()
    assert difference < PIXEL_CLOSE < upside_down


def test_a_pan_moves_by_fractions_of_a_pixel(landing):
    second_shot = range(110, 150)
    frames = list(decode.frames(landing / "china.mp4", every_s=1 / samples.FPS, width=720))
    grey = [cv2.cvtColor(frames[index].image, cv2.COLOR_RGB2GRAY).astype(np.float32) for index in second_shot]
    steps = np.array([vertical_step(one, other) for one, other in pairwise(grey)])
    assert np.ptp(steps) > 1, "the camera speeds up"
    assert np.abs(np.diff(steps)).max() < SMOOTH_PX


def test_filling_a_filled_folder_writes_nothing(landing):
    before = {path: path.stat().st_mtime_ns for path in landing.iterdir()}
    assert samples.collect(landing) == []
    assert {path: path.stat().st_mtime_ns for path in landing.iterdir()} == before


def test_only_what_is_missing_is_written_and_with_the_same_bytes(landing):
    film, own = landing / "coffee.mp4", landing / "products.csv"
    digest, catalogue = sha256(film.read_bytes()).hexdigest(), own.read_bytes()
    film.unlink()
    own.write_text("product_id,title\nmine,My own\n")
    try:
        assert samples.collect(landing) == [film]
        assert own.read_text().endswith("My own\n")
        assert sha256(film.read_bytes()).hexdigest() == digest
    finally:
        own.write_bytes(catalogue)


def test_words_land_before_videos():
    names = [name for name, _ in samples._samples()]
    suffixes = [Path(name).suffix for name in names]
    assert suffixes == sorted(suffixes, key=(".csv", ".txt", ".mp4").index)


def test_a_film_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    odd = replace(samples.FILMS["coffee.png"], width=719)  # 4:2:0 has no odd widths
    monkeypatch.setitem(samples.FILMS, "coffee.png", odd)
    with pytest.raises(av.FFmpegError):
        samples.collect(tmp_path)
    assert (tmp_path / "bikes.mp4").exists()
    assert not [path for path in tmp_path.iterdir() if "coffee.mp4" in path.name]


def test_clips_are_copied_byte_for_byte(landing):
    for entry in read_shelf(samples.CLIPS_FILE).values():
        for file in entry.files:
            if entry.role == "clip":
                assert sha256((landing / file.name).read_bytes()).hexdigest() == file.sha256
            else:
                assert file.name in samples.FILMS


def vertical_step(one: np.ndarray, other: np.ndarray) -> float:
    """Pixels that the picture moved down, to about 0.1 (Evangelidis and Psarakis 2008)."""
    still = np.eye(2, 3, dtype=np.float32)
    _, warp = cv2.findTransformECC(one, other, still, cv2.MOTION_TRANSLATION, ECC, None, 5)
    return float(warp[1, 2])
