"""Titles for covers: several from the language model, some by rule, all judged alike.

The model proposes, ``checks`` disposes: only a title that says nothing beyond the facts is
kept. The rules cut theirs out of the facts, so that a video whose model only invents still gets a
title: from its product, else from what stands or is said in it. Where none of these can be
published the name that somebody gave the file is the title, and where a camera gave it, a neutral
invitation. The prompt is defined here once, and training uses it too.
"""

from collections.abc import Sequence
from typing import Any

from inference.covers.titles.checks import Limits, width
from inference.covers.titles.claims import canonical
from inference.covers.titles.facts import Facts
from inference.covers.titles.rules import clean, leading_clauses, names_of, put_before, write_by_rule
from inference.covers.titles.verdict import Source, TitleCandidate, judge
from inference.models.language import LanguageModel
from inference.models.serving import Serving

SAMPLES = 4
TEMPERATURE = 0.7
MAX_NEW_TOKENS = 18
"""More than the longest title takes; what is cut off here is too long anyway."""

MAX_CONTENT = 600
"""Characters of content the model reads. Reading is most of the time that a title costs."""

INSTRUCTIONS = {
    "zh": "写商品封面标题，不超过{limit}个字，只用原文的说法。",
    "en": "Write a product cover title of at most {limit} characters, in the words of the text.",
}
"""Short on purpose: every title pays for reading it. The text follows as the user's message."""

INVITATION = {"zh": "点开看看", "en": "Watch now"}
"""The title of a video of which nothing is known that may be published."""


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
        prompts = [prompt(facts[place].content, limits[place], model.serving) for place in asked]
        most = model.serving.max_new_tokens if model.serving else MAX_NEW_TOKENS
        answers = model.generate(prompts, most, samples=samples, temperature=TEMPERATURE, seed=seed)
        for place, texts in zip(asked, answers, strict=True):
            written[place] = texts
    return [_rank(*each) for each in zip(facts, limits, written, strict=True)]


def prompt(content: str, limits: Limits, serving: Serving | None = None) -> list[dict[str, str]]:
    """The chat messages that ask for a title: as an adapter was trained to be asked, else as it is asked today."""
    instructions = {**INSTRUCTIONS, **(serving.instructions if serving else {})}
    return [
        {"role": "system", "content": instructions[limits.language].format(limit=f"{limits.max_width:g}")},
        {"role": "user", "content": content[: serving.max_content if serving else MAX_CONTENT]},
    ]


def describe_serving(tokenizer: Any, max_new_tokens: int = MAX_NEW_TOKENS) -> Serving:
    """What is to be kept with an adapter that is trained on today's prompts."""
    return Serving.of(tokenizer, instructions=INSTRUCTIONS, max_new_tokens=max_new_tokens, max_content=MAX_CONTENT)


def _rank(facts: Facts, limits: Limits, written: Sequence[str]) -> list[TitleCandidate]:
    proposed: list[tuple[str, Source]] = [(title, "rule") for title in write_by_rule(facts, limits)]
    proposed += [(title, "model") for text in written for title in _readings(clean(text), facts, limits)]
    titles = {_bare(text): (text, source) for text, source in reversed(proposed) if _bare(text)}
    judged = [judge(text, source, facts, limits) for text, source in reversed(titles.values())]
    if not any(each.kept for each in judged):
        judged += _last_resort(facts, limits)
    return sorted(judged, key=lambda each: (each.kept, each.score), reverse=True)


def _readings(answer: str, facts: Facts, limits: Limits) -> list[str]:
    """What the model wrote; of what is too long the clauses that fit; and either behind the product's name.

    A small model goes on after a good beginning, and it is not told the name: it shall write one.
    """
    title = answer if width(answer, limits.language) <= limits.max_width else leading_clauses(answer, limits) or answer
    return [title, *filter(None, [put_before(names_of(facts, limits), title, facts, limits)])]


def _bare(text: str) -> str:
    """Equal for titles that differ in case and signs only; the shop's own spelling is kept then."""
    return "".join(character for character in canonical(text) if character.isalnum())


def _last_resort(facts: Facts, limits: Limits) -> list[TitleCandidate]:
    """The file's name if it can be published, and else the invitation, which claims nothing."""
    named = [judge(facts.file_name, "file name", facts, limits)] if facts.file_name else []
    if any(each.kept for each in named):
        return named
    text = INVITATION[limits.language]
    fits = width(text, limits.language) <= limits.max_width
    reason = "nothing is known that may be published" if fits else f"wider than {limits.max_width:g}"
    return [*named, TitleCandidate(text, "fallback", 0.0, fits, (reason,))]
