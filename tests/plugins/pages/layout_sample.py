"""Three annotated posters, drawn here: two that wait for a person, one of them hostile, and one verified."""

import hashlib
import io
from datetime import UTC, datetime

from PIL import Image, ImageDraw

from data_contracts.catalog import LAYOUT_ANNOTATIONS, POSTERS
from data_contracts.store import Lake
from tests.plugins.pages.sample import HOSTILE, digest

WIDTH, HEIGHT = 600, 800
DAY = "2026-11-20"
BOXES = ((60, 80, 540, 150), (60, 170, 400, 210), (380, 660, 540, 740))
BLOCKS = (
    ("headline", "城市轻行双肩包", "zh", "white"),
    ("subheadline", "Light enough for every day", "en", "grey"),
    ("price", "¥199", "zh", "yellow"),
)
WRONG, NASTY, GOOD = (digest("annotation", number) for number in range(3))


def fill(lake: Lake) -> Lake:
    rows = annotation_rows()
    for row in rows:
        assert lake.put_blob(picture(row)) == row["sha256"]
    lake.write(POSTERS, [poster_row(row) for row in rows], run="test")
    lake.write(LAYOUT_ANNOTATIONS, rows, run="test")
    return lake


def annotation_rows() -> list[dict]:
    wrong = row(0, ocr_error=0.31, problems=["“¥199” reads “¥799” the second time", "“包邮” is in no block"])
    nasty = row(1, ocr_error=0.9, problems=[f"“{HOSTILE}” lies where nothing can be read"], annotator=f"x@{HOSTILE}")
    nasty["blocks"][0]["text"] = HOSTILE
    return [wrong, nasty, row(2, status="verified", ocr_error=0.0)]


def row(number: int, **rest) -> dict:
    given = {
        "annotation_id": digest("annotation", number),
        "poster_id": digest("poster", number),
        "width": WIDTH,
        "height": HEIGHT,
        "blocks": [block(*said, box) for said, box in zip(BLOCKS, BOXES, strict=True)],
        "faces": [],
        "products": [sides((150, 260, 450, 620))],
        "underlays": [sides((360, 640, 560, 760))],
        "annotator": "embedded@1",
        "known": None,
        "source": "landing",
        "ocr_error": 0.2,
        "layout_score": 1.0,
        "status": "needs_review",
        "problems": [],
        "group": digest("poster", number),
        "split": "train",
        "day": DAY,
    } | rest
    return given | {"sha256": hashlib.sha256(picture(given)).hexdigest()}


def block(role: str, text: str, language: str, colour: str, box: tuple) -> dict:
    said = {"role": role, "text": text, "language": language, "colour": colour, "confidence": 0.9}
    return said | sides(box) | {"agreement_cer": 0.1}


def sides(box: tuple) -> dict:
    return dict(zip(("left", "top", "right", "bottom"), map(float, box), strict=True))


def poster_row(row: dict) -> dict:
    return {
        "poster_id": row["poster_id"],
        "name": f"{row['poster_id']}.png",
        "uri": f"/landing/{row['poster_id']}.png",
        "fingerprint": "1",
        "sha256": row["sha256"],
        "size_bytes": len(picture(row)),
        "width": WIDTH,
        "height": HEIGHT,
        "look": digest("look", row["poster_id"]),
        "source": "landing",
        "seen_at": datetime(2026, 11, 20, tzinfo=UTC),
        "day": DAY,
    }


def picture(row: dict) -> bytes:
    """A PNG with a bar of the ink's colour in each place; its ground differs from row to row."""
    image = Image.new("RGB", (WIDTH, HEIGHT), f"#{row['poster_id'][:6]}")
    draw = ImageDraw.Draw(image)
    draw.ellipse([150, 260, 450, 620], fill="#f4efe6")
    for (*_, colour), box in zip(BLOCKS, BOXES, strict=True):
        draw.rectangle(box, fill=colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
