"""What reads as a price, in zh and en."""

import re

CURRENCY = r"(?:[$€£¥￥]|rmb|usd)"
AMOUNT = r"\d[\d,.]*"
PRICE = re.compile(rf"{CURRENCY}\s*{AMOUNT}|{AMOUNT}\s*(?:{CURRENCY}|元|块)", re.IGNORECASE)
ENDS_IN_CURRENCY = re.compile(rf"{CURRENCY}\s*$", re.IGNORECASE)
LEAD_IN = re.compile(
    r"[\u4e00-\u9fff]{0,3}价|仅需?|低至|只要|每?[件盒瓶袋斤]|起|^[a-z ]{3,16}:|"
    r"\b(?:only|from|now|just|was|(?:\w+ )?price|starting at|as low as|at|members?|today|sale|for|each|per|yours)\b",
    re.IGNORECASE,
)
"""Words around a price that are part of it."""

OFFER = re.compile(
    r"满.*减|立减|再减|省|包邮|返|送|每[杯天次片袋].?[仅只低]|"
    r"\ba (?:cup|day|wash)\b|\boff\b|\bsave\s+\W?\d|\bover\b|\bfree\b|\bextra\b",
    re.IGNORECASE,
)
"""What comes with a purchase, or what one use costs, is a selling point, though it names a sum."""

STRAY_LETTERS = 3
"""Letters beside sum and lead-in that a reading error may leave."""


def names_price(text: str) -> bool:
    """Whether a text is a price, with or without words that lead in to it."""
    if not PRICE.search(text) or OFFER.search(text):
        return False
    rest = LEAD_IN.sub("", PRICE.sub("", text))
    return sum(map(str.isalpha, rest)) <= STRAY_LETTERS


def leads_in(text: str) -> bool:
    """Whether a text is nothing but words that stand before a price."""
    return bool(LEAD_IN.fullmatch(text.strip()))
