"""A vision-language model among the judges: it ranks the numbered shortlist at one look, then takes frames one by one.

The shortlist is one picture, a contact sheet, as a model that was trained on interleaved pictures would
see it (Jiang et al., *Mantis: Interleaved Multi-Image Instruction Tuning*, 2024, arXiv:2405.01483) and any
other can. What a model answers is parsed with care: without a verdict that can be read it stays silent.
"""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from inference.covers.frames.closeup import Closeup
from inference.models.vision_language import VisionLanguageModel

log = logging.getLogger(__name__)

COLUMNS = 4
CELL = 320
"""Pixels, the longer side of a frame on the sheet."""

STRIP = 28
"""Pixels above each frame for its number."""

TOP_MARK = 10
MAX_WORDS = 200
"""Characters that are kept of what a model says of a frame."""

RANK = (
    "This sheet shows {count} frames of one video, numbered 1 to {count}. Which would make people click when "
    "shown as the cover of a shop's video? Look for a clear subject, open eyes, a visible product, good light. "
    'Answer with JSON only, a list with an entry for every frame: [{{"number": 1, "mark": 0 to 10, "why": "…"}}]'
)
CRITICISE = (
    "This frame may become the cover of a shop's video. Think step by step: 1. What does it show? 2. Is anything "
    "blurred, cut off, hidden or unflattering? 3. Would people click on it? Then end with one line of JSON: "
    '{"mark": 0 to 10, "why": "one sentence"}'
)


@dataclass(frozen=True)
class Verdict:
    """A mark, 0 to 1, and the reason in the model's words."""

    value: float
    why: str


def rank(model: VisionLanguageModel, closeups: Sequence[Closeup]) -> list[Closeup]:
    """The closeups with the judge ``viewer``'s word on those that the model marked."""
    if not closeups:
        return []
    answer = model.ask(contact_sheet([closeup.image for closeup in closeups]), RANK.format(count=len(closeups)))
    marks = parse_ranking(answer, len(closeups))
    if not marks:
        log.warning("%s gave no marks that can be read: %.200r", model.name, answer)
    return [_with(each, "viewer", marks.get(number)) for number, each in enumerate(closeups, 1)]


def criticise(model: VisionLanguageModel, closeups: Sequence[Closeup]) -> list[Closeup]:
    """The closeups with the judge ``critic``'s word, each asked for alone."""
    return [_with(each, "critic", parse_mark(model.ask(each.image, CRITICISE))) for each in closeups]


def contact_sheet(images: Sequence[np.ndarray]) -> np.ndarray:
    """RGB pictures in rows of four, numbered from 1, white around."""
    scaled = [_fitted(image) for image in images]
    height, width = (max(image.shape[side] for image in scaled) for side in (0, 1))
    rows = -(-len(scaled) // COLUMNS)
    sheet = np.full((rows * (height + STRIP), COLUMNS * width, 3), 255, np.uint8)
    for place, image in enumerate(scaled):
        top, left = place // COLUMNS * (height + STRIP), place % COLUMNS * width
        cv2.putText(sheet, str(place + 1), (left + 4, top + STRIP - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
        sheet[top + STRIP : top + STRIP + image.shape[0], left : left + image.shape[1]] = image
    return sheet


def parse_ranking(answer: str, count: int) -> dict[int, Verdict]:
    """Marks by number, 1 to ``count``; of a number that comes twice the first counts, other numbers are ignored."""
    marks: dict[int, Verdict] = {}
    for entry in _entries(answer):
        number = entry.get("number")
        if isinstance(number, int) and 1 <= number <= count and (verdict := _verdict(entry)):
            marks.setdefault(number, verdict)
    return marks


def parse_mark(answer: str) -> Verdict | None:
    """The last mark of an answer that thinks aloud first; None without one."""
    verdicts = [verdict for entry in _entries(answer) if (verdict := _verdict(entry))]
    return verdicts[-1] if verdicts else None


def _entries(answer: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in a text, whatever stands around it; of one that was cut off, nothing."""
    for found in re.finditer(r"\{[^{}]*\}", answer):
        try:
            entry = json.loads(found.group())
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def _verdict(entry: dict[str, Any]) -> Verdict | None:
    mark, why = entry.get("mark"), entry.get("why")
    if isinstance(mark, bool) or not isinstance(mark, int | float) or not 0 <= mark <= TOP_MARK:
        return None
    return Verdict(mark / TOP_MARK, " ".join(why.split())[:MAX_WORDS] if isinstance(why, str) else "")


def _with(closeup: Closeup, judge: str, verdict: Verdict | None) -> Closeup:
    if verdict is None:
        return closeup
    said = closeup.said | {judge: verdict.why} if verdict.why else closeup.said
    return replace(closeup, scores=closeup.scores | {judge: verdict.value}, said=said)


def _fitted(image: np.ndarray) -> np.ndarray:
    scale = CELL / max(image.shape[:2])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
