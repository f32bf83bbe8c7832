"""What has to be in the picture or must not be: faces, products, burnt-in text, hands.

A thing is forbidden when an odd number of negations stands between the thing named before it and
itself; things of one list share what governs the list; a verb or a negation after a thing counts where
none stands before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inference.covers.plan import negation
from inference.covers.plan.clauses import BLANK, Clause, Reading
from inference.covers.plan.negation import DEGREE, EXCEPTION, NOT_REQUIRED
from inference.covers.plan.patterns import as_pattern

SUBJECTS = {
    "face": (
        r"主播|主持人?|达人|博主|网红|真人|人物|人像|人脸|脸部|面部|正脸|露脸|露面|脸|模特|路人|(?<=[要有现放拍见何])人(?=$|[,，出入在])|出镜|"
        r"\b(?:hosts?|hostess|presenters?|anchors?|streamers?|influencers?|faces?|"
        r"(?<!tell )(?<!let )(?<!make )people|persons?|human beings?|humans?|"
        r"models?(?! (?:number|name|no))|anyone|anybody|someone)\b"
    ),
    "product": (
        r"(?:商品|产品|货品|宝贝|单品|主体|实物)(?!标题|名|卖点|价|信息|描述|详情|图册)|"
        r"\b(?:products?|items?|goods|merchandise)(?! (?:title|name|price|copy|page|description|launch|video))\b"
    ),
    "text": (
        r"字幕帧?|水印|文字(?!案)|贴纸|花字|弹幕|台标|贴片|(?<=[有带要现])字(?=$|[的,，])|"
        r"\b(?:captions?|sub-?titles?|watermarks?|stickers?|on-?screen text|burnt?-?in text|"
        r"burned-in text|overlays?|text)\b"
    ),
    "hand": (
        r"手部|双手|手指|的手(?!机|表|感|工)|(?<![主选助歌新对入到二下拿高动杀帮联])手(?=$|不|别|勿|入|要|出|露|也|"
        r"和|、|的)|\bhands?\b(?!-| (?:made|held))|\bfingers?\b"
    ),
}
"""What a cover can be asked to show or not to show, by the words for it."""

MENTION = as_pattern("|".join(f"(?P<{subject}>{words})" for subject, words in SUBJECTS.items()))
LIST = as_pattern(
    r"(?:\s|[、/&,]|和|与|跟|及|以及|或者?|还有|\band\b|\bor\b|\bthe\b|\ban?\b|\bany\b|\btheir\b|\bour\b|\bof\b|任何|所有|其他)*"
)
"""What stands between the things of one list."""

VISIBLE = as_pattern(
    r"必须|务必|一定|需要?|要|应|突出|展示|展现|显示|露出?|出现|出镜|入镜|上镜|带上?|保留|有|看到|看见|看清|体现|强调|清晰|包含|让|"
    r"\bshow|\bdisplay|\bfeatur|\binclud|\bhighlight|\bkeep|\bwith\b|\bvisible|"
    r"\bmust|\bshould|\bneed|\bhave\b|\bhas\b|\bpresent\b|"
    r"\bin (?:the )?(?:frame|shot|picture)|\bon (?:the )?(?:camera|cover)|\bappear|\bsee\b|手持|close-?up|特写"
)
FRAMES_OF = as_pattern(rf"的(?:帧|画面|镜头|片段|图|部分|截图)[也都就]*(?:{negation.NEGATION.pattern})")
"""有字幕的帧不要用: what is forbidden is what the frames have."""

HANDLED = as_pattern(r"把|将")
"""不要把主播拍丑 forbids what is done to it, not the thing."""

SOMETHING_ELSE = as_pattern(rf"太|\btoo\b|错|把|^\s*(?:{negation.NEGATION.pattern})[^{BLANK}]{{0,2}}{BLANK}")
"""What follows a thing that is named only because of something about it: 主播不要闭眼, after 闭眼 was read."""

SILENT = frozenset({"text", "hand"})
"""Subjects that are shown only when a verb says so."""

SHOWN_TEXT = as_pattern(r"字幕|水印|captions?|subtitles?|watermarks?|贴纸|stickers?|花字")


@dataclass(frozen=True)
class Mention:
    """A thing that a clause names, and where."""

    subject: str
    start: int
    end: int


@dataclass(frozen=True)
class Named:
    """The things of one list, and the places of a clause from the list before it to the one after it."""

    things: Sequence[Mention]
    start: int
    end: int

    def before(self, text: str) -> str:
        return text[self.start : self.things[0].start]

    def after(self, text: str) -> str:
        return text[self.things[-1].end : self.end]


def read_mentions(clause: Clause) -> Iterator[Reading]:
    """What to show and what to hide."""
    forbidden: bool | None = _goes_on_forbidding(clause)
    for named in _lists(clause.text):
        said = _is_forbidden(clause.text, named, forbidden)
        if said is not None:
            forbidden = said
            yield from _say(clause, named, said)


def _goes_on_forbidding(clause: Clause) -> bool:
    """Whether a clause of bare nouns goes on with a list of what is forbidden: 不要字幕，水印，贴纸."""
    bare = LIST.sub("", MENTION.sub("", clause.text).replace(BLANK, "")) == ""
    return bare and clause.continues and bool(clause.before) and clause.before[-1].what == "hide"


def _lists(text: str) -> Iterator[Named]:
    lists: list[list[Mention]] = []
    for each in find_mentions(text):
        if lists and LIST.fullmatch(text, lists[-1][-1].end, each.start):
            lists[-1].append(each)
        else:
            lists.append([each])
    starts = [0, *(things[-1].end for things in lists)]
    ends = [*(things[0].start for things in lists[1:]), len(text)]
    return (Named(*each) for each in zip(lists, starts, ends, strict=False))


def _is_forbidden(text: str, named: Named, so_far: bool) -> bool | None:
    """Whether the things of a list are forbidden; None when they are only spoken of. ``so_far`` is the list before."""
    before, after = named.before(text), named.after(text)
    negations = negation.count(text, named.start, named.things[0].start)
    if DEGREE.search(before) or SOMETHING_ELSE.search(after) or (negations and HANDLED.search(before)):
        return None
    if EXCEPTION.search(before):
        return False
    if negations:
        return negations % 2 == 1
    if FRAMES_OF.match(text, named.things[-1].end):
        return True
    if VISIBLE.search(before):
        return False
    if VISIBLE.search(after) or negation.NEGATION.search(after):
        return negation.count(text, named.things[-1].start, named.end) % 2 == 1
    return None if named.start and OF_ANOTHER.fullmatch(before) else so_far


OF_ANOTHER = as_pattern(r"的|\s*(?:in|on|of|from|over) (?:the )?")
"""Between two things: the second only says which the first is."""


def find_mentions(text: str) -> list[Mention]:
    """Every thing that a text names; of the hand of the presenter the hand, of a face on camera the face."""
    found = [Mention(each.lastgroup, *each.span()) for each in MENTION.finditer(text)]
    kept = []
    for place, each in enumerate(found):
        nearest = found[place + 1] if place + 1 < len(found) else None
        possessed = (
            nearest and re.fullmatch(r"(?a)的|'s ?|", text[each.end : nearest.start]) and nearest.subject != "text"
        )
        if possessed and text[nearest.start : nearest.end] not in ("出镜", "露脸", "露面"):
            continue
        if text[each.start : each.end] == "出镜" and any(
            _same_piece(text, other, each) for other in found if other is not each
        ):
            continue
        kept.append(each)
    return kept


def _same_piece(text: str, one: Mention, other: Mention) -> bool:
    """Whether one thing directly comes before another: 商品出镜, 手不要出镜."""
    return one.end <= other.start and not re.search(r"(?a)[、和与,]|主播", text[one.end : other.start])


def _say(clause: Clause, named: Named, forbidden: bool) -> Iterator[Reading]:
    text, after = clause.text, named.after(clause.text)
    shown = VISIBLE.search(named.before(text)) or VISIBLE.search(after)
    need = "better_to_have" if forbidden and NOT_REQUIRED.search(text) else clause.need
    end = named.things[-1].end + _verb_after(after)
    start = end - len(text[named.start : end].lstrip(f" 、和与及,{BLANK}"))
    for each in named.things:
        silent = each.subject in SILENT and not (
            each.subject == "hand" or SHOWN_TEXT.search(text, each.start, each.end)
        )
        if forbidden or each.subject not in SILENT or (shown and not silent):
            what = "hide" if forbidden else "show"
            yield Reading(what, {"subject": each.subject}, clause.start + start, clause.start + end, need)


def _verb_after(after: str) -> int:
    """Characters of the verb that ends what is said of a thing: 主播要出镜."""
    found = VERB_AFTER.match(after)
    return len(found[0].rstrip()) if found else 0


VERB_AFTER = as_pattern(rf"\s*(?:也|都|一定|都要)*(?:{negation.NEGATION.pattern}|{VISIBLE.pattern}|\s)*")
