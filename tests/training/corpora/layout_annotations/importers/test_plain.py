from pathlib import Path

import pytest

from inference.media.geometry import Box
from inference.models.layout import Colour, Role
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox, Malformed
from training.corpora.layout_annotations.importers.plain import read

FIXTURE = Path(__file__).parent / "fixtures" / "plain.json"


def test_every_good_picture_is_read_and_every_bad_one_named_with_its_field():
    records = {each.name: each for each in read(str(FIXTURE))}
    assert records["夏日/a.jpg"] == Known(
        "夏日/a.jpg",
        (
            KnownBox(Kind.TEXT, Box(57, 71, 452, 148), "夏日清凉节", Role.HEADLINE, "zh", Colour.WHITE),
            KnownBox(Kind.TEXT, Box(57, 171, 452, 198.5)),
            KnownBox(Kind.PRODUCT, Box(100, 300, 400, 700)),
        ),
    )
    assert records["b.jpg"] == Known("b.jpg", ())
    reasons = {name: each.reason for name, each in records.items() if isinstance(each, Malformed)}
    assert reasons == {
        "c.jpg": "[2]: boxes is missing",
        "d.jpg": "[3].boxes[0].colour: 'beige' is none of " + ", ".join(Colour),
        "e.jpg": "[4].boxes[0]: font is unknown",
        "f.jpg": "[5].boxes[0].box: [1, 2, True, 4] is no list of four numbers",
        "[6]": "[6]: str instead of an object",
    }
    assert records["d.jpg"].record["image"] == "d.jpg"


@pytest.mark.parametrize(("content", "reason"), [("[", "is no JSON"), ('{"image": "a.jpg"}', "is no list of pictures")])
def test_a_broken_file_is_refused_with_what_is_wrong(tmp_path, content, reason):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(ValueError, match=reason):
        list(read(str(tmp_path / "a.json")))
