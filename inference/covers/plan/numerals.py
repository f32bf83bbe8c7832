"""Numbers as requirements write them: 8, 八, 十二, 一百二十, twelve."""

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
WORDS = {word: value for value, word in enumerate(ENGLISH)} | {
    "a dozen": 12,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
}

ENGLISH_COUNT = rf"(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})(?![a-z])"
COUNT = rf"(?:(?<!\d)\d{{1,6}}(?!\d)|[零〇一二两三四五六七八九十百]{{1,7}}|{ENGLISH_COUNT})"
"""A whole number, as a pattern without groups."""

AMOUNT = r"(?<![\d.])(?:\d{1,3}(?:,\d{3}){1,2}|\d{1,9})(?:\.\d{1,4})?(?!\d)"
"""A sum of money in digits, as a pattern without groups."""


def to_number(text: str) -> int:
    """The value of what ``COUNT`` matched."""
    if text.isdigit():
        return int(text)
    return WORDS[text] if text in WORDS else _chinese(text)


def to_amount(text: str) -> float:
    """The value of what ``AMOUNT`` matched, or ``COUNT``."""
    return float(text.replace(",", "")) if text[0].isdecimal() else float(to_number(text))


def _chinese(text: str) -> int:
    """Up to 九百九十九; digits in a row (二〇) are read one by one."""
    if not set(text) & set("十百"):
        return int("".join(str(DIGITS[c]) for c in text))
    total, digit = 0, None
    for character in text:
        if character in "十百":
            total += (1 if digit is None else digit) * (10 if character == "十" else 100)
            digit = None
        else:
            digit = DIGITS[character]
    return total + (digit or 0)
