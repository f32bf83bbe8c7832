"""A requirement in clauses, and for each of them whether it commands or wishes.

Texts are read in one form (half-width, simplified, lower case) that has a character for every
character of the original, so that what is found there can be quoted from the requirement as it stands.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from inference.covers.plan.patterns import as_pattern
from inference.covers.plan.task import Need

TRADITIONAL = (
    "標題個數豎橫圖過現價錢產貨臉鏡頭語與並儘盡應該須無別沒帶動態畫質顯強調頂佈間內優選寫話簡約議雙節週慶賣點買減滿"
    "體縮邊報單張兩備條擋蓋壓閉開線請達風鮮豔雜亂聲來這當還視頻靜長後將讓處對齊純種僅給歡樂輕鬆爲為於許準絕關聯繫號"
    "碼蘋從檔樣貼紙寬見擇裡實紅藍綠黃顏說讀謝專員嚴戶離遺隱刪險傳業會們證萬億"
)
SIMPLIFIED = (
    "标题个数竖横图过现价钱产货脸镜头语与并尽尽应该须无别没带动态画质显强调顶布间内优选写话简约议双节周庆卖点买减满"
    "体缩边报单张两备条挡盖压闭开线请达风鲜艳杂乱声来这当还视频静长后将让处对齐纯种仅给欢乐轻松为为于许准绝关联系号"
    "码苹从档样贴纸宽见择里实红蓝绿黄颜说读谢专员严户离遗隐删险传业会们证万亿"
)
SIMPLIFY = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True))
"""The traditional characters of the words that rules know."""

EDGES = " \t\r\u3000、:~…·-—*#•"
"""What may stand around a clause and is no part of it."""

QUOTED = as_pattern(
    r"“([^”]+)”|‘([^’]+)’|「([^」]+)」|『([^』]+)』|《([^》]+)》|\"([^\"]+)\"|(?<![a-z])'([^']+)'(?![a-z])"
)

CUT = as_pattern(
    r",(?!(?<=\d,)\d{3}(?!\d))|[，。;!?\n|]|\s[-–—]+\s|——+|(?<!\bmax)(?<!\bmin)\.(?=\s|$)|"
    r"[【】\[\]+#]|(?<![\d.(a-z])\d{1,2}[.)、](?=\s*[^\d\s.])|(?<=[^\d\s]) +(?=[\u4e00-\u9fff])|"
    r" (?=unless\b|except when\b)|"
    r"(?:但是|但|不过|而且|并且|同时|另外|此外|并(?=[不要标突展露用把带])|且(?!不)|"
    r"\bbut\b|\bwhile\b|\bhowever\b|\bplus\b|"
    r"\band (?=(?:no|not|show|keep|don't|do not|use|make|put|the title|title|"
    r"avoid|never|without|with|must|please|have|"
    r"highlight|include|hide|it|if|preferably|ideally|a moving|a title|an english|a chinese|only|leave)\b))"
)
"""Where one thing that is asked for ends; digits keep their commas (1,299) and points."""

ENDS_SENTENCE = frozenset("。;!?\n.")

SOFT = as_pattern(
    r"最好(?!的)|尽量|尽可能|(?<!不)可以|(?<![不许认尽])可(?=[带标露放选])|优先|如果?(?:可以|可能|能|有)|若(?:可以|能|有)|"
    r"有条件|的话|建议|希望|争取|(?:更|为|最)佳|次之|更好|加分|为宜|倾向|允许|(?<!不)能.{0,8}就|"
    r"\bprefer(?:ably|red|s)?\b|\bideally\b|\bif (?:possible|you can|available|feasible|it fits|there is)|"
    r"\b(?:when|where|whenever|wherever) possible|\bnice to have|\bwould be (?:nice|"
    r"great|good|lovely|a plus)|\boptional|"
    r"\btry to\b|\ba plus\b|\bbonus\b|\bmay\b(?! not)|\bcould\b|\bcan\b(?!not|'t| not)|\bhopefully\b|\bmaybe\b|"
    r"\bbetter (?:if|to)\b|\brecommended\b|"
    r"\b(?:we|i)'d (?:like|love)\b|\bwould (?:like|love)\b|\bas .{1,14} as possible\b"
)
"""Words by which a demand becomes a wish. 不可以 and "may not" forbid."""

CONDITION = as_pattern(
    r"^(?:unless|in case|except when|when(?!ever possible| possible)|"
    r"if(?! (?:possible|you can|available|feasible|it fits))|"
    r"除非|如果(?!可以|可能)|"
    r"若(?!可以)|要是|假如|万一)(?!.*(?:就|则|\bthen\b|的话$))"
)
"""When something is asked for, not what."""

SOFT_ONLY = as_pattern(rf"^\s*(?:{SOFT.pattern}|[\s,的话])+\s*$")


@dataclass
class Clause:
    """A piece of a requirement, in the form that rules read. What a rule has read is blanked out.

    ``start`` is its place in the requirement, ``continues`` whether it goes on with the clause before it,
    ``conditional`` whether it says when the next one holds. ``before`` is what was read in the clause
    before it, ``text_before`` how that reads.
    """

    text: str
    start: int
    need: Need = "have_to_have"
    continues: bool = False
    conditional: bool = False
    before: "tuple[Reading, ...]" = ()
    text_before: str = ""

    def take(self, start: int, end: int) -> tuple[int, int]:
        """Blank out a part that was read; its place in the requirement."""
        self.text = self.text[:start] + BLANK * (end - start) + self.text[end:]
        return self.start + start, self.start + end

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.search(self.text)

    def read(self, found: re.Match[str], what: str, need: Need | None = None, **parameters: Any) -> "Reading":
        """A task that a match says, whose words no other rule reads again."""
        return Reading(what, parameters, *self.take(*found.span()), need or self.need)

    def quote(self, start: int, end: int) -> "Quote":
        """A part of the clause, as the requirement writes it."""
        return Quote(self.start + start, self.start + end)


class Quote(NamedTuple):
    """A value that is a part of the requirement, word for word."""

    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """A task that a rule found, and the place in the requirement that says so."""

    what: str
    parameters: "Mapping[str, Any | Quote]"
    start: int
    end: int
    need: Need


BLANK = "\x00"
APOSTROPHE = as_pattern(r"(?<=[a-z])’(?=[a-z])")


def normalise(text: str) -> str:
    """Half-width, simplified where rules need it, lower case; as many characters as before."""
    return APOSTROPHE.sub("'", "".join(map(_normalise_one, text)))


def cut(requirement: str) -> list[Clause]:
    """The clauses of a requirement, in order, each with its need."""
    text = normalise(requirement)
    clauses: list[Clause] = []
    wish_for_next = False
    for start, end, before, after in _pieces(text):
        piece = text[start:end]
        if SOFT_ONLY.match(piece):
            backwards = clauses and before not in ENDS_SENTENCE and (after in ENDS_SENTENCE or piece.isascii())
            if backwards:
                clauses[-1].need = "better_to_have"
            wish_for_next = not backwards
            continue
        conditional = CONDITION.match(piece) is not None
        soft = wish_for_next or SOFT.search(QUOTED.sub("", piece)) is not None
        if before in JOINING and clauses:
            soft = soft or clauses[-1].need == "better_to_have"
        need: Need = "better_to_have" if soft else "have_to_have"
        text_before = clauses[-1].text if clauses else ""
        clauses.append(Clause(piece, start, need, before in COMMAS, conditional, text_before=text_before))
        wish_for_next = conditional
    return clauses


COMMAS = frozenset(",，")
JOINING = frozenset({"而且", "并且", "同时", "并", "且", "plus", "and "})


def _pieces(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start and end of each clause that says anything, and the separators before and after it."""
    quotes = [found.span() for found in QUOTED.finditer(text)]
    cuts = [
        (found.start(), found.end(), found[0].strip() or "\n" if found[0] != "and " else found[0])
        for found in CUT.finditer(text)
        if not any(low < found.start() < high for low, high in quotes)
    ]
    start, before = 0, "\n"
    for left, right, separator in [*cuts, (len(text), len(text), "\n")]:
        low, high = start, left
        while low < high and text[low] in EDGES:
            low += 1
        while high > low and text[high - 1] in EDGES:
            high -= 1
        if any(map(str.isalnum, text[low:high])):
            yield low, high, before, separator
            before = separator
        elif separator in ENDS_SENTENCE:
            before = separator
        start = right


def _normalise_one(character: str) -> str:
    if character == "，":  # never part of a number
        return character
    wide = unicodedata.normalize("NFKC", character)
    plain = wide if len(wide) == 1 else character
    lower = plain.lower()
    return SIMPLIFY.get(plain, lower if len(lower) == 1 else plain)
