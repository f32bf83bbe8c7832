import pytest

from inference.covers.titles.chinese import find_cut_word, find_edges, find_names

FACTS = "20000毫安充电宝22.5W快充，自带线\n磁吸保护套，苹果17手机壳\n装热水12小时仍有58度\n五折到手的V领雪纺连衣裙"


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("夏季新款收腰V领雪纺连衣裙女", ["夏季新款收腰V领雪纺连衣裙", "新款收腰V领雪纺连衣裙", "连衣裙"]),
        ("316不锈钢真空保温杯大容量刻字", ["316不锈钢真空保温杯", "真空保温杯", "保温杯"]),
        ("广式双黄月饼礼盒8枚720g", ["广式双黄月饼礼盒", "月饼礼盒"]),
        ("适用苹果17手机壳超薄", ["适用苹果17手机壳", "苹果17手机壳"]),
        ("声悦 X3 主动降噪蓝牙耳机", ["声悦 X3 主动降噪蓝牙耳机", "X3 主动降噪蓝牙耳机"]),
        ("婴儿手口湿巾80抽×6包", ["婴儿手口湿巾"]),
        ("不鏽鋼真空保溫壺2公升", ["不鏽鋼真空保溫壺", "保溫壺"]),
        ("收腰显瘦，一抹显色", []),
        ("", []),
    ],
)
def test_what_a_product_is_called(title, names):
    found = find_names(title)
    assert [name for name in names if name not in found] == []
    assert (found[:1], bool(found)) == (names[:1], bool(names))


@pytest.mark.parametrize(
    "title",
    [
        "20000毫安充电宝，自带线",
        "充电宝自带线",
        "5折到手",
        "五折的连衣裙",
        "装热水12小时",
        "热水12小时仍有58度",
        "磁吸的保护套",
    ],
)
def test_whole_words_are_found_whole(title):
    assert find_cut_word(title, FACTS) == ""


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        ("宝22.5W快充", "宝22.5w快充"),
        ("W快充", "w快充"),
        ("好物，自带线充电", "好物"),
        ("充电自带线", "充电自带线"),
        ("手机，磁吸", "手机"),
        ("领雪纺连衣裙", "领雪纺连衣裙"),
        ("装热水12小", "装热水12小"),
    ],
)
def test_half_a_word_is_found(title, cut):
    assert find_cut_word(title, FACTS) == cut


def test_a_text_begins_and_ends_with_a_word():
    assert {0, 3} <= find_edges("充电宝")
    assert find_edges("") == {0}
