"""Which product a video shows: by the catalogue's own word, by file name, else by what it says.

A wrong match would put another product's name and price on a cover, so content decides only when
it is clear. Thresholds were set on the sample catalogue (66 products in two languages): the right
product's description scores above both in about three of four cases, a wrong one's in about one of
two hundred.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

MIN_SIMILARITY = 0.33
MIN_LEAD = 0.08
"""Centred cosine that the best product needs, and by how much it must lead the second."""

MIN_PRODUCTS = 8
"""Cosines are centred on the catalogue's mean, which fewer products do not give."""

MAX_CHARACTERS = 600
"""Of transcript and screen text that are compared; the model reads 510 tokens."""

Match = tuple[str | None, str]


def match_products(
    videos: Sequence[Mapping[str, Any]],
    transcripts: Mapping[str, Mapping[str, Any]],
    products: Sequence[Mapping[str, Any]],
) -> list[Match]:
    """For each video the product's id, or None, and how it was found (``videos.product_match``)."""
    named = {name.casefold(): row["product_id"] for row in products for name in row["videos"]}
    ids = sorted({row["product_id"] for row in products}, key=lambda name: (-len(name), name))
    matches = [_by_name(video["name"], named, ids) for video in videos]
    open_places = [place for place, match in enumerate(matches) if match[0] is None]
    texts = [_what_it_says(videos[i], transcripts.get(videos[i]["video_id"])) for i in open_places]
    for place, match in zip(open_places, _by_content(texts, products), strict=True):
        matches[place] = match
    return matches


def _by_name(name: str, named: Mapping[str, str], ids: Sequence[str]) -> Match:
    path = PurePosixPath(name.casefold())
    if product := named.get(path.name) or named.get(path.stem):
        return product, "catalogue"
    found = (i for i in ids if re.search(rf"(?<![^\W_]){re.escape(i.casefold())}(?![^\W_])", path.stem))
    product = next(found, None)
    return (product, "file_name") if product else (None, "none")


def _what_it_says(video: Mapping[str, Any], transcript: Mapping[str, Any] | None) -> str:
    words = re.sub(r"[\W_]+", " ", PurePosixPath(video["name"]).stem)
    said = (transcript["text"], *transcript["screen_text"]) if transcript else ()
    return " ".join((words, *said))[:MAX_CHARACTERS].strip()


def _by_content(texts: Sequence[str], products: Sequence[Mapping[str, Any]]) -> list[Match]:
    ids = sorted({row["product_id"] for row in products})
    if not texts or len(ids) < MIN_PRODUCTS:
        return [(None, "none")] * len(texts)
    similarity = _similarity(texts, products)
    columns = {name: [i for i, row in enumerate(products) if row["product_id"] == name] for name in ids}
    best_of = np.stack([similarity[:, columns[name]].max(1) for name in ids], axis=1)
    matches: list[Match] = []
    for scores in best_of:
        second, first = np.argsort(scores)[-2:]
        clear = scores[first] >= MIN_SIMILARITY and scores[first] - scores[second] >= MIN_LEAD
        matches.append((ids[first], "content") if clear else (None, "none"))
    return matches


def _similarity(texts: Sequence[str], products: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Cosines, shape (texts, products), with each language's mean taken out on both sides.

    What a language has in common outweighs what a text is about; without it the model compares
    across languages as well as within one.
    """
    from inference.models import embedding  # brings torch along, which most catalogues do not need

    passages = [". ".join((row["title"], *row["selling_points"], row["category"] or "")) for row in products]
    questions = [row["description"] or row["title"] for row in products]
    languages = [_language(text) for text in passages]
    passage_vectors = _centre(embedding.embed(passages), languages, languages)
    everything = embedding.embed([*questions, *texts], kind="query")
    spoken = [_language(text) for text in (*questions, *texts)]
    centred = _centre(everything, spoken, spoken[: len(questions)])
    return centred[len(questions) :] @ passage_vectors.T


def _centre(vectors: np.ndarray, languages: Sequence[str], reference: Sequence[str]) -> np.ndarray:
    """Vectors less the mean of their language among the first ``len(reference)``, at unit length."""
    known = np.array(reference)
    overall = vectors[: len(reference)].mean(0)
    means = {name: vectors[: len(reference)][known == name].mean(0) for name in set(reference)}
    moved = vectors - np.stack([means.get(name, overall) for name in languages])
    return moved / np.linalg.norm(moved, axis=1, keepdims=True).clip(1e-9)


def _language(text: str) -> str:
    return "zh" if re.search(r"[\u4e00-\u9fff]", text) else "other"
