"""What a cover's words say, as a requirement says it: language, words to use or avoid, price, promotion."""

import re
from collections.abc import Iterator

from inference.covers.plan.clauses import BLANK, QUOTED, Clause, Reading
from inference.covers.plan.negation import DEGREE, NOT_REQUIRED, is_forbidden
from inference.covers.plan.numerals import AMOUNT, COUNT, to_amount
from inference.covers.plan.patterns import as_pattern

LANGUAGES = {
    "zh": r"简体中文|繁体中文|中文|汉语|普通话|汉字|华文|\bchinese\b|\bmandarin\b",
    "en": r"英文|英语|英字|\benglish\b",
    "ja": r"日文|日语|\bjapanese\b",
    "ko": r"韩文|韩语|\bkorean\b",
    "fr": r"法文|法语|\bfrench\b",
    "de": r"德文|德语|\bgerman\b",
    "es": r"西班牙语|西语|西班牙文|\bspanish\b",
    "ru": r"俄文|俄语|\brussian\b",
}
NOT_OF_TITLE = (
    r"(?!\s*(?:字幕|配音|原声|语音|speaking|subtitle|caption|audio|style|风|brand|market|audience|customers))"
)
BOTH_LANGUAGES = as_pattern(r"中英(?:文|双语|文?对照)?(?:双语)?|双语|\bbilingual\b|\bboth languages\b")

WRITTEN = as_pattern(
    r"要有|含|叫|写上|写着|写明|写出|写进|写|打上|打出|标上|标注|标明|注明|印上|加上|加入|提到|提及|提一下|包含|包括|含有|带上|体现|出现|用上|用到|使用|强调|突出|叫做?|"
    r"\bmentions?\b|\bmentioning\b|\bincludes?\b|\bincluding\b|\bcontains?\b|"
    r"\bcontaining\b|\bsay(?:s|ing)?\b|\bread(?:s|ing)\b|"
    r"\bwrite\b|\bwith the words?\b|\buse the words?\b|\bstate\b|\badd\b|\bfeature the words?\b|"
    r"\bthe words?\b|\bhighlight\b|\bshow\b|\buse\b|\bcall it\b"
)
"""Verbs that put words on a cover."""

OF_TEXT = as_pattern(
    r"标题|文案|封面(?:上|里)?|字样|字眼|词|大字|\btitle\b|\bheadline\b|\bcopy\b|\bcover\b|\bwords?\b|\btext\b"
)
UNQUOTED = as_pattern(
    r"(?:标题|文案|大字|title|headline|copy)[^,，]{0,8}?(?:写上|写着|写明|写|提到|提及|包含|"
    r"包括|含有?|带上|打上|标注|体现|用上|出现|mentions?|includes?|contains?|says?|use)"
    r"\s*(?:the words? )?(?P<words>[^\x00,“”「」\"]{1,24}?)(?:这[几两]?个?[字词]|字样|等字)?$|"
    r"(?:写上|写明|标注|注明|打上)(?P<marked>[^\x00,“”「」\"价的]{2,12}?)(?:字样|$)"
)
SPLIT = as_pattern(r"、|和|与|及|/| and | or |或者?")

OFFER = as_pattern(
    rf"每?满\s*{COUNT}\s*元?\s*[减送返]\s*{COUNT}\s*元?|买[一二两三四五\d]+[送赠免][一二两三四五\d]+|第[二三2-3]件(?:半价|\d折|[一二三四五六七八九]折)|"
    rf"(?:全场|低至|限时)?\s*(?:\d(?:\.\d)?|[一二两三四五六七八九]{{1,2}})\s*折(?:起|封顶)?|(?:直降|立减|立省|再减|最高减)\s*{COUNT}\s*元?|"
    r"(?:全国|全场)?(?:包邮|免邮)|限时(?:秒杀|特惠|抢购|优惠)|秒杀|半价|"
    r"(?:up to )?\d{1,2}\s*% off|buy (?:one|two|1|2) get (?:one|two|1|2)(?: free)?|"
    r"free (?:shipping|delivery)|half[- ]price|flash (?:sale|deal)"
)
EVENT = as_pattern(
    r"618|双十一|双11|双十二|双12|年货节|女神节|女王节|38节|三八节|情人节|母亲节|父亲节|儿童节|七夕|中秋节?|端午节?|国庆节?|春节|元旦|新年|圣诞节?|开学季|毕业季|"
    r"店庆|周年庆|清仓|换季|上新|新品(?:上市|首发)?|预售|会员日|"
    r"black friday|cyber monday|prime day|double (?:11|eleven)|singles'? day|"
    r"christmas|new year|valentine'?s(?: day)?|mother'?s day|back[- ]to[- ]school|"
    r"clearance|summer sale|winter sale|spring sale|anniversary sale|new arrivals?|product launch|easter|halloween"
)

