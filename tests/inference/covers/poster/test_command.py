"""``python -m inference.covers.poster`` as a person would type it."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from inference.covers.picture import template
from inference.covers.poster import __main__ as command
from tests.inference.covers.choices import paint

EXAMPLE = Path(template.__file__).parent / "templates" / "sale.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("poster")
    image = paint(600, 600)
    cv2.circle(image, (300, 320), 120, (200, 40, 40), -1)
    Image.fromarray(image).save(folder / "photo.jpg")
    (folder / "cut.jpg").write_bytes((folder / "photo.jpg").read_bytes()[:900])
    (folder / "texts.txt").write_text("headline: 一口山泉的清甜\nprice: ¥2.9\n", encoding="utf-8")
    (folder / "bad.txt").write_text("slogan: 清甜\n", encoding="utf-8")
    (folder / "thai.txt").write_text("headline: ราคา\n", encoding="utf-8")
    (folder / "bad.json").write_text('{"slots": [{"role": "headline"}]}', encoding="utf-8")
    return folder


def run(folder: Path, *arguments, photo="photo.jpg", texts="texts.txt", size="640x800", out="out.jpg") -> int:
    given = [folder / photo, "--texts", folder / texts, "--size", size, "--out", folder / out, *arguments]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["inference.covers.poster", *map(str, given)])
        return command.main()


@pytest.mark.parametrize(("out", "kind"), [("a.jpg", "JPEG"), ("b.png", "PNG"), ("c.webp", "WEBP")])
def test_a_poster_is_written_in_the_kind_its_name_says(folder, out, kind):
    arguments = ("--template", EXAMPLE) if kind == "PNG" else ("--style", "headline")
    assert run(folder, *arguments, out=out) == 0
    with Image.open(folder / out) as poster:
        assert (poster.format, poster.size) == (kind, (640, 800))
        assert np.asarray(poster).std() > 10


@pytest.mark.parametrize(("given", "said"), [({"photo": "cut.jpg"}, "cut off"), ({"texts": "thai.txt"}, "no glyph")])
def test_what_cannot_become_a_poster_is_refused_with_status_1(folder, caplog, given, said):
    assert run(folder, out="refused.jpg", **given) == 1
    assert said in caplog.text
    assert not (folder / "refused.jpg").exists()


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        ((), {"texts": "bad.txt"}, "unknown role 'slogan'"),
        ((), {"texts": "gone.txt"}, "gone.txt"),
        ((), {"photo": "gone.jpg"}, "gone.jpg"),
        ((), {"size": "0x0"}, "canvas of 0 × 0"),
        ((), {"size": "99999x99999"}, "canvas of 99999"),
        ((), {"size": "wide"}, "is not like 1080x1920"),
        ((), {"out": "out.gif"}, "ends in none of"),
        ((), {"out": "photo.jpg"}, "the photo itself"),
        ((), {"out": "gone/out.jpg"}, "there is no folder"),
        (("--style", "baroque"), {}, "known are headline"),
        (("--template", "bad.json"), {}, r"slots.0.box"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(folder, capsys, monkeypatch, arguments, given, said):
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as stopped:
        run(folder, *arguments, **given)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err
    assert (folder / "photo.jpg").stat().st_size > 900
