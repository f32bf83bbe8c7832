"""Annotations as hypothesis may think of them, and one that a person can check."""

from hypothesis import strategies as st

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock

PLAIN = Annotation(
    800,
    1000,
    (
        TextBlock("夏日清凉节", Box(80, 100, 720, 200), Role.HEADLINE, "zh", Colour.WHITE),
        TextBlock("¥99", Box(80, 800, 240, 900), Role.PRICE, "zh", Colour.RED),
        TextBlock("Free shipping", Box(80, 300, 400, 340), Role.SELLING_POINT, "en", Colour.BLACK),
    ),
    faces=(Box(300, 400, 400, 520),),
    underlays=(Box(60, 780, 260, 920),),
)


@st.composite
def boxes(draw, width: int, height: int) -> Box:
    left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return Box(left, top, draw(st.integers(left + 1, width)), draw(st.integers(top + 1, height)))


@st.composite
def annotations(draw) -> Annotation:
    width, height = draw(st.integers(16, 4000)), draw(st.integers(16, 4000))
    box = boxes(width, height)
    text = st.text(min_size=1, max_size=12).filter(str.strip)
    languages = st.sampled_from(("zh", "en"))
    block = st.builds(TextBlock, text, box, st.sampled_from(Role), languages, st.sampled_from(Colour))
    some = st.lists(box, max_size=2).map(tuple)
    return Annotation(width, height, tuple(draw(st.lists(block, max_size=5))), draw(some), draw(some), draw(some))
