"""What can be known of a video without a model that understands pictures: when which faces, words and
objects are seen, and when what is said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from inference.models.speech import Word

MIN_TEXT_SCORE = 0.75
"""Confidence of the recogniser: what is made to be read reaches 0.9, patterns taken for text 0.6."""

PAUSE_S = 0.6
"""Silence that ends a sentence where the recogniser set no full stop."""

LONGEST = 48
"""Characters after which a sentence is cut even so."""

SENTENCE_END = re.compile(r"[。！？；.!?;]$")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Sighting:
    """What one frame shows. Shares are of the picture's area, 0 to 1.

    ``faces`` has a share for each face, the largest first; ``writing`` the lines that can be read;
    ``subject`` is the share of the object that the picture is about, None where there is no telling.
    """

    time_s: float
    faces: tuple[float, ...] = ()
    writing: tuple[str, ...] = ()
    subject: float | None = None


@dataclass(frozen=True)
class Passage:
    """Words of a video. ``source`` is "speech" or "screen"; ``times_s`` when they begin or are seen, in order;
    none where nobody noted it."""

    text: str
    source: str
    times_s: tuple[float, ...] = ()


def look(image: np.ndarray, time_s: float) -> Sighting:
    """What an RGB picture (height × width × 3, uint8) shows: about a third of a second at 640 pixels' width."""
    from inference.models import ocr
    from inference.models.faces import find_faces
    from inference.models.image_features import locate_product

    area = image.shape[0] * image.shape[1]
    faces = tuple(face.box.area / area for face in find_faces(image, closely=False))
    lines = ocr.read_lines(image, ocr.find_text(image))
    subject = locate_product(image)
    return Sighting(
        time_s=time_s,
        faces=faces,
        writing=tuple(dict.fromkeys(line.text.strip() for line in lines if is_legible(line.text, line.score))),
        subject=subject.area / area if subject else None,
    )


def is_legible(text: str, score: float) -> bool:
    """Whether a line of text is more than a pattern that looks like a letter."""
    return score >= MIN_TEXT_SCORE and len(text.strip()) >= 2


def read_writing(sightings: Iterable[Sighting]) -> list[Passage]:
    """Every line that was seen, with the times at which it was, in order of the first."""
    seen: dict[str, list[float]] = {}
    for sighting in sorted(sightings, key=lambda each: each.time_s):
        for line in sighting.writing:
            seen.setdefault(line, []).append(sighting.time_s)
    return [Passage(line, "screen", tuple(times)) for line, times in seen.items()]


def cut_into_sentences(words: Sequence["Word"]) -> list[Passage]:
    """What is said, sentence by sentence, each with the time at which it begins."""
    sentences: list[list[Word]] = []
    for word in words:
        if not sentences or _ends(sentences[-1], word):
            sentences.append([])
        sentences[-1].append(word)
    return [Passage(_join(each), "speech", (each[0].start_s,)) for each in sentences]


def cut_text(text: str | None) -> list[Passage]:
    """The sentences of a transcript without times."""
    parts = re.findall(r"[^。！？；!?;\n]+?(?:[。！？；!?;\n]|\.(?=\s|$)|$)", text or "")
    return [Passage(part.strip(), "speech") for part in parts if part.strip()]


def _ends(sentence: "Sequence[Word]", following: "Word") -> bool:
    last = sentence[-1]
    paused = following.start_s - last.end_s >= PAUSE_S
    return paused or bool(SENTENCE_END.search(last.text)) or len(_join(sentence)) >= LONGEST


def _join(words: "Sequence[Word]") -> str:
    text = " ".join(word.text for word in words)
    return re.sub(r"(?<=[\u4e00-\u9fff，、]) (?=[\u4e00-\u9fff])", "", text)
