"""Ways to reach a seller: handles, hotlines, codes to scan. A cover with one is refused by every platform."""

import re

from training.corpora.content_title_pairs.pair import Drop, Pair

HANDLE = re.compile(
    r"加v(?:信|[:：\s]|$)|加(?:微信|微(?=[:：\s]*[a-z0-9]))|扫码(?![枪器仪机墩盒支])|关注公众号|私信(?:我|客服)|[加进]群|"
    r"(?<![a-z])(?:微信|薇信|wechat|qq|whatsapp|telegram)[号群]?\s*[:：]?\s*(?=[a-z_-]*\d)[a-z0-9_-]{5,}|"
    r"(?<![a-z])vx\s*[:：]\s*[a-z0-9_-]{5,}"
)
HANDLE_SIGNS = ("加", "扫码", "公众号", "私信", "进群", "微信", "薇信", "wechat", "qq", "whatsapp", "telegram", "vx")
CALL = re.compile(r"(?:call|tel|phone|电话|热线)[:：. ]+\+?[\d(][\d() -]{6,}")
CALL_SIGNS = ("call", "tel", "phone", "电话", "热线")


def holds_no_contact_details(pair: Pair) -> Pair | Drop:
    for text in (pair.title, pair.content):
        if found := _find(text.lower()):
            return Drop("contact", "title or content holds contact details", _without_digits(found))
    return pair


def _find(text: str) -> str:
    for signs, pattern in ((HANDLE_SIGNS, HANDLE), (CALL_SIGNS, CALL)):
        if any(sign in text for sign in signs) and (found := pattern.search(text)):
            return found[0]
    return ""


def _without_digits(text: str) -> str:
    """What was found may be told, whose it is not."""
    return re.sub(r"\d", "0", text)
