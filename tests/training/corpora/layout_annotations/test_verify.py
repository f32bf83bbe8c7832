"""What is wrong with an annotation, case by case, and the scores that go with it."""

import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from inference.models.ocr import TextLine
from training.corpora.layout_annotations.reread import Reading
from training.corpora.layout_annotations.verify import NEEDS_REVIEW, VERIFIED, judge

WIDTH, HEIGHT = 600, 800
TOP, LOW = Box(50, 50, 550, 110), Box(50, 400, 550, 440)


def block(text: str, box: Box = TOP) -> TextBlock:
    return TextBlock(text, box, Role.HEADLINE, "zh", Colour.WHITE)


def annotation(*blocks: TextBlock, **rest) -> Annotation:
    return Annotation(WIDTH, HEIGHT, blocks, **rest)


def line(text: str) -> TextLine:
    return TextLine(text, Box(50, 600, 300, 640), 0.95)


def read(*texts: str, overlooked: tuple[str, ...] = ()) -> Reading:
    return Reading(texts, tuple(map(line, overlooked)))


@pytest.mark.parametrize(
    ("given", "reading"),
    [
        (annotation(block("限时特价"), block("Free shipping", LOW)), read("限时特价", "Freeshipping")),
        (annotation(block("a"), products=(Box(0, 300, WIDTH, HEIGHT),), underlays=(TOP,)), read("a")),
        (annotation(block("五十元起", Box(-0.6, 0, 200, 60))), read("五十元起")),
        (annotation(block("每天都用得上的旅行双肩包")), read("每天都用得上的旅行双启包")),
        (annotation(), read()),
    ],
    ids=["the same", "text over an underlay and a product", "rounded over the edge", "one sign of twelve", "no text"],
)
def test_a_good_annotation_is_verified(given, reading):
    verdict = judge(given, reading)
    assert (verdict.status, verdict.problems, verdict.layout_score) == (VERIFIED, (), 1.0)


@pytest.mark.parametrize(
    ("given", "reading", "problem", "layout_score"),
    [
        (annotation(block("限时", Box(500, 50, 640, 100))), read("限时"), "“限时” reaches beyond the picture", 0.0),
        (annotation(block("限时", Box(-9, 50, 40, 100))), read("限时"), "“限时” reaches beyond the picture", 0.0),
        (annotation(block("限时", Box(50, 50, 50, 90))), read("限时"), "0 × 40 pixels, too small", 0.0),
        (annotation(block("限时", Box(90, 50, 50, 90))), read("限时"), "0 × 40 pixels, too small", 0.0),
        (annotation(block("限时"), block("特价", TOP.moved(30, 9))), read("限时", "特价"), "lie on each other", 0.0),
        (annotation(block("限时"), block(" ", LOW)), read("限时", ""), "block 2 has no text", 0.5),
        (annotation(block("限时"), faces=(Box(0, 0, 2, 9),)), read("限时"), "a face is 2 × 9 pixels", 0.5),
        (annotation(block("限时"), products=(Box(9, 9, 700, 90),)), read("限时"), "a product reaches beyond", 0.5),
        (annotation(block("限时"), underlays=(Box(9, 9, 90, 900),)), read("限时"), "an underlay reaches beyond", 0.5),
        (annotation(block("限时特价")), read(""), "“限时特价” lies where nothing can be read", 1.0),
        (annotation(block("限时特价")), read("立即购买"), "“限时特价” reads “立即购买” the second time", 1.0),
        (annotation(block("限时")), read("限时", overlooked=("包邮到家",)), "“包邮到家” is in no block", 1.0),
        (annotation(block("Free shipping")), read("Free shopping tod"), "reads “Free shopping tod”", 1.0),
        (
            annotation(block("一二三四五"), block("六七八九十", LOW)),
            read("一二三四六", "六七八九一"),
            "differs in 20%",
            1.0,
        ),
    ],
)
def test_what_is_wrong_is_told_in_words(given, reading, problem, layout_score):
    verdict = judge(given, reading)
    assert verdict.status == NEEDS_REVIEW
    assert problem in verdict.problems[0]
    assert len(verdict.problems) == 1
    assert verdict.layout_score == layout_score


def test_blocks_that_only_touch_do_not_lie_on_each_other():
    apart = annotation(block("限时"), block("特价", TOP.moved(0, TOP.height - 5)))
    assert judge(apart, read("限时", "特价")).status == VERIFIED


def test_the_error_counts_blocks_together_and_overlooked_lines():
    verdict = judge(annotation(block("一二三四"), block("五六", LOW)), read("一二三", "五六", overlooked=("七八",)))
    assert verdict.block_errors == (0.25, 0.0)
    assert verdict.ocr_error == 3 / 6


def test_every_problem_is_told():
    verdict = judge(annotation(block("限时", Box(-9, 0, 9, 9)), block("", LOW)), read("", "", overlooked=("包邮",)))
    assert len(verdict.problems) == 4


def test_a_long_text_is_quoted_in_part():
    (problem,) = judge(annotation(block("长" * 500)), read("")).problems
    assert len(problem) < 100
