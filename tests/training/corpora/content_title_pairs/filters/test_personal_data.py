import pytest

from training.corpora.content_title_pairs.filters.personal_data import (
    find_personal_data,
    holds_no_personal_data,
    passes_identity_check,
    passes_luhn,
)
from training.corpora.content_title_pairs.pair import Pair


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to a.b@example.com", "e-mail address"),
        ("邮箱：zhang_3@mail.example.cn", "e-mail address"),
        ("手机13812345678", "phone number"),
        ("手机 138-1234-5678", "phone number"),
        ("+86 13812345678", "phone number"),
        ("座机010-12345678", "phone number"),
        ("400-123-4567", "phone number"),
        ("Ask 415-555-2671", "phone number"),
        ("Ask (415) 555-2671", "phone number"),
        ("+44 20 7946 0958", "phone number"),
        ("身份证11010519491231002X", "identity card"),
        ("卡号 4111 1111 1111 1111", "bank card"),
        ("card 378282246310005", "bank card"),
        ("联系人：张伟", "name"),
        ("联系人王先生", "name"),
        ("收件人：李小明，北京", "name"),
        ("Contact person: Jane Doe", "name"),
        ("Contact: Jane Doe, Berlin", "name"),
        ("contact Mr. Doe", "name"),
        ("地址：北京市朝阳区建国路88号", "address"),
        ("南京西路一百号", "address"),
        ("3号楼2单元501室", "address"),
        ("12 Baker Street, London, OH 43210", "address"),
        ("7 Elm Road Apt 4", "address"),
        ("P.O. Box 123", "address"),
        ("京A·12345", "licence plate"),
        ("车牌号：沪B12345", "licence plate"),
        ("Licence plate: AB12 CDE", "licence plate"),
        ("护照号：E12345678", "passport"),
    ],
)
def test_personal_data_is_found(text, kind):
    assert find_personal_data(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "型号13812345678",
        "part no. 13812345678",
        "EAN 4006381333931",
        "upc 662248904115",
        "garmin 010-10723-06 adapter 0101072306",
        "resolution 640 480 1024",
        "4111 1111 1111 1112",  # the check digit is wrong
        "110105194912310021",  # the check digit is wrong
        "售价¥1380000.00",
        "容量10000毫安时，电机每分钟110000转",
        "from 5 to 24,000 hz, 800 x 600",
        "联系人同步，联系人：高清显示头像",
        "姓名贴纸",
        "Contact: Gold Plated, Copper",
        "500 GB Hard Drive, 24 Inch Road Bike, 8 Place Settings",
        "12 Volt Street Light",
        "地铁2号线旁",
        "丝绸之路5号色",
        "高速公路3号",
        "黑C12345旅行包",
        "licence plate: stainless frame",
        "8-bit @ 60 fps",
    ],
)
def test_codes_prices_and_plain_words_are_no_personal_data(text):
    assert find_personal_data(text) == ""


def test_a_drop_tells_the_kind_and_never_the_value():
    drop = holds_no_personal_data(Pair("手机13812345678", "不锈钢杯", "zh", "catalogue"))
    assert (drop.rule, drop.detail) == ("personal_data", "phone number")


@pytest.mark.parametrize(
    ("number", "valid"), [("4111 1111 1111 1111", True), ("4111111111111112", False), ("79927398713", True)]
)
def test_luhn(number, valid):
    assert passes_luhn(number) == valid


@pytest.mark.parametrize(
    ("number", "valid"), [("11010519491231002X", True), ("11010519491231002x", True), ("110105194912310021", False)]
)
def test_identity_check(number, valid):
    assert passes_identity_check(number) == valid
