import json
from pathlib import Path

import pytest

from inference.media.geometry import Box
from training.corpora.layout_annotations.importers.cgl import read
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox, Malformed

FIXTURE = Path(__file__).parent / "fixtures" / "cgl.json"
FIRST = Known(
    "O1CN01.jpg",
    (
        KnownBox(Kind.TEXT, Box(57, 71, 452, 148)),
        KnownBox(Kind.EMBELLISHMENT, Box(57, 71, 157, 148)),
        KnownBox(Kind.UNDERLAY, Box(40, 60, 470, 160)),
    ),
    (513, 750),
)


def test_every_good_image_is_read_and_every_bad_one_named_with_its_place():
    records = {each.name: each for each in read(str(FIXTURE))}
    assert records["O1CN01.jpg"] == FIRST
    assert records["O1CN02.jpg"] == Known("O1CN02.jpg", (), (800, 800))
    reasons = {name: each.reason for name, each in records.items() if isinstance(each, Malformed)}
    assert reasons == {
        "O1CN03.jpg": "images[2]: annotations[0]: category_id 9 is in no category",
        "images[3]": "images[3]: file_name is missing",
        "O1CN05.jpg": "images[4]: width 513 and height '750' are no size in pixels",
        "O1CN06.jpg": "images[5]: annotations[0]: [57, 71, 395, 0] has no area; a box is [left, top, width, height]",
    }
    assert records["O1CN03.jpg"].record["image"]["id"] == 13


def test_the_flat_list_of_coco_and_english_names_are_read_too(tmp_path):
    document = json.loads(FIXTURE.read_text(encoding="utf-8"))
    nested = zip(document["images"], document["annotations"], strict=True)
    document["annotations"] = [{**each, "image_id": image["id"]} for image, group in nested for each in group][::-1]
    english = {"文字": "Text", "衬底": "Underlay", "强调突出子部分文字": "highlighted text"}
    for category in document["categories"]:
        category["name"] = english.get(category["name"], category["name"])
    (tmp_path / "a.json").write_text(json.dumps(document), encoding="utf-8")
    first = next(read(str(tmp_path / "a.json")))
    assert set(first.boxes) == set(FIRST.boxes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "is no JSON"),
        ("[]", "has no list of images; CGL has images, annotations, categories"),
        ('{"images": [], "annotations": []}', "has no list of categories"),
        ('{"images": [], "annotations": [], "categories": ["text"]}', "categories must each have an id and a name"),
        ('{"images": [{}], "annotations": [[], []], "categories": []}', "has 1 images and 2 lists of annotations"),
        ('{"images": [], "annotations": [{"bbox": []}], "categories": []}', r"annotations\[0\] does not name its"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(tmp_path, content, reason):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(ValueError, match=reason):
        list(read(str(tmp_path / "a.json")))


@pytest.mark.parametrize("image", ["a.jpg", None, [], {"file_name": 5, "width": 1, "height": 1}])
@pytest.mark.parametrize("annotation", [[], "text", None, [{"bbox": [1, 2, 3, 4], "category_id": [1]}]])
def test_whatever_stands_in_a_record_the_rest_goes_on(tmp_path, image, annotation):
    good = {"file_name": "good.jpg", "width": 10, "height": 10}
    group = annotation if isinstance(annotation, list) else [annotation]
    document = {"images": [image, good], "annotations": [group, []], "categories": []}
    (tmp_path / "a.json").write_text(json.dumps(document))
    bad, last = read(str(tmp_path / "a.json"))
    assert isinstance(bad, Malformed)
    assert last == Known("good.jpg", (), (10, 10))
