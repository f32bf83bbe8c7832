"""Every kind of picture file as a person would see it, or its reason."""

import io
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from data_contracts.errors import BadMedia
from inference.media.picture import look_of, read_picture

RED, WHITE = (255, 0, 0), (255, 255, 255)
WIDTH, HEIGHT = 60, 40
MODES = {
    "JPEG": ("RGB", "CMYK"),
    "PNG": ("RGB", "RGBA", "P"),
    "TIFF": ("RGB", "RGBA", "P", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("P",),
    "BMP": ("RGB", "P"),
}


def red_left(mode: str = "RGB") -> Image.Image:
    """White, with the left half red, on which every turn and mode can be told."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    picture.paste(RED, (0, 0, WIDTH // 2, HEIGHT))
    return picture.convert(mode)


def close(pixel: np.ndarray, colour: tuple[int, int, int], by: int = 6) -> bool:
    return np.abs(pixel.astype(int) - colour).max() <= by


@pytest.mark.parametrize(("suffix", "mode"), [(suffix, mode) for suffix, modes in MODES.items() for mode in modes])
def test_every_format_and_mode_becomes_the_same_pixels(tmp_path, suffix, mode):
    red_left(mode).save(tmp_path / "whatever.jpg", suffix)
    image = read_picture(tmp_path / "whatever.jpg")
    assert (image.shape, image.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)
    assert close(image[20, 10], RED)
    assert close(image[20, 50], WHITE)


def test_a_turned_photo_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    red_left().save(tmp_path / "a.jpg", exif=exif)
    image = read_picture(tmp_path / "a.jpg")
    assert image.shape == (WIDTH, HEIGHT, 3)
    assert close(image[5, 20], RED)
    assert close(image[-5, 20], WHITE)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white(tmp_path, mode):
    picture = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 10, HEIGHT))
    picture.convert(mode).save(tmp_path / "a.png")
    image = read_picture(tmp_path / "a.png")
    assert close(image[20, 5], (0, 0, 0))
    assert close(image[20, 50], WHITE)


@pytest.mark.parametrize("name", ["a.png", "a.tiff"])
def test_sixteen_bits_keep_their_shades(tmp_path, name):
    ramp = np.linspace(0, 65535, WIDTH, dtype=np.uint16)
    Image.fromarray(np.tile(ramp, (HEIGHT, 1))).save(tmp_path / name)
    image = read_picture(tmp_path / name)
    assert np.abs(image[0, :, 0].astype(float) - ramp / 257).max() <= 1


def animation() -> bytes:
    file = io.BytesIO()
    red_left().save(file, "GIF", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))])
    return file.getvalue()


def encoded(suffix: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)).save(file, suffix)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        ("这不是图片\n".encode() * 50, "not a picture of a kind"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not a picture of a kind"),
        (encoded("JPEG")[:9000], "cut off or damaged"),
        (encoded("PNG")[:9000], "cut off or damaged"),
        (encoded("WEBP")[:9000], "cut off or damaged|not a picture"),
        (animation(), "an animation of 2 pictures"),
    ],
    ids=["empty", "text", "a program", "half a JPEG", "half a PNG", "half a WebP", "animation"],
)
def test_what_is_no_still_picture_is_refused_with_its_reason(tmp_path, content, reason):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(BadMedia, match=reason):
        read_picture(tmp_path / "a.jpg")


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("suffix", MODES)
def test_whatever_bytes_are_damaged_it_is_a_picture_or_refused(tmp_path, suffix):
    red_left("P" if suffix == "GIF" else "RGB").save(tmp_path / "whole", suffix)
    whole, random, refused = (tmp_path / "whole").read_bytes(), Random(0), 0
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(random.randint(1, 8)):
            damaged[random.randrange(min(len(damaged), 300))] = random.randrange(256)
        (tmp_path / "damaged").write_bytes(damaged)
        try:
            assert read_picture(tmp_path / "damaged", most_pixels=1_000_000).dtype == np.uint8
        except BadMedia:
            refused += 1
    assert refused > 0


def test_a_small_file_that_unfolds_to_too_many_pixels_is_refused_unread(tmp_path):
    Image.new("1", (5000, 5000)).save(tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size < 10_000
    with pytest.raises(BadMedia, match="5000 × 5000 pixels, more than the limit of 1000000"):
        read_picture(tmp_path / "a.png", most_pixels=1_000_000)


def differing_bits(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def photo(seed: int) -> Image.Image:
    rough = np.random.default_rng(seed).integers(0, 255, (6, 6, 3), np.uint8)
    return Image.fromarray(rough).resize((400, 300), Image.Resampling.BICUBIC)


def test_a_copy_looks_the_same_and_another_picture_does_not(tmp_path):
    whole = photo(1)
    whole.resize((200, 150)).save(tmp_path / "small.jpg", quality=40)
    look = look_of(np.asarray(whole))
    assert len(look) == 16
    assert differing_bits(look, look_of(read_picture(Path(tmp_path / "small.jpg")))) <= 4
    assert differing_bits(look, look_of(np.asarray(photo(2)))) >= 16
