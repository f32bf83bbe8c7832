"""How long a title may be, as a requirement says it: 不超过10个字, 6到12字, at most six words."""

import re
from collections.abc import Iterator

from inference.covers.plan.clauses import Clause, Reading
from inference.covers.plan.numerals import COUNT, to_number
from inference.covers.plan.patterns import as_pattern

CHARACTERS = r"(?:个?(?:汉字|中文字符?|字符|字母|字)(?!幕)|[- ]?(?:chinese )?(?:characters?|chars?|letters?)\b)"
WORDS = r"[- ]?words?\b"
UNIT = rf"\s*(?P<unit>{CHARACTERS}|{WORDS}|(?<=\d)(?=$|以内|之内|以下|以上))"
"""The unit may be left out at the end, where 字数 was said before; see ``_is_length``."""
HEAD = r"(?:(?:主?标题|文案|主文案|(?:the )?(?:cover )?(?:title|headline)s?)[^\d,，]{0,24}?)?"
"""The words before a length belong to it, so that 标题 is read once."""

NUMBER = rf"\s*(?P<count>{COUNT})"
NUMBER_2, UNIT_2 = NUMBER.replace("count", "count2"), UNIT.replace("unit", "unit2")
"""The same in the other form of a pattern that has two."""

RANGE = rf"\s*(?P<low>{COUNT})\s*(?:{CHARACTERS})?\s*(?:到|至|-|~|–|—|to|and)\s*(?P<high>{COUNT})"

OF_SOMETHING_ELSE = as_pattern(
    r"副标题|卖点|简介|描述|正文|详情|评论|subtitle|selling point|description|caption|tagline|bullet"
)

AT_MOST = (
    r"不(?:要|能|得|可|应|许|宜)?(?:以)?(?:超过|超出|多于|大于|长于|高于)|[别不]超(?!过|出)|别(?:超过|超出|多于|长于)|(?:切勿|勿|禁止|严禁|避免)(?:超过|超出)|"
    r"最多|至多|顶多|最长|上限(?:是|为)?|控制在|限制?(?:在|为)?|<=|≤|"
    r"at most|no more than|not more than|no longer than|not (?:be )?longer than|"
    r"not (?:be )?over|max(?:imum)?\.?(?: of)?|up to|within|"
    r"limit(?:ed)? to|(?:not|n't|never) exceed(?:ing)?|cap(?:ped)? (?:at|to)|keep it to|stay within"
)
BELOW = (
    r"(?<!不)(?<!不能)(?<!不得)(?<!不要)(?:少于|小于|低于|短于)|不到|不足|<|under|fewer than|(?<!no )(?<!not )"
    r"less than|below|shorter than"
)
AT_LEAST = (
    r"不(?:要|能|得|可)?(?:少于|小于|低于|短于)|至少|最少|起码|最短|>=|≥|at least|no fewer than|no less than|"
    r"not less than|minimum(?: of)?|min\b"
)
ABOVE = r"超过|多于|大于|>|more than|longer than|over"
ABOUT = r"大约|大概|约|差不多|about|around|roughly|approximately"

FORMS = tuple(
    (as_pattern(pattern), name)
    for pattern, name in (
        (rf"{HEAD}(?:between)?{RANGE}{UNIT}", "range"),
        (
            rf"{HEAD}(?:{AT_MOST})\s*(?P<high>{COUNT})\s*个?\s*[、和或也]?\s*(?:不?(?:能|得)?(?:少于|低于))\s*(?P<low>{COUNT}){UNIT}",
            "range",
        ),
        (
            rf"{HEAD}(?:{AT_LEAST})\s*(?P<low>{COUNT})\s*(?:and|to|to a|[,、和且到至])?\s*"
            rf"(?:{AT_MOST})\s*(?P<high>{COUNT}){UNIT}",
            "range",
        ),
        (rf"{HEAD}(?:{ABOVE}){NUMBER}{UNIT}的?(?:标题)?.{{0,4}}?(?:不要|不行|不可|不用|作废|不收|不合格)", "max"),
        (rf"{HEAD}(?:{AT_LEAST}){NUMBER}{UNIT}", "min"),
        (rf"{HEAD}(?:{AT_MOST})(?:\s*(?:a|the|an))?{NUMBER}{UNIT}(?:\s*(?:以内|之内|内))?", "max"),
        (rf"{HEAD}(?:{BELOW}){NUMBER}{UNIT}", "below"),
        (
            rf"{HEAD}{NUMBER}{UNIT}\s*(?:以内|之内|内|以下|封顶|为限|"
            r"or (?:less|fewer)|max(?:imum)?|at most|tops|limit)",
            "max",
        ),
        (rf"{HEAD}{NUMBER}{UNIT}\s*(?:以上|起|or more|minimum|at least)", "min"),
        (
            rf"{HEAD}(?:{ABOUT}){NUMBER}{UNIT}|{HEAD}{NUMBER_2}{UNIT_2}\s*(?:左右|"
            rf"上下|or so)",
            "about",
        ),
        (rf"{HEAD}(?:{ABOVE}){NUMBER}{UNIT}", "above"),
        (
            rf"(?:标题|文案|title|headline)[^\d,，]{{0,12}}?{NUMBER}{UNIT}|{NUMBER_2}{UNIT_2}的?(?:标题|"
            rf"title)",
            "exactly",
        ),
    )
)
"""Forms of lengths, the more exact ones first."""


def read_lengths(clause: Clause) -> Iterator[Reading]:
    """Least and greatest lengths of a title; what is said of other texts is left alone."""
    if clause.find(OF_SOMETHING_ELSE):
        return
    for pattern, form in FORMS:
        while (found := clause.find(pattern)) and _is_length(found, clause):
            yield from _read(clause, found, form)


def _is_length(found: re.Match[str], clause: Clause) -> bool:
    groups = found.groupdict()
    return bool(groups["unit"] or groups.get("unit2") or re.search("字数|长度|length", clause.text))


def _read(clause: Clause, found: re.Match[str], form: str) -> Iterator[Reading]:
    groups = found.groupdict()
    unit = groups["unit"] or groups.get("unit2") or ""
    size = "words" if "word" in unit else "chars"
    most, least = f"title_max_{size}", "title_min_chars"
    if form == "range":
        yield clause.read(found, least, chars=to_number(groups["low"]))
        yield clause.read(found, most, **{size: to_number(groups["high"])})
        return
    number = to_number(groups["count"] or groups["count2"])
    if form in ("min", "above", "exactly") and size == "chars":
        yield clause.read(found, least, chars=number + (form == "above"))
    if form in ("max", "below", "exactly"):
        yield clause.read(found, most, **{size: number - (form == "below")})
    if form == "about":
        yield clause.read(found, most, "better_to_have", **{size: number})
    clause.take(*found.span())
