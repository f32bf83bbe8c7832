"""Text that can be read: what is harmless is cleaned out, the rest is refused by rule."""

import html
import re
import unicodedata
from dataclasses import replace

from training.corpora.content_title_pairs.filters.units import UNIT
from training.corpora.content_title_pairs.pair import Drop, Pair

MOST_TITLE, MOST_CONTENT = 500, 20_000
"""Characters, as the dataset's contract has them. Beyond this lies no title but a whole page, or an attack."""

CODE = re.compile(r"<\s*(?:script|style|iframe|object|embed|svg|a)\b", re.IGNORECASE)
"""Elements whose text is no text, or leads away: without its tags a script would read as prose."""

ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z]{2,8}\d{0,2});")
ENTITIES_WITHIN = 2
"""Shops escape twice: &amp;lt;b&amp;gt;."""

BREAK = re.compile(r"</?(?:br|p|li|ul|ol|div|tr|td|table|h[1-6])\b[^<>]{0,300}>", re.IGNORECASE)
TAG = re.compile(r"</?[a-z][^<>]{0,300}>|<!--.{0,1000}?-->", re.IGNORECASE | re.DOTALL)
MARKUP_LEFT = re.compile(r"</?[a-z!]|https?:|www\.|javascript:|\{\{|\}\}|\$\{|&(?:#\d+|[a-z]{2,8});", re.IGNORECASE)
MARKUP_SIGNS = ("<", ":", "www.", "{", "}", ";")

INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
"""Zero-width characters and marks of direction; the letters that they stood between stay in their order."""

CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
SIGN = re.compile("[©®™℠]")
PICTURE = re.compile("[\u2580-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
"""Stars, ticks and emoji."""

BROKEN = re.compile("[\ud800-\udfff\ufffd]|â€.|Ã[\u0080-\u00bf]|Â[\u00a0-\u00bf]|ï»¿|锟斤拷|烫烫烫")
"""Lone surrogates, replacement characters, and what UTF-8 looks like when it was read as something else."""

STRAY_BLANK = re.compile(
    rf" (?:(?=[,;:!?%)]|\.(?:\s|$)|/)|(?<=\( )|(?<=\d )(?=\.\d\b|['\"”″](?!\w)|-\d|- {UNIT}\b)|(?<=\d - )(?={UNIT}\b)|"
    r"(?<=[^w ]/ )|(?<=[^w] / ))"
)
STRAY = (" ,", " .", " ;", " :", " !", " ?", " %", " )", "( ", " '", ' "', " /", "/ ", " -", " ”", " ″")
"""Blanks that a tokenizer left around signs: 24 ,000 hz; 40 ' lcd; dvd / vcr; ( black ); 12 - cup."""


def is_of_bearable_size(pair: Pair) -> Pair | Drop:
    """First of all, for every later filter reads the whole text."""
    for name, text, most in (("title", pair.title, MOST_TITLE), ("content", pair.content, MOST_CONTENT)):
        if len(text) > most:
            return Drop("size", "title or content is far too long", f"{name} of {len(text)} characters")
    return pair


def is_cleansed(pair: Pair) -> Pair | Drop:
    for text in (pair.title, pair.content):
        if "<" in text and (found := CODE.search(text)):
            return Drop("markup", "title or content holds code or a link", found[0])
    title, content = " ".join(cleanse(pair.title).splitlines()), cleanse(pair.content)
    if (title, content) == (pair.title, pair.content):
        return pair
    before = pair.cleaned_from or pair.title
    return replace(pair, title=title, content=content, cleaned_from=None if title == before else before)


def is_unbroken(pair: Pair) -> Pair | Drop:
    """Nobody knows which characters were lost."""
    for text in (pair.title, pair.content):
        if not text.isascii() and (found := BROKEN.search(text)):
            return Drop("encoding", "characters were lost before the text came here", f"U+{ord(found[0][0]):04X}")
    return pair


def holds_no_markup(pair: Pair) -> Pair | Drop:
    for text in (pair.title, pair.content):
        if any(sign in text for sign in MARKUP_SIGNS) and (found := MARKUP_LEFT.search(text)):
            return Drop("markup", "title or content holds markup or a link", found[0])
    return pair


def cleanse(text: str) -> str:
    """A text without tags, entities, invisible characters, pictures and stray blanks; its lines stay lines."""
    for _ in range(ENTITIES_WITHIN):
        if "&" in text:
            text = ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if "<" in text:
        text = TAG.sub("", BREAK.sub("\n", text))
    if not text.isascii():
        text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
        text = PICTURE.sub(" ", SIGN.sub("", text))
    if not text.isprintable():
        text = CONTROL.sub(" ", text)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    if any(sign in text for sign in STRAY):
        lines = [STRAY_BLANK.sub("", line) for line in lines]
    return "\n".join(line for line in lines if line)
