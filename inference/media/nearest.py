"""Passages of a video that hold some words, or come nearest to them in meaning, in either language."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np

from inference.media.evidence import CHINESE, Passage

MIN_COSINE = 0.3
"""Centred cosine from which a passage is about what was asked. Of 13 things that the twelve sentences of the
test speak of, in two languages, nine are found and none wrongly; of nine that they do not speak of one is."""

MOST = 5
"""Passages given at once: an answer that names more helps nobody."""

ORDINARY = {
    "zh": (
        "大家早上好",
        "今天天气不错",
        "我们明天再见",
        "他昨天去了北京",
        "这件事情很重要",
        "请把门关上",
        "谢谢你的帮助",
        "时间过得真快",
        "火车晚点了",
        "孩子们在学校",
        "他喜欢踢足球",
        "银行几点关门",
    ),
    "en": (
        "Good morning everyone",
        "The weather is nice today",
        "We will meet again tomorrow",
        "He went to London yesterday",
        "This matter is important",
        "Please close the door",
        "Thank you for your help",
        "Time flies",
        "The train is late",
        "The children are at school",
        "He likes to play football",
        "When does the bank close",
    ),
}
"""Sentences about this and that. Their mean is what a language has in common, which outweighs what a text
is about until it is taken out."""


CHINESE_RUN = re.compile(r"[\u4e00-\u9fff](?: ?[\u4e00-\u9fff])*")


def find_exact(words: str, passages: Sequence[Passage]) -> list[Passage]:
    """Those that hold the words as they stand, but for case, width, spaces and punctuation."""
    wanted = _plain(words)
    if CHINESE.match(wanted.strip()[:1]):  # Chinese words may begin and end anywhere
        wanted = wanted.lstrip()
    if CHINESE.match(wanted.strip()[-1:]):
        wanted = wanted.rstrip()
    return [passage for passage in passages if wanted and wanted in _plain(passage.text)]


def find_nearest(words: str, passages: Sequence[Passage]) -> list[Passage]:
    """At most ``MOST`` that are about the same, the nearest first; none where nothing is near."""
    if not words.strip() or not passages:
        return []
    from inference.models import embedding

    texts = [passage.text for passage in passages]
    found = _centre(embedding.embed(texts), texts, "passage")
    (wanted,) = _centre(embedding.embed([words], kind="query"), [words], "query")
    cosines = found @ wanted
    order = [int(place) for place in np.argsort(-cosines, kind="stable") if cosines[place] >= MIN_COSINE]
    return [passages[place] for place in order[:MOST]]


def _plain(text: str) -> str:
    """Words in lower case and runs of Chinese characters, a space before and after each."""
    words = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold())
    apart = CHINESE_RUN.sub(lambda run: f" {run[0].replace(' ', '')} ", words)
    joined = " ".join(apart.split())
    return f" {joined} " if joined else ""


def _centre(vectors: np.ndarray, texts: Sequence[str], kind: str) -> np.ndarray:
    means = _means(kind)
    moved = vectors - np.stack([means["zh" if CHINESE.search(text) else "en"] for text in texts])
    return moved / np.linalg.norm(moved, axis=1, keepdims=True).clip(1e-9)


@cache
def _means(kind: str) -> dict[str, np.ndarray]:
    from inference.models import embedding

    return {language: embedding.embed(texts, kind=kind).mean(axis=0) for language, texts in ORDINARY.items()}