PRICE = as_pattern(
    r"(?:券后|到手|活动|优惠|促销|直播间?|折后|拍下|特|现|售|底)价(?:格|签)?|价格|价钱|价签|多少钱|到手只要|标价|(?<=[标突])价|"
    r"\bprice(?: tag)?s?\b|\bpricing\b|\bcost\b"
)
EMPHASIS = as_pattern(
    r"突出|强调|放大|醒目|显眼|加大|重点|主打|最大|大大的|大一[点些]|大字|要大|highlight|emphasi[sz]|stand out|"
    r"prominent|large|big|bold|focus on|hero|eye-?catching|centre stage"
)
SUM = as_pattern(
    rf"(?:[¥$€£]|rmb|cny|usd)\s*(?P<signed>{AMOUNT})|(?P<counted>{AMOUNT}|{COUNT})\s*(?:元|"
    rf"块钱?|圆|rmb|yuan|dollars?|usd|cny|euros?|bucks)(?P<dimes>[\d一二三四五六七八九](?!\d))?"
)
IN_TITLE = as_pattern(r"标题|文案|\b(?:title|headline)\b")
"""标题里别写价格 keeps the price out of the title, not off the cover."""

SUM_AFTER_PRICE = as_pattern(
    rf"(?:{PRICE.pattern})\s*(?:是|为|:|of|is|at)?\s*(?P<signed>{AMOUNT})(?![\d.]*\s*[折%％字秒张个位行:])(?P<dimes>(?!))?(?P<counted>(?!))?"
)
"""价格99: the sum without its unit."""

ROLES = {
    "title": as_pattern(r"标题|文案|\btitle\b|\bheadline\b"),
    "selling_point": as_pattern(r"卖点|亮点|优势|\bselling points?\b|\bbenefits?\b|\bfeatures\b(?! the)"),
}
NO_TITLE_AT_ALL = as_pattern(
    r"(?:不要|不加|不带|不放|不用|去掉|没有|无需?|别加|别放)(?:任何)?(?:主?标题|文案)(?=$|[图版的,])|(?:\bno|"
    r"without(?: a| any)?) (?:title|headline)s?\b(?! (?:longer|over|with|in))"
)


def read_wording(clause: Clause) -> Iterator[Reading]:
    """What a cover says, beside what was quoted."""
    for rule in (
        _read_no_title,
        _read_words,
        _read_offers,
        _read_languages,
        _read_price,
        _read_emphasis,
        _read_events,
    ):
        yield from rule(clause)


def _read_no_title(clause: Clause) -> Iterator[Reading]:
    if found := clause.find(NO_TITLE_AT_ALL):
        yield clause.read(found, "no_title")


def read_quoted(clause: Clause) -> Iterator[Reading]:
    """Words in quotation marks, to be put on the cover or kept off it: whatever they say, they say it to the buyer."""
    while found := clause.find(QUOTED):
        written = clause.find(WRITTEN) or clause.find(OF_TEXT)
        place = next(number for number in range(1, 8) if found[number])
        counted = COUNTED.match(clause.text, found.end())
        reading = _put(clause, *found.span(place))
        clause.take(found.start(), counted.end() if counted else found.end())
        if written or reading.what == "avoid_words":
            yield reading


def _read_words(clause: Clause) -> Iterator[Reading]:
    """Words without quotation marks, after a verb that puts them there."""
    if found := clause.find(UNQUOTED):
        name = "words" if found["words"] else "marked"
        start = found.start(name)
        for piece in as_pattern(f"({SPLIT.pattern})").split(found[name]):
            if not SPLIT.fullmatch(piece) and not _is_something_else(piece):
                low = start + len(piece) - len(piece.lstrip())
                yield _put(clause, low, low + len(piece.strip()))
            start += len(piece)


def _put(clause: Clause, start: int, end: int) -> Reading:
    """Words that stand at a place have to be on the cover, or must not be."""
    what = "avoid_words" if is_forbidden(clause.text, start, end) else "mention"
    quote = clause.quote(start, end)
    return Reading(what, {"words": quote}, *clause.take(start, end), clause.need)


COUNTED = as_pattern(r"\s*(?:这)?[一两二三四五几\d]?个?(?:字眼|字样|字|词|这几个字)")
"""“限时”两字: how many characters were quoted limits no title."""


