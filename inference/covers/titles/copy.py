"""Titles for covers: several from the language model, some by rule, all judged alike.

The model proposes, ``title_checks`` disposes: only a title that says nothing beyond the facts is
kept. The rules cut theirs out of the facts, so that a video whose model only invents still gets a
title: from its product, else from what stands or is said in it. Where none of these can be
published the name that somebody gave the file is the title, and where a camera gave it, a neutral
invitation. The prompt is defined here once, and training uses it too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from inference.covers.titles.checks import MIN_WIDTH, Limits, find_chatter, find_faults, width
from inference.covers.titles.claims import ENGLISH_FUNCTION_WORDS, canonical, find_unsupported
from inference.covers.titles.notices import without_notices
from inference.models.language import LanguageModel

SAMPLES = 4
TEMPERATURE = 0.7
MAX_NEW_TOKENS = 18
"""More than the longest title takes; what is cut off here is too long anyway."""

MAX_CONTENT = 600
"""Characters of content the model reads. Reading is most of the time that a title costs."""

MAX_SPOKEN = 300
CURRENCY_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}

INSTRUCTIONS = {
    "zh": "写商品封面标题，不超过{limit}个字，只用原文的说法。",
    "en": "Write a product cover title of at most {limit} characters, in the words of the text.",
}
"""Short on purpose: every title pays for reading it. The text follows as the user's message."""

INVITATION = {"zh": "点开看看", "en": "Watch now"}
"""The title of a video of which nothing is known that may be published."""

Source = Literal["model", "rule", "given", "file name", "fallback"]
"""Who wrote a title: the model, a rule from the facts, a person, who named the file, or nobody."""

