"""CGL: one JSON file like COCO's, with images, annotations and categories.

    {"images": [{"id": 7, "file_name": "a.jpg", "width": 513, "height": 750}],
     "annotations": [[{"category_id": 2, "bbox": [57, 71, 395, 77]}]],
     "categories": [{"id": 1, "name": "Logo"}, {"id": 2, "name": "文字"}]}

As published, ``annotations`` has a list for each image, in their order; the flat list of COCO, where
each annotation names its ``image_id``, is read too. ``bbox`` is left, top, width, height in pixels.
Source: Zhou et al., *Composition-aware Graphic Layout GAN for Visual-Textual Presentation Designs*,
IJCAI 2022.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import fsspec

from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox, Malformed, read_corner_and_size

PARTS = ("images", "annotations", "categories")
KINDS = {
    "logo": Kind.LOGO,
    "文字": Kind.TEXT,
    "text": Kind.TEXT,
    "衬底": Kind.UNDERLAY,
    "underlay": Kind.UNDERLAY,
    "符号元素": Kind.EMBELLISHMENT,
    "embellishment": Kind.EMBELLISHMENT,
    "强调突出子部分文字": Kind.EMBELLISHMENT,
    "highlighted text": Kind.EMBELLISHMENT,
}
"""By category name, in lower case. Highlighted text is part of a text that has its own box."""


def read(uri: str) -> Iterator[Known | Malformed]:
    """The images of a file, in its order. Raises ``ValueError`` naming the part that is missing or wrong."""
    with fsspec.open(uri, "rb") as file:
        try:
            document = json.load(file)
        except ValueError as error:
            raise ValueError(f"{uri} is no JSON: {error}") from error
    for part in PARTS:
        if not isinstance(document, dict) or not isinstance(document.get(part), list):
            raise ValueError(f"{uri} has no list of {part}; CGL has {', '.join(PARTS)}")
    kinds = _read_categories(uri, document["categories"])
    groups = _by_image(uri, document["images"], document["annotations"])
    for number, (image, annotations) in enumerate(zip(document["images"], groups, strict=True)):
        place = f"images[{number}]"
        try:
            yield _read_image(image, annotations, kinds)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
            name = image.get("file_name") if isinstance(image, dict) else None
            yield Malformed(str(name or place), {"image": image, "annotations": annotations}, f"{place}: {reason}")


def _read_categories(uri: str, categories: list[Any]) -> dict[Any, str]:
    try:
        return {each["id"]: str(each["name"]) for each in categories}
    except (KeyError, TypeError) as error:
        raise ValueError(f"{uri}: categories must each have an id and a name: {error!r}") from error


def _by_image(uri: str, images: list[Any], annotations: list[Any]) -> list[list[Any]]:
    if all(isinstance(each, list) for each in annotations):
        if len(annotations) != len(images):
            raise ValueError(f"{uri} has {len(images)} images and {len(annotations)} lists of annotations")
        return annotations
    places: dict[Any, list[Any]] = {}
    for number, each in enumerate(annotations):
        if not isinstance(each, dict) or not isinstance(each.get("image_id"), int | str):
            raise ValueError(f"{uri}: annotations[{number}] does not name its image_id")
        places.setdefault(each["image_id"], []).append(each)
    return [places.get(image.get("id"), []) if isinstance(image, dict) else [] for image in images]


def _read_image(image: Mapping[str, Any], annotations: list[Any], kinds: Mapping[Any, str]) -> Known:
    boxes = []
    for number, each in enumerate(annotations):
        try:
            name = kinds.get(each["category_id"], "")
            if name.lower() not in KINDS:
                raise ValueError(f"category_id {each['category_id']!r} is {name or 'in no category'}")
            boxes.append(KnownBox(KINDS[name.lower()], read_corner_and_size(each["bbox"])))
        except KeyError as error:
            raise ValueError(f"annotations[{number}]: {error.args[0]} is missing") from error
        except (TypeError, ValueError) as error:
            raise ValueError(f"annotations[{number}]: {error}") from error
    width, height = image["width"], image["height"]
    if type(width) is not int or type(height) is not int or min(width, height) < 1:
        raise ValueError(f"width {width!r} and height {height!r} are no size in pixels")
    if not isinstance(image["file_name"], str):
        raise ValueError(f"file_name {image['file_name']!r} is no text")
    return Known(image["file_name"], tuple(boxes), (width, height))
