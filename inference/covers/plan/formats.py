"""The shape of a cover, as a requirement says it: ratios, places, moving covers, templates, counts."""

import math
import re
from collections.abc import Iterator

from inference.covers.plan.clauses import Clause, Reading
from inference.covers.plan.negation import EXCEPTION, is_forbidden
from inference.covers.plan.numerals import COUNT, to_number
from inference.covers.plan.patterns import as_pattern

RATIO = as_pattern(
    rf"(?<![\d.])(?P<width>{COUNT})\s*(?:[:：比x×*]|比上)\s*(?P<height>{COUNT})(?![\d.])(?!\s*(?:分|点|pm|am))"
)
KNOWN_RATIOS = frozenset(
    [
        "3:4",
        "4:3",
        "1:1",
        "16:9",
        "9:16",
        "2:3",
        "3:2",
        "4:5",
        "5:4",
        "21:9",
        "9:21",
        "2:1",
        "1:2",
        "16:10",
        "10:16",
        "5:7",
        "7:5",
        "3:5",
        "5:3",
        "18:9",
        "9:18",
    ]
)
"""What two numbers with a colon mean as a ratio, and not as a time or a score."""

FEWEST_PIXELS = 100
"""From here on two numbers are a size in pixels: 1080x1440 is 3:4."""

ORIENTATIONS = {
    "3:4": as_pattern(
        r"竖版|竖屏(?!视频|素材|拍)|竖图|竖构图|竖着|纵向|竖的|竖式|(?<=横)竖|竖(?=[和、]?横)|\bportrait\b|\bvertical(?:ly)?\b|\bupright\b"
    ),
    "1:1": as_pattern(r"正?方形|正方|方图|方版|方的|\bsquare\b"),
    "16:9": as_pattern(
        r"横版|横屏(?!视频|素材|拍)|横图|横构图|横着|横向|横的|横式|横(?=[和、]?[竖\x00])|(?<=[竖\x00])横(?=版|屏|图)|宽屏|\blandscape\b|\bhorizontal(?:ly)?\b|\bwidescreen\b"
    ),
}
ONLY = as_pattern(r"只(?:要|做|出|用|需|能|接受)|仅|唯一|\bonly\b|\bjust\b|\bexclusively\b|\bsolely\b")

MOVING = as_pattern(
    r"(?:动态|会动的|动起来的|可动|活动)(?:封面|图片?|海报|效果|版本?)|动图|视频封面|动态|gif|webp动|"
    r"\b(?:moving|animated|motion|video|live) (?:cover|thumbnail|image|picture|"
    r"version)s?|\banimat(?:ed|ion)\b|\bmoving\b"
)
STILL = as_pattern(r"静态(?:封面|图片?|版)?|静止的?(?:封面|图片?)?|\b(?:still|static)(?: (?:cover|image|picture)s?)?\b")
SECONDS = as_pattern(
    rf"(?P<low>\d+(?:\.\d+)?|{COUNT})\s*(?:到|至|-|~|–|to)\s*(?P<high>\d+(?:\.\d+)?|"
    rf"{COUNT})\s*(?:秒钟?|seconds?\b|secs?\b|s\b)|"
    rf"(?P<seconds>\d+(?:\.\d+)?|{COUNT})[ -]*(?:秒钟?|seconds?\b|secs?\b|s\b)"
)

BOUNDED = as_pattern(r"\s*(?:以内|之内|以下|or less|max|at most|不超过|最多|under|up to|no more than)")
"""What makes a length the greatest that may be."""

LENGTH_ALONE = as_pattern(
    rf"(?:时长|长度?|约|不超过|最多|at most|up to|大约|大概|要|for|about|around|lasting|duration|length|of|[\s:])*"
    rf"(?:{SECONDS.pattern})(?:左右|长|即可|就行|以内|之内|long|or less|\s)*"
)
"""动态封面，4秒左右: what lasts so long was said before."""

