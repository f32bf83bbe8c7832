"""A poster shows every text, readable and off faces, or says why there is none."""

import pytest

from inference.covers.picture.style import Wording
from inference.covers.poster.make import Unfit, make_poster
from tests.inference.covers.choices import choose, paint

WORDING = Wording("一口山泉的清甜", "zh", "0添加", "¥2.9", "天然水源", ("弱碱性",), "立即抢购", "山泉记")


@pytest.mark.parametrize("size", [(720, 1280), (1200, 480)])
def test_every_text_is_shown_and_every_check_passed(size):
    photo = choose(paint(640, 640), product=(220, 150, 420, 600))
    poster = make_poster(photo, WORDING, size, "headline")
    assert poster.image.shape == (size[1], size[0], 3)
    assert len(poster.layout.blocks) == 6
    assert all(check.passed for check in poster.checks if check.mandatory)


def test_words_without_room_are_refused_by_name():
    wording = Wording("一口山泉的清甜", "zh", "比山泉更清甜" * 12)
    with pytest.raises(Unfit, match="there is no room for selling_point"):
        make_poster(choose(paint(300, 300)), wording, (400, 400), "headline")
    with pytest.raises(Unfit, match="there is no room for more of the headline than"):
        make_poster(choose(paint(300, 300)), Wording("山泉的清甜" * 20, "zh"), (400, 400), "headline")


def test_what_has_no_glyph_is_refused_by_name():
    with pytest.raises(Unfit, match=r"no glyph for ค \(U\+0E04\)"):
        make_poster(choose(paint(300, 300)), Wording("ราคา", "en"), (400, 400))


def test_no_words_stand_over_a_face_that_fills_the_photo():
    photo = choose(paint(400, 400), [((5, 5, 395, 395), (0, 0, 400, 400))])
    with pytest.raises(Unfit, match=r"card: .*share of a face under text"):
        make_poster(photo, WORDING, (800, 800), "card")
    poster = make_poster(photo, WORDING, (1600, 800), "card")
    assert all(poster.layout.covered(face) == 0 for face in poster.layout.faces)
