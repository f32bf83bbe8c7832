"""What is said of the things in the picture: not covered, not cut off, eyes open, bright, how many."""

import re
from collections.abc import Iterator

from inference.covers.plan import negation
from inference.covers.plan.clauses import Clause, Reading
from inference.covers.plan.mentions import Mention, find_mentions, read_mentions
from inference.covers.plan.numerals import COUNT, to_number
from inference.covers.plan.patterns import as_pattern

COVERING = as_pattern(
    r"(?<![阻])[遮挡](?:住|到|挡|着|盖|掉)?|盖住|盖到|压在|压住|压到|压着|覆盖|"
    r"\bcover(?:s|ing|ed)?\b(?= (?:the |any |up |her |his |their |our |by |over |"
    r"faces?|products?|people))|\bblock(?:s|ing|ed)?\b|\bobscur\w+|\boverlap\w*|"
    r"\bobstruct\w*|\bon top of\b|"
    r"\bover (?:the |any |her |his |their )?(?=face|product|host|model|presenter|people)"
)
CLEAR = as_pattern(r"无遮挡|不被遮挡|unobstructed|uncovered|(?<=keep )the (?:face|product) clear|clear of text")
CROPPING = as_pattern(r"裁掉?|切掉?|截掉?|\bcrop\w*|\bcut(?:ting)? (?:off|out)|\bcut\b")
WHOLE = as_pattern(
    r"完整|全貌|全身|整个(?=商品|产品|脸|人)|\bwhole\b|\bentire\b|\bcomplete(?:ly)?\b|\bin full\b|\bfully\b|\bfull\b"
)
EYES_SHUT = as_pattern(r"闭眼|眨眼|眯眼|\bclosed eyes|\beyes closed|\bblink\w*|\bmid-?blink")
EYES_OPEN = as_pattern(r"睁眼|睁开眼睛?|眼睛(?:要)?睁开|\beyes? (?:are |must be |should be )?open|\bopen eyes")
SMILE = as_pattern(r"微笑|笑容|笑脸|在笑|面带笑|笑着|\bsmil\w+")

LOOKS = {
    "bright": (r"明亮|亮一[点些]|亮堂|提亮|亮度高|\bbright(?:er|ly)?\b|well[- ]lit", "dark"),
    "dark": (r"昏暗|暗调|暗黑|太暗|偏暗|过暗|发暗|暗一[点些]|暗沉|\bdark(?:er)?\b|\bdim\b|underexposed", "bright"),
    "lively": (
        r"鲜艳|色彩丰富|花里胡哨|花哨|艳丽|活泼|(?<=太)花|\bcolou?rful|\bvivid\b|\bvibrant\b|\bgaudy\b|\bgarish\b|\bflashy\b",
        "calm",
    ),
    "calm": (r"素净|素雅|淡雅|低饱和|\bmuted\b|\bcalm\b|\bsubdued\b|\bpastel\b", "lively"),
    "warm": (r"暖色|暖调|色调偏?暖|温暖|\bwarm(?:er)?\b", None),
    "cool": (r"冷色|冷调|色调偏?冷|\bcool(?:er)? (?:tone|colou?r|palette)\w*", None),
    "contrast": (r"对比(?:度)?(?:要)?(?:强烈?|高|大)|高对比|\bhigh[- ]contrast|\bstrong contrast", None),
    "sharp": (
        r"画[面质](?:要|一定|必须)?(?:很|够)?清[晰楚]|高清|清晰度|(?:图片?|照片|封面)(?:要)?清晰|\bsharp\b|"
        r"\bin focus\b|\bcrisp\b|\bhigh[- ]resolution",
        None,
    ),
    "minimal": (r"简洁|简约|极简|干净|留白|清爽|\bclean\b|\bminimal(?:ist|istic)?\b|\buncluttered\b|\bsimple\b", None),
}
"""How a picture looks, by the words for it, and what it should look like when that is forbidden."""

BLURRED = as_pattern(r"模糊|糊|虚焦|\bblur\w*|\bout of focus")
CLUTTERED = as_pattern(r"杂乱|凌乱|乱|拥挤|太满|\bclutter\w*|\bbusy\b|\bmessy\b|\bcrowded\b")
MUCH_TEXT = as_pattern(
    r"(?:文字|字|文案)(?:不要|别|不能|不可|不宜)?(?:太|过)多|太多的?(?:文字|字|文案)|(?:文字|字|文案)(?:要)?(?:少|"
    r"精简|尽量少)(?:一?[点些])?|少(?:放|写|用|点|一点)(?:文字|字)|"
    r"\btoo much (?:text|copy)|\btoo many words|\blittle text|\bless text|\bfewer words|"
    r"\bminimal text|\blight on text"
)
FACES_COUNTED = as_pattern(
    rf"(?P<count>{COUNT})\s*(?:位|个|名|人)(?:主播|主持人|模特|人物|人|真人|达人|嘉宾)?(?=$|.{{0,3}}(?:同框|"
    rf"出镜|入镜|一起|都要))|(?P<en>{COUNT})\s+(?:hosts?|presenters?|people|persons?|models?|"
    rf"faces?)\b"
)