PLACES = {
    "top": r"顶部|顶端|最?上方|上面|上部|上边|上半|左上角?|右上角?|上角|靠上|偏上|往上|\btop\b|\bupper\b",
    "middle": r"中间|中央|居中|正中|中部|\bmiddle\b|\bcent(?:er|re)(?:ed)?\b",
    "bottom": r"底部|底端|最?下方|下面|下部|下边|下半|左下角?|右下角?|下角|靠下|偏下|往下|\bbottom\b|\blower\b",
}
PLACED = {
    "price": r"价格|到手价|券后价|售价|价签|\bprice(?: tag)?\b",
    "selling_point": r"卖点|\bselling points?\b",
    "title": r"主?标题|文案|文字|大字|字(?=放|写|摆|置|在|靠|往|居)|\b(?:title|headline|text|copy|words)\b",
}
OF_TITLE = as_pattern(PLACED["title"])
OTHER_THINGS = as_pattern(r"logo|商标|二维码|主播|商品|产品|人|脸|贴|\b(?:product|host|face|presenter|badge)\b")
PLACING = as_pattern(
    r"放|摆|置|在|写|靠|居|偏|往|位于|排|\bat\b|\bin\b|\bon\b|\bto\b|\bnear\b|\bplaced?\b|"
    r"\bput\b|\balign|\bcent(?:er|re)(?:ed)?\b"
)

TEMPLATE = as_pattern(
    r"(?:用|套用?|按照?|使用|沿用|采用)\s*[“「\"《]?(?P<zh>[^,“”「」\"《》的]{0,16}?)[”」\"》]?的?(?:模板|模版)"
    r"(?P<after>\s*[a-z0-9_-]+)?|"
    r"\b(?:use|with|apply|follow|in|using) (?:the |our |a )?[\"“]?(?P<en>[\w .-]{0,24}?)[\"”]?\s*"
    r"template(?P<tail> [\w.-]+)?"
)
LINES = as_pattern(
    rf"(?:标题|文案|文字|title|headline|text)[^\d,，]{{0,10}}?(?:分成?|排成?|占|用|写成?|在|on|"
    rf"over|in|to|at most|最多|不超过)\s*(?P<lines>{COUNT})\s*(?:行|lines?\b)|"
    rf"(?P<alone>{COUNT})[ -]?(?:行|lines?)(?:的?\s*(?:标题|title|headline)|\s*(?:only)?$)"
)
CANDIDATES = as_pattern(
    rf"(?:出|给我?|做|要|来|生成|提供|准备|需要|备选|共|make|give(?: me| us)?|produce|deliver|need|"
    rf"want|prepare)\s*(?P<count>{COUNT})\s*"
    r"(?:[张个款版套](?:不同的?)?(?:封面|备选|候选|方案|图|版本)|(?:different |alternative |candidate )?(?:covers?|"
    r"candidates?|versions?|options|variants?)\b)|"
    rf"(?:备选|候选|方案)\s*(?P<later>{COUNT})\s*[张个款版套]|"
    rf"(?P<alone>{COUNT})\s*[张个款版套](?:不同的?)?(?:备选|候选|方案)|"
    rf"(?P<options>{COUNT})\s+(?:different |alternative |candidate )?(?:candidates|versions|options|variants)\b"
)


def read_formats(clause: Clause) -> Iterator[Reading]:
    """Templates and counts first: their numbers are none of the others'."""
    for rule in (_read_template, _read_lines, _read_candidates, _read_ratio, _read_moving, _read_placement):
        yield from rule(clause)


def _read_template(clause: Clause) -> Iterator[Reading]:
    if (found := clause.find(TEMPLATE)) and not is_forbidden(clause.text, *found.span()):
        named = next((name for name in ("zh", "en", "after", "tail") if (found[name] or "").strip()), None)
        parameters = {"name": clause.quote(*found.span(named))} if named else {}
        yield clause.read(found, "template", **parameters)


def _read_lines(clause: Clause) -> Iterator[Reading]:
    if found := clause.find(LINES):
        yield clause.read(found, "title_lines", lines=to_number(found["lines"] or found["alone"] or found["options"]))


