"""Words that no title may hold: absolute claims, unproven effects, profanity; a plain file for each language.

The files under ``words/`` say in their first lines how they are written. They are for everybody who
knows the law or the language, not for programmers: a new line is all that a new word takes.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"
COMMENT, EXCEPTION = "#", "!"


def find_absolute_claim(text: str, language: str) -> str:
    """The first claim in a text (zh or en) that the advertising law forbids; empty when there is none."""
    return _find("absolute_claims", text, language)


def find_unproven_effect(text: str, language: str) -> str:
    """The first promise in a text (zh or en) to heal or to bring money; empty when there is none."""
    return _find("unproven_effects", text, language)


def find_profanity(text: str, language: str) -> str:
    """The first word in a text (zh or en) that no shop prints; empty when there is none."""
    return _find("profanity", text, language)


def read_words(path: Path) -> tuple[list[str], list[str]]:
    """The words of a list, and the phrases in which they do not count."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    told = [line.lower() for line in lines if line and not _is_comment(line)]
    return (
        [line for line in told if not line.startswith(EXCEPTION)],
        [line.removeprefix(EXCEPTION).strip() for line in told if line.startswith(EXCEPTION)],
    )


def _is_comment(line: str) -> bool:
    """#1 is a claim."""
    return line == COMMENT or line.startswith(f"{COMMENT} ")


def _find(kind: str, text: str, language: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("’", "'")
    screen, pattern = _patterns(kind, language)
    lowered = text.lower()
    for part in screen:
        if part in lowered:
            return next((match[1] for match in pattern.finditer(text) if match[1]), "")
    return ""


@cache
def _patterns(kind: str, language: str) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """A part of each word, to look for before anything slower, and the pattern of them all.

    Exceptions come first: where one begins, a word that begins there too is not looked for.
    """
    words, exceptions = read_words(WORDS / f"{kind}.{language}.txt")
    parts_of_words = {max(word.split(), key=_rareness) for word in words}
    screen = tuple(part for part in parts_of_words if not any(other in part for other in parts_of_words - {part}))
    parts = [_either(exceptions), f"({_either(words)})"]
    return screen, re.compile("|".join(filter(None, parts)), re.IGNORECASE)


def _rareness(part: str) -> tuple[bool, int]:
    """Of 100 % the sign is the rarer part."""
    return not part.isdigit(), len(part)


def _either(phrases: list[str]) -> str:
    """Longest first: of no. 1 and no. 10 the longer is meant where both fit."""
    return "|".join(map(_as_pattern, sorted(phrases, key=len, reverse=True)))


def _as_pattern(phrase: str) -> str:
    """Latin words end where a word ends; Chinese has no such ends."""
    spelled = r"[\s-]*".join(map(re.escape, phrase.split()))
    before = r"(?<![a-z0-9])" if _is_latin(phrase[0]) else ""
    after = r"(?![a-z0-9])" if _is_latin(phrase[-1]) else ""
    return f"{before}{spelled}{after}"


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
