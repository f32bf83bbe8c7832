"""From a business requirement, in Chinese or English, to the constraints a cover must meet.

Numbers, ratios, lengths and prohibitions are read by rules, word for word: a small language model
loses them. The requirement is cut into clauses; a clause that forbids turns what it names into
``must_not_show``. What no rule reads is listed in ``unread``, so that nobody believes it was honoured.

    python -m inference.covers.plan "竖版3:4，标题不超过10个字，不要字幕帧"
"""

import argparse
import json
import re
from dataclasses import asdict, dataclass, replace

RATIOS = ("3:4", "1:1", "16:9")

RATIO_WORDS = {
    "3:4": r"3\s*[:：比x×]\s*4|竖版|竖屏|竖图|portrait|vertical",
    "1:1": r"1\s*[:：比x×]\s*1|方形|正方形|方图|square",
    "16:9": r"16\s*[:：比x×]\s*9|横版|横屏|横图|landscape|horizontal",
}

SUBJECTS = {
    "face": r"主播|真人|人物|人脸|露脸|出镜|模特|host|presenter|model|face|people|person",
    "product": r"商品|产品|货品|主体|product|item",
    "price": r"价格|到手价|售价|标价|price",
    "text": r"字幕|水印|文字|贴纸|caption|subtitle|watermark|on-?screen text|burnt-?in text",
    "hand": r"手部|手入镜|的手|hands?\b",
}
"""What a cover can be asked to show or not to show."""

FORBIDS = re.compile(
    r"不要|不能|不得|不可|不带|不出现|不标|不露|禁止|避免|去掉|没有|无|别|勿|\bno\b|\bnot\b|without|avoid|never|don't",
    re.I,
)

CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
COUNT = r"(\d+|[零一二两三四五六七八九十]+)"
AT_MOST = [
    (re.compile(rf"标题.{{0,6}}?(?:不超过|不多于|最多|至多|不大于|控制在|≤)\s*{COUNT}\s*个?(?:汉?字)", re.I), 0),
    (re.compile(rf"标题.{{0,6}}?(?:少于|小于|不到|不足)\s*{COUNT}\s*个?(?:汉?字)", re.I), -1),
    (re.compile(rf"标题.{{0,6}}?{COUNT}\s*个?(?:汉?字)(?:以内|之内|内)", re.I), 0),
    (
        re.compile(
            r"title.{0,20}?(?:at most|no more than|no longer than|max(?:imum)?(?: of)?|up to|within)\s*(\d+)\s*char",
            re.I,
        ),
        0,
    ),
    (re.compile(r"title.{0,20}?(?:under|fewer than|less than|below|shorter than)\s*(\d+)\s*char", re.I), -1),
]
LANGUAGES = {"zh": r"中文(?:标题|文案)|Chinese (?:title|copy)", "en": r"英文(?:标题|文案)|English (?:title|copy)"}

CLAUSE_END = re.compile(r"[，,。；;、！!？?\n]|\band\b|\bbut\b|但是|而且")


@dataclass(frozen=True)
class Plan:
    """What a cover must meet. Empty fields constrain nothing.

    ``title_max_chars`` counts Chinese characters or letters; ``must_show`` and ``must_not_show``
    hold names from ``SUBJECTS``; ``unread`` holds the clauses that no rule understood.
    """

    requirement: str = ""
    ratio: str | None = None
    title_max_chars: int | None = None
    language: str | None = None
    must_show: tuple[str, ...] = ()
    must_not_show: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[str, ...]:
        """What is demanded and forbidden at once."""
        return tuple(subject for subject in self.must_show if subject in self.must_not_show)


def read_requirement(requirement: str) -> Plan:
    """The constraints a requirement states.

    Raises ``ValueError`` when it demands and forbids the same thing, or a title of no length.
    """
    plan = Plan(requirement=requirement.strip())
    for clause in filter(None, (part.strip() for part in CLAUSE_END.split(requirement))):
        read = _read_clause(plan, clause)
        plan = read if read != plan else replace(plan, unread=(*plan.unread, clause))
    if plan.conflicts:
        raise ValueError(f"the requirement demands and forbids {', '.join(plan.conflicts)}: {requirement}")
    if plan.title_max_chars is not None and plan.title_max_chars < 1:
        raise ValueError(f"the requirement leaves no room for a title: {requirement}")
    return plan


def _read_clause(plan: Plan, clause: str) -> Plan:
    for ratio, words in RATIO_WORDS.items():
        if re.search(words, clause, re.I):
            plan = replace(plan, ratio=ratio)
    for language, words in LANGUAGES.items():
        if re.search(words, clause, re.I):
            plan = replace(plan, language=language)
    for pattern, correction in AT_MOST:
        if found := pattern.search(clause):
            return replace(plan, title_max_chars=_to_number(found[1]) + correction)
    named = tuple(subject for subject, words in SUBJECTS.items() if re.search(words, clause, re.I))
    if FORBIDS.search(clause):
        return replace(plan, must_not_show=_merge(plan.must_not_show, named))
    return replace(plan, must_show=_merge(plan.must_show, tuple(s for s in named if s not in ("text", "hand"))))


def _merge(known: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))


def _to_number(text: str) -> int:
    """8, 八, 十, 十二 or 二十 as a number."""
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十")
    return ("十" in text) * 10 * CHINESE_DIGITS.get(tens, 1) + CHINESE_DIGITS.get(ones, 0)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m inference.covers.plan", description="Print a requirement's plan as JSON."
    )
    parser.add_argument("requirement", metavar="REQUIREMENT", help="in Chinese or English")
    try:
        plan = read_requirement(parser.parse_args().requirement)
    except ValueError as error:
        parser.error(str(error))
    print(json.dumps(asdict(plan), ensure_ascii=False, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
