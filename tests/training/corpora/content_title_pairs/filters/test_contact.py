import pytest

from training.corpora.content_title_pairs.filters.contact import holds_no_contact_details
from training.corpora.content_title_pairs.pair import Pair


@pytest.mark.parametrize(
    "text",
    [
        "加微信 shop12345",
        "加V：shop",
        "微信号：abc_12345",
        "QQ群 123456789",
        "扫码领券",
        "关注公众号",
        "私信客服",
        "热线：400-123-4567",
        "WeChat: shop12345",
        "WhatsApp shop-98765",
        "vx: seller99",
        "Call: 555 1234 99",
        "tel. (030) 123456",
    ],
)
def test_contact_details_are_found_and_their_numbers_not_told(text):
    drop = holds_no_contact_details(Pair(text, "Steel Flask", "en", "catalogue"))
    assert drop.rule == "contact"
    assert not set("123456789") & set(drop.detail)


@pytest.mark.parametrize(
    "text",
    [
        "加VC的果汁",
        "加微波炉可热",
        "扫码枪",
        "微信支付可用",
        "QQ糖",
        "DivX playback; call quality 5 of 5",
        "vx5000e mouse",
        "Intel phone stand, 2.4 GHz",
        "cordless telephone with 3 handsets",
    ],
)
def test_words_that_only_sound_like_contact_details_pass(text):
    pair = Pair(text, "Steel Flask", "en", "catalogue")
    assert holds_no_contact_details(pair) is pair