CLAUSE_END = re.compile(r"[，。！？；：、,.!?;:\n](?!\d)|\s[-–—|]\s")
WRAPPING = "\"'“”‘’《》【】「」*# "
PREFIX = re.compile(r"^(标题|封面标题|title)\s*[:：]\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Facts:
    """All that a title may draw on; each part may be missing.

    ``spoken``, ``on_screen`` (largest first) and ``file_words`` are of the video, the rest of its product.
    """

    title: str | None = None
    selling_points: tuple[str, ...] = ()
    description: str | None = None
    price: float | None = None
    currency: str | None = None
    category: str | None = None
    spoken: str | None = None
    on_screen: tuple[str, ...] = ()
    file_words: tuple[str, ...] = ()

    @classmethod
    def of_product(cls, row: Mapping[str, Any], **of_video: Any) -> "Facts":
        """The facts of a row of ``products``; ``of_video`` adds spoken, on_screen or file_words."""
        names = ("title", "description", "price", "currency", "category")
        points = tuple(row["selling_points"])
        return cls(selling_points=points, **{name: row[name] for name in names}, **of_video)

    @property
    def content(self) -> str:
        """What the model writes from. The product's own title is left out while there is anything else:
        the model learned to write titles, not to repeat them."""
        spoken = self.spoken[:MAX_SPOKEN] if self.spoken else None
        parts = [*self.selling_points, self.description, self.category, self.price_tag, spoken, *self.headlines]
        return _as_lines(*parts) or _as_lines(self.title, self.file_name)

    @property
    def everything(self) -> str:
        """All facts as text: what is not in here may not be claimed."""
        return _as_lines(self.written, self.spoken)

    @property
    def written(self) -> str:
        """All facts but what was said: somebody chose these words."""
        of_product = [self.title, self.description, self.category, self.price_tag, *self.selling_points]
        return _as_lines(*of_product, *self.headlines, self.file_name)

    @property
    def headlines(self) -> tuple[str, ...]:
        """What stands on screen and is about the video: no notices, no watermarks."""
        return without_notices(self.on_screen)

    @property
    def file_name(self) -> str:
        """The words of the file name as a title: ``Great Wall``, ``长城``."""
        words = [
            word if place and word in ENGLISH_FUNCTION_WORDS else word[:1].upper() + word[1:]
            for place, word in enumerate(self.file_words)
        ]
        return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", " ".join(words))

    @property
    def price_tag(self) -> str | None:
        """``¥99`` or ``99 SEK``; None without a price."""
        if self.price is None:
            return None
        sign = CURRENCY_SIGNS.get(self.currency or "")
        return f"{sign}{self.price:g}" if sign else f"{self.price:g} {self.currency or ''}".strip()


@dataclass(frozen=True)
class TitleCandidate:
    """A title and its verdict. ``score`` is 0 to 1; a kept title may be published as it is.

    ``reasons`` are the faults of one that is not kept, and what speaks for one that is.
    """

    text: str
    source: Source
    score: float
    kept: bool
    reasons: tuple[str, ...]


def write_titles(
    facts: Facts,
    language: str,
    max_chars: float | None = None,
    samples: int = SAMPLES,
    model: LanguageModel | None = None,
) -> list[TitleCandidate]:
    """Title candidates for one video, best first. See ``write_titles_for``."""
    return write_titles_for([facts], [language], max_chars, samples, model)[0]


def write_titles_for(
    facts: Sequence[Facts],
    languages: Sequence[str],
    max_chars: float | None = None,
    samples: int = SAMPLES,
    model: LanguageModel | None = None,
    seed: int = 0,
) -> list[list[TitleCandidate]]:
    """Title candidates for each video, kept ones first, then by score; the model runs once for all.

    ``languages`` holds zh or en for each video. ``max_chars`` is the greatest width, in Chinese
    characters for zh and in characters for en; without it the language's default holds. Without a
    model only rules write. Raises ``ValueError`` for another language.
    """
    limits = [Limits.of(language, max_chars) for language in languages]
    written: list[list[str]] = [[] for _ in facts]
    asked = [place for place, each in enumerate(facts) if each.content != each.file_name]  # a name alone is no story
    if model and asked:
        prompts = [prompt(facts[place].content, limits[place]) for place in asked]
        answers = model.generate(prompts, MAX_NEW_TOKENS, samples=samples, temperature=TEMPERATURE, seed=seed)
        for place, texts in zip(asked, answers, strict=True):
            written[place] = texts
    return [_rank(*each) for each in zip(facts, limits, written, strict=True)]


def judge(text: str, source: Source, facts: Facts, limits: Limits) -> TitleCandidate:
    """One title's verdict. A file's own name may be shorter than other titles."""
    shortest = 1.0 if source == "file name" else MIN_WIDTH[limits.language]
    faults = find_faults(text, facts.everything, limits, shortest)
    if source in ("model", "rule") and find_unsupported(text, facts.written) and (said := find_chatter(text)):
        faults.append(f"talk, no title: {said!r}")
    if faults:
        return TitleCandidate(text, source, 0.0, False, tuple(faults))
    score, merits = _score(text, facts, limits)
    return TitleCandidate(text, source, score, True, tuple(merits))


def prompt(content: str, limits: Limits) -> list[dict[str, str]]:
    """The chat messages that ask for a title."""
    return [
        {"role": "system", "content": INSTRUCTIONS[limits.language].format(limit=f"{limits.max_width:g}")},
        {"role": "user", "content": content[:MAX_CONTENT]},
    ]


def clean(answer: str) -> str:
    """The title in a model's answer: its first line without label, quotes and closing stop."""
    line = next((line for line in answer.splitlines() if line.strip()), "")
    line = PREFIX.sub("", line.strip(WRAPPING)).strip(WRAPPING)
    return re.sub(r"\s+", " ", line).rstrip("。.，,；;：:、!！ ")


def _rank(facts: Facts, limits: Limits, written: Sequence[str]) -> list[TitleCandidate]:
    proposed: list[tuple[str, Source]] = [(title, "rule") for title in _by_rule(facts, limits)]
    proposed += [(clean(text), "model") for text in written]
    titles = {_bare(text): (text, source) for text, source in reversed(proposed) if _bare(text)}
    judged = [judge(text, source, facts, limits) for text, source in reversed(titles.values())]
    if not any(each.kept for each in judged):
        judged += _last_resort(facts, limits)
    return sorted(judged, key=lambda each: (each.kept, each.score), reverse=True)


def _bare(text: str) -> str:
    """Equal for titles that differ in case and signs only; the shop's own spelling is kept then."""
    return "".join(character for character in canonical(text) if character.isalnum())


def _by_rule(facts: Facts, limits: Limits) -> list[str]:
    """Titles cut out of the facts: product, selling point, both together; else the first line that will do.

    Lines on screen are in order of size: after the headline come subtitles, which are no titles.
    """
    heads = _fitting([facts.title], limits) or [_last_words(facts.title or "", limits)]
    points = _fitting(facts.selling_points, limits)
    joint = ": " if limits.language == "en" else "，"
    joined = [f"{head}{joint}{point}" for head in heads for point in points if head]
    short = [title for title in joined if width(title, limits.language) <= limits.max_width]
    if any(heads) or points:
        return [*heads, *points, *short]
    cut = [*_fitting([*facts.headlines, facts.description], limits), *_said(facts, limits)]
    publishable = [title for title in cut if judge(title, "rule", facts, limits).kept]
    return (publishable or cut)[:1]


def _fitting(texts: Sequence[str | None], limits: Limits) -> list[str]:
    """Of each text the whole, if it fits, else its first clause that does."""
    fitting = [_clauses_that_fit([text or "", *CLAUSE_END.split(text or "")], limits) for text in texts]
    return [clauses[0] for clauses in fitting if clauses]


def _said(facts: Facts, limits: Limits) -> list[str]:
    """The first clause said that is long enough and no talk."""
    clauses = _clauses_that_fit(CLAUSE_END.split(facts.spoken or ""), limits)
    long_enough = [clause for clause in clauses if width(clause, limits.language) >= MIN_WIDTH[limits.language]]
    return [clause for clause in long_enough if not find_chatter(clause)][:1]


def _clauses_that_fit(clauses: Sequence[str], limits: Limits) -> list[str]:
    cleaned = [clean(clause) for clause in clauses]
    return [clause for clause in cleaned if clause and width(clause, limits.language) <= limits.max_width]


def _last_resort(facts: Facts, limits: Limits) -> list[TitleCandidate]:
    """The file's name if it can be published, and else the invitation, which claims nothing."""
    named = [judge(facts.file_name, "file name", facts, limits)] if facts.file_name else []
    if any(each.kept for each in named):
        return named
    text = INVITATION[limits.language]
    fits = width(text, limits.language) <= limits.max_width
    reason = "nothing is known that may be published" if fits else f"wider than {limits.max_width:g}"
    return [*named, TitleCandidate(text, "fallback", 0.0, fits, (reason,))]


def _last_words(text: str, limits: Limits) -> str:
    """Catalogue titles put the product last: 夏季新款宽松大码显瘦连衣裙."""
    words = text.split()
    if limits.language == "zh" and len(words) < 3:
        import jieba

        words = list(jieba.cut(text))
    space = " " if limits.language == "en" else ""
    kept: list[str] = []
    for word in reversed(words):
        if width(space.join([word, *kept]), limits.language) > limits.max_width:
            break
        kept.insert(0, word)
    return clean(space.join(kept))


def _score(text: str, facts: Facts, limits: Limits) -> tuple[float, list[str]]:
    """Mean of three merits, each 0 to 1: it names the product, says a strong point, fills its line.

    The points of a video without a product are the headlines on its screen.
    """
    merits = []
    names = _names_product(text, facts)
    if names:
        merits.append("names the product")
    points, kind = (facts.selling_points, "selling point") if facts.selling_points else (facts.headlines, "headline")
    strength = 0.0
    for place, point in enumerate(points):
        if _says(text, point):
            strength = 1 / (1 + place / 2)
            merits.append(f"says {kind} {place + 1}")
            break
    filled = width(text, limits.language) / limits.max_width
    merits.append(f"fills {filled:.0%} of the line")
    return round((names + strength + min(1.0, filled / 0.6)) / 3, 4), merits


def _names_product(text: str, facts: Facts) -> bool:
    """Whether the title holds the end of the product's name, where the noun stands."""
    if not facts.title:
        return False
    last = facts.title.split()[-1] if " " in facts.title else facts.title[-2:]
    return canonical(last) in canonical(text)


def _says(text: str, point: str) -> bool:
    """Whether most of a title is borne out by one selling point, or most of the point is in the title."""
    extra = find_unsupported(text, point)
    unsaid = sum(len(each) for each in extra.words)
    return unsaid <= len(text) / 2 and not extra.numbers


def _as_lines(*parts: str | None) -> str:
    return "\n".join(part.strip() for part in parts if part and part.strip())
