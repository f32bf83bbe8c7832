"""A Chinese title without the clauses that its content does not bear out.

Within a clause nothing can be cut: what is left of 24小时保温杯 is no Chinese. Clauses end at
punctuation and blanks, and go whole.
"""

import re

from inference.covers.titles.checks import width
from inference.covers.titles.claims import find_unsupported
from training.corpora.content_title_pairs.filters.length import MIN_TITLE_WIDTH
from training.corpora.content_title_pairs.filters.nouns import names_something

CLAUSE = re.compile(r"【[^】]*】|\[[^\]]*\]|（[^）]*）|\([^)]*\)|《[^》]*》|[^\s，,、；;：:|｜/·！!。？?—–【\[（(《]+")
ENDS = " ，,、；;：:|｜/·！!。？?—–-"
MOST_CLEANED = 0.6
"""A title that loses more of its width than this was about something else."""


def without_unsupported_clauses(title: str, content: str) -> str | None:
    """What is left of a title, or None when that is no title any more."""
    kept = [clause.span() for clause in CLAUSE.finditer(title) if not find_unsupported(clause[0], content)]
    rest = _joined(title, kept).strip(ENDS)
    enough = max(MIN_TITLE_WIDTH["zh"], (1 - MOST_CLEANED) * width(title, "zh"))
    if width(rest, "zh") < enough or find_unsupported(rest, content) or not _ends_in_a_thing(rest):
        return None
    return rest


def _joined(title: str, spans: list[tuple[int, int]]) -> str:
    """The clauses with the sign that stood before each."""
    rest = ""
    for start, end in spans:
        before = title[start - 1 : start]
        rest += f"{before if rest and before in ENDS else ''}{title[start:end]}"
    return rest


def _ends_in_a_thing(text: str) -> bool:
    return not text.endswith(tuple("的地得和与及或配带有")) and names_something(text, "zh")