def read_subjects(clause: Clause) -> Iterator[Reading]:
    """What to show, hide, keep clear, keep whole, and how it looks."""
    for rule in (_read_text_amount, _read_covering, _read_cropping, _read_eyes, _read_looks):
        yield from rule(clause)
    yield from _read_counted(clause)
    yield from read_mentions(clause)


def _read_text_amount(clause: Clause) -> Iterator[Reading]:
    if found := clause.find(MUCH_TEXT):
        yield clause.read(found, "few_words")


def _read_covering(clause: Clause) -> Iterator[Reading]:
    """不要挡脸: what nothing may cover. That it has to be there at all is not said."""
    covering = clause.find(CLEAR) or clause.find(COVERING)
    if not covering or not (CLEAR.search(clause.text) or negation.count(clause.text) % 2):
        return
    mentions = [each for each in find_mentions(clause.text) if each.subject in ("face", "product")]
    after = [each for each in mentions if each.start >= covering.start()]
    passive = re.search(r"(?a)被|\bby\b|\bbe\b", clause.text[: covering.end() + 3])
    named = (
        mentions
        if passive and not after
        else after or [each for each in mentions[-1:] if passive or CLEAR.search(clause.text)]
    )
    if passive and not CLEAR.search(clause.text):
        named = [each for each in mentions if each.start < covering.start()] or named
    for subject in dict.fromkeys(each.subject for each in named):
        start, end = clause.start, clause.start + len(clause.text)
        yield Reading("keep_clear", {"subject": subject}, start, end, clause.need)
    if named:
        clause.take(0, len(clause.text))


def _read_cropping(clause: Clause) -> Iterator[Reading]:
    cropping, whole = clause.find(CROPPING), clause.find(WHOLE)
    forbidden = cropping and negation.is_forbidden(clause.text, *cropping.span())
    mentions = [each for each in find_mentions(clause.text) if each.subject in ("face", "product")]
    if cropping and forbidden and re.search(r"(?a)头|头顶|\bheads?\b", clause.text):
        mentions.append(Mention("face", cropping.start(), cropping.end()))
    if (forbidden or whole) and mentions:
        for subject in dict.fromkeys(each.subject for each in mentions):
            yield Reading(
                "keep_whole", {"subject": subject}, clause.start, clause.start + len(clause.text), clause.need
            )
    if forbidden and mentions:
        clause.take(0, len(clause.text))
    elif whole and mentions:
        clause.take(*whole.span())


def _read_eyes(clause: Clause) -> Iterator[Reading]:
    if ((found := clause.find(EYES_SHUT)) and negation.is_forbidden(clause.text, *found.span())) or (
        found := clause.find(EYES_OPEN)
    ):
        yield clause.read(found, "eyes_open")
        if EYES_SHUT.search(found[0]):  # whose eyes they are is no demand to hide whoever it is
            clause.take(0, found.start())
    if (found := clause.find(SMILE)) and not negation.is_forbidden(clause.text, *found.span()):
        yield clause.read(found, "expression", expression="smile")


def _read_looks(clause: Clause) -> Iterator[Reading]:
    for pattern, look in ((BLURRED, "sharp"), (CLUTTERED, "minimal")):
        if (found := clause.find(pattern)) and negation.is_forbidden(clause.text, *found.span()):
            yield clause.read(found, "look", look=look)
    for look, (words, opposite) in LOOKS.items():
        if not (found := clause.find(as_pattern(words))):
            continue
        forbidden = negation.is_forbidden(clause.text, *found.span())
        asked = opposite if forbidden else look
        if asked and not (look == "dark" and not forbidden and "太" in found[0]):
            yield clause.read(found, "look", look=asked)


def _read_counted(clause: Clause) -> Iterator[Reading]:
    if (found := clause.find(FACES_COUNTED)) and not negation.is_forbidden(clause.text, *found.span()):
        rest = re.match(r"(?a)(?:人)?(?:一起|同时|都)?要?(?:同框|出镜|入镜)?", clause.text[found.end() :])
        if (number := to_number(found["count"] or found["en"])) > 0:
            end = found.end() + rest.end()
            yield Reading("show", {"subject": "face", "count": number}, *clause.take(found.start(), end), clause.need)
