import copy
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from inference.media.geometry import Box
from inference.models.layout import SCALE, Annotation, Role
from inference.models.layout_json import from_trained, to_trained
from tests.training.corpora.layout_annotations.annotations import PLAIN, annotations

SIDES = {"left": "width", "right": "width", "top": "height", "bottom": "height"}
DOCUMENT = {
    "文本": {
        "主标题": [{"ocr": "夏日清凉节", "box": "[100, 100, 900, 200]", "文本语言": "中文", "文本主体色调": "白色"}],
        "副标题": [],
        "卖点": [{"ocr": "Free shipping", "box": "[100, 300, 500, 340]", "文本语言": "英文", "文本主体色调": "黑色"}],
        "价格": [{"ocr": "¥99", "box": "[100, 800, 300, 900]", "文本语言": "中文", "文本主体色调": "红色"}],
        "行动点": [],
        "品牌": [],
    },
    "人脸": ["[375, 400, 500, 520]"],
    "商品": [],
    "衬底": ["[75, 780, 325, 920]"],
}


def test_the_document_is_exactly_what_the_model_is_trained_on():
    assert json.dumps(to_trained(PLAIN), ensure_ascii=False) == json.dumps(DOCUMENT, ensure_ascii=False)


def test_a_picture_with_nothing_in_it_has_every_key():
    document = to_trained(Annotation(10, 10, ()))
    assert document.keys() == DOCUMENT.keys()
    assert document["文本"] == {key: [] for key in DOCUMENT["文本"]}


@settings(deadline=None)
@given(annotations())
def test_there_and_back_again_loses_no_more_than_rounding(annotation):
    document = to_trained(annotation)
    back = from_trained(json.loads(json.dumps(document)), annotation.width, annotation.height)
    assert to_trained(back) == document
    for role in Role:
        before = [block for block in annotation.blocks if block.role == role]
        after = [block for block in back.blocks if block.role == role]
        for old, new in zip(before, after, strict=True):
            assert replace(new, box=old.box) == old
            for side, length in SIDES.items():
                step = getattr(annotation, length) / SCALE
                assert abs(getattr(old.box, side) - getattr(new.box, side)) <= 1.01 * step


def test_a_box_beyond_the_canvas_and_one_thinner_than_a_step_stay_boxes():
    beyond = Annotation(4000, 4000, (), faces=(Box(-9, 3990, 4020, 4100), Box(4000, 7, 4000, 7)))
    assert to_trained(beyond)["人脸"] == ["[0, 998, 1000, 1000]", "[999, 2, 1000, 3]"]


def set_at(document: dict, path: str, value) -> dict:
    changed = copy.deepcopy(document)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    target = changed
    for part in parents:
        target = target[part]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("文本", None, "the document: 文本 is missing"),
        ("标题", [], "the document: 标题 is unknown"),
        ("文本", [], "文本: list instead of an object"),
        ("文本/副标题", None, "文本: 副标题 is missing"),
        ("文本/价格", {}, "文本.价格: dict instead of a list"),
        ("文本/价格/0", "¥99", "文本.价格[0]: str instead of an object"),
        ("文本/价格/0/ocr", "  ", "文本.价格[0].ocr: '  ' is no text"),
        ("文本/价格/0/box", [1, 2, 3, 4], "文本.价格[0].box: [1, 2, 3, 4] is not like [x1, y1, x2, y2]"),
        ("文本/价格/0/box", "[1, 2, 1, 4]", "文本.价格[0].box: [1, 2, 1, 4] is no box within 0 to 1000"),
        ("文本/价格/0/box", "[1, 2, 1001, 4]", "文本.价格[0].box: [1, 2, 1001, 4] is no box within 0 to 1000"),
        ("文本/价格/0/文本语言", "法文", "文本.价格[0].文本语言: '法文' is none of 中文, 英文"),
        ("文本/价格/0/文本主体色调", ["红色"], "文本.价格[0].文本主体色调: ['红色'] is none of"),
        ("衬底/0", "somewhere", "衬底[0]: 'somewhere' is not like"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(path, value, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        from_trained(set_at(DOCUMENT, path, value), 800, 1000)


def test_what_is_no_document_is_refused():
    with pytest.raises(ValueError, match="the document: list instead of an object"):
        from_trained([], 10, 10)