def _read_candidates(clause: Clause) -> Iterator[Reading]:
    if found := clause.find(CANDIDATES):
        count = to_number(next(filter(None, found.groups())))
        if count > 1:  # 做一张封面 says no more than 做封面
            yield clause.read(found, "candidates", count=count)


def _read_ratio(clause: Clause) -> Iterator[Reading]:
    """Explicit ratios; an orientation is one only where no explicit ratio goes with it."""
    only = {"only": True} if clause.find(ONLY) else {}
    explicit = []
    for found in list(RATIO.finditer(clause.text)):
        if ratio := as_ratio(to_number(found["width"]), to_number(found["height"])):
            forbidden = is_forbidden(clause.text, *found.span())
            explicit.append(ratio)
            yield clause.read(
                found, "avoid_ratio" if forbidden else "ratio", ratio=ratio, **({} if forbidden else only)
            )
    for ratio, words in ORIENTATIONS.items():
        for found in list(words.finditer(clause.text)):
            if any(orientation(each) == orientation(ratio) for each in explicit):
                clause.take(*found.span())
                continue
            forbidden = is_forbidden(clause.text, *found.span())
            yield clause.read(
                found, "avoid_ratio" if forbidden else "ratio", ratio=ratio, **({} if forbidden else only)
            )


def as_ratio(width: int, height: int) -> str | None:
    """``3:4``; of a size in pixels its ratio in smallest numbers; None for a time or a score."""
    if min(width, height) >= FEWEST_PIXELS:
        common = math.gcd(width, height)
        return f"{width // common}:{height // common}"
    return ratio if (ratio := f"{width}:{height}") in KNOWN_RATIOS else None


def orientation(ratio: str) -> int:
    """-1 for portrait, 0 for square, 1 for landscape."""
    width, height = map(int, ratio.split(":"))
    return (width > height) - (width < height)


def _read_moving(clause: Clause) -> Iterator[Reading]:
    length = LENGTH_ALONE.fullmatch(clause.text)
    if length and any(reading.what == "moving" for reading in clause.before):
        yield clause.read(length, "moving", **_as_seconds(SECONDS.search(clause.text)))
        return
    for found in list(MOVING.finditer(clause.text)):
        if is_forbidden(clause.text, *found.span()):
            yield clause.read(found, "still")
            continue
        seconds = clause.find(SECONDS)
        if seconds:
            clause.take(*seconds.span())
        yield clause.read(found, "moving", **_as_seconds(seconds))
        return
    if (found := clause.find(STILL)) and not is_forbidden(clause.text, *found.span()):
        yield clause.read(found, "still")


def _as_seconds(found: re.Match[str] | None) -> dict[str, float]:
    """One length, or both ends of a range, or only the greatest."""
    if found is None:
        return {}
    low, high, one = (None if each is None else _number(each) for each in found.group("low", "high", "seconds"))
    if one is None:
        return {"seconds": low, "most_seconds": high}
    bounded = BOUNDED.match(found.string, found.end()) or BOUNDED.search(found.string, 0, found.start())
    return {"most_seconds": one} if bounded else {"seconds": one}


def _number(text: str) -> float:
    return float(text) if text[0].isdecimal() else float(to_number(text))


def _read_placement(clause: Clause) -> Iterator[Reading]:
    """Where a text goes; of other things that are placed there are no tasks."""
    if not clause.find(PLACING):
        return
    goes_on = clause.continues and OF_TITLE.search(clause.text_before) and not OTHER_THINGS.search(clause.text)
    for role, words in PLACED.items():
        named = clause.find(as_pattern(words)) or (role == "title" and goes_on and PLACING.search(clause.text))
        if not named:
            continue
        for place, pattern in PLACES.items():
            if found := clause.find(as_pattern(pattern)):
                start, end = min(named.start(), found.start()), max(named.end(), found.end())
                forbidden = is_forbidden(clause.text, *found.span()) and not EXCEPTION.search(clause.text)
                clause.take(*found.span())
                taken = clause.start + start, clause.start + end
                parameters = {"placement": place} | ({} if role == "title" else {"role": role})
                yield Reading("avoid_placement" if forbidden else "placement", parameters, *taken, clause.need)
                return