def _is_something_else(words: str) -> bool:
    """Whether what is to be written is said by another rule: a language, a length, the price, an offer."""
    if BLANK in words or len(words.strip()) < 2 or words.strip().isdigit():
        return True
    others = [
        *map(as_pattern, LANGUAGES.values()),
        PRICE,
        SUM,
        as_pattern("卖点|字幕|水印|自然|简[洁短]|清[晰楚]|好看|大气|短|长|错|太"),
    ]
    return any(pattern.search(words) for pattern in others)


PUT_ON = as_pattern(rf"{EMPHASIS.pattern}|(?:写|打|标|印|放)(?:在|到)|on (?:it|the cover)")


def _read_offers(clause: Clause) -> Iterator[Reading]:
    while found := clause.find(OFFER):
        forbidden = is_forbidden(clause.text, *found.span())
        commanded = WRITTEN.search(clause.text[: found.start()]) or PUT_ON.search(clause.text)
        if forbidden:
            yield clause.read(found, "avoid_words", words=clause.quote(*found.span()))
        elif commanded:
            yield clause.read(found, "mention", words=clause.quote(*found.span()))
        else:
            yield clause.read(found, "promotion", "better_to_have", offer=clause.quote(*found.span()))


def _read_events(clause: Clause) -> Iterator[Reading]:
    while found := clause.find(EVENT):
        if is_forbidden(clause.text, *found.span()):
            yield clause.read(found, "avoid_words", words=clause.quote(*found.span()))
        else:
            yield clause.read(found, "promotion", "better_to_have", event=clause.quote(*found.span()))


def _read_languages(clause: Clause) -> Iterator[Reading]:
    if (found := clause.find(BOTH_LANGUAGES)) and not is_forbidden(clause.text, *found.span()):
        start, end = clause.take(*found.span())
        for language in ("zh", "en"):
            yield Reading("language", {"language": language}, start, end, clause.need)
        return
    for language, words in LANGUAGES.items():
        if found := clause.find(as_pattern(f"(?:{words}){NOT_OF_TITLE}")):
            what = "avoid_language" if is_forbidden(clause.text, *found.span()) else "language"
            yield clause.read(found, what, language=language)


BEFORE = as_pattern(r"原价|划线价|市场价|吊牌价|预算|成本|佣金|运费|budget|original price|list price|commission")
"""Sums that are not what the buyer pays."""


def _read_price(clause: Clause) -> Iterator[Reading]:
    if clause.find(BEFORE):
        return
    found, amount = clause.find(PRICE), clause.find(SUM) or clause.find(SUM_AFTER_PRICE)
    if not found and not amount:
        return
    named = [each.span() for each in (found, amount) if each]
    start, end = min(low for low, _ in named), max(high for _, high in named)
    if is_forbidden(clause.text, start, end):
        if DEGREE.search(clause.text, end):  # 价格不要太突出 forbids no price
            return
        if IN_TITLE.search(clause.text[:start]):
            yield Reading("avoid_words", {"words": clause.quote(start, end)}, *clause.take(start, end), clause.need)
            return
        need = "better_to_have" if NOT_REQUIRED.search(clause.text) else clause.need
        yield Reading("hide_price", {}, *clause.take(start, end), need)
        return
    parameters = {"amount": _to_sum(amount)} if amount else {}
    emphasised = EMPHASIS.search(clause.text)
    taken = clause.take(start, end)
    yield Reading("show_price", parameters, *taken, clause.need)
    if emphasised:
        yield Reading("emphasise", {"role": "price"}, *taken, clause.need)


ONLY_EMPHASIS = as_pattern(rf"(?:要|请|必须|一定|用|的|地|很|最|字|[\s,]|make it|in|type|letters|{EMPHASIS.pattern})+")
"""价格99元，大字突出: what stands out was said before."""


def _to_sum(found: re.Match[str]) -> float:
    """``9块9`` is 9.9."""
    whole = to_amount(found["signed"] or found["counted"])
    return whole + to_amount(found["dimes"]) / 10 if found["dimes"] else whole


def _read_emphasis(clause: Clause) -> Iterator[Reading]:
    prices = [reading for reading in clause.before if reading.what == "show_price"]
    if prices and clause.continues and (found := ONLY_EMPHASIS.fullmatch(clause.text)):
        yield clause.read(found, "emphasise", role="price")
    for role, words in ROLES.items():
        named, emphasis = clause.find(words), clause.find(EMPHASIS)
        if named and emphasis and not is_forbidden(clause.text, *emphasis.span()):
            start, end = min(named.start(), emphasis.start()), max(named.end(), emphasis.end())
            yield Reading("emphasise", {"role": role}, *clause.take(start, end), clause.need)
