"""Questions about a video, answered without a model that understands pictures.

Faces, burnt-in text, the object that a picture is about and what is said are noted once, with their
times. A question in Chinese or English is answered from these notes, in a sentence that names its
evidence. Words are found as they stand or, nearest in meaning, by text embeddings. What only eyes
could tell, such as the colour of a dress, is said to be unknown.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from inference.media import evidence, phrases
from inference.media.evidence import Passage, Sighting
from inference.media.nearest import find_exact, find_nearest
from inference.media.questions import Question, read_question
from inference.models.speech import Word
from inference.watch.answer import Answer

FILE = "evidence.json"

PRICE = re.compile(
    r"[¥￥$€£]\s?\d|\d(\.\d+)?\s?(元|块|RMB\b|CNY\b|USD\b|EUR\b|yuan\b|dollars?\b|euros?\b|pounds?\b)|"
    r"[零一二两三四五六七八九十百千]+(元|块钱)|[十百千][零一二两三四五六七八九十百]*块|"
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty|hundred) (dollars?|euros?|pounds?|yuan)\b",
    re.I,
)
"""An amount of money, in figures or as it is spoken."""

MIN_SUBJECT = 0.02
"""Share of the picture below which an object is too small to point at."""

WORDS = "screen text, speech"


@dataclass
class MediaWatcher:
    """The notes of one video: ``see`` frames, ``hear`` what is said, then ``ask``."""

    sightings: list[Sighting] = field(default_factory=list)
    spoken: list[Passage] = field(default_factory=list)

    def see(self, pixels: np.ndarray, time_s: float) -> None:
        """Note what an RGB frame (height × width × 3, uint8) at a time in seconds shows."""
        self.note(evidence.look(pixels, time_s))

    def note(self, sighting: Sighting) -> None:
        """Take what is known of a frame already, in place of what was noted of the same moment."""
        others = [each for each in self.sightings if each.time_s != sighting.time_s]
        self.sightings = sorted([*others, sighting], key=lambda each: each.time_s)

    def hear(self, words: Sequence[Word], text: str | None = None) -> None:
        """Take what is said: words with their times or, where nobody noted these, the transcript's text."""
        self.spoken = evidence.cut_into_sentences(words) or evidence.cut_text(text)

    def save(self, folder: Path) -> None:
        """Write the notes as one JSON file, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{FILE}.partial"
        partial.write_bytes(NOTES.dump_json(_Notes(tuple(self.sightings), tuple(self.spoken))))
        partial.replace(folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> "MediaWatcher":
        """Raises ``FileNotFoundError`` where nothing was saved and ``ValueError`` for a file of another kind."""
        notes = NOTES.validate_json((folder / FILE).read_bytes())
        return cls(list(notes.sightings), list(notes.spoken))

    @property
    def written(self) -> list[Passage]:
        """Every line that was seen on screen."""
        return evidence.read_writing(self.sightings)

    def ask(self, question: str) -> Answer:
        """A sentence in the question's language, and the times of the frames and moments it rests on.

        Raises ``ValueError`` for a question without a word.
        """
        asked = read_question(question)
        return ANSWERS[asked.kind](self, asked)


def _on_people(watcher: MediaWatcher, asked: Question) -> Answer:
    faced = sorted((each for each in watcher.sightings if each.faces), key=lambda each: -each.faces[0])
    counts = {"looks": len(watcher.sightings), "count": len(faced)}
    if not faced:
        return _answer(asked, "no_face", (), "faces", **counts)
    most = max(len(each.faces) for each in faced)
    times = [each.time_s for each in faced]
    return _answer(asked, "faces", times, "faces", most=most, share=f"{faced[0].faces[0]:.0%}", **counts)


def _on_product(watcher: MediaWatcher, asked: Question) -> Answer:
    sized = [(each.subject or 0.0, each.time_s) for each in watcher.sightings]
    seen = sorted((each for each in sized if each[0] >= MIN_SUBJECT), key=lambda each: (-each[0], each[1]))
    counts = {"looks": len(sized), "count": len(seen)}
    if not seen:
        return _answer(asked, "no_subject", (), "main object", **counts)
    return _answer(asked, "subject", [time for _, time in seen], "main object", share=f"{seen[0][0]:.0%}", **counts)


def _on_price(watcher: MediaWatcher, asked: Question) -> Answer:
    shown, said = (
        [each for each in passages if PRICE.search(each.text)] for passages in (watcher.written, watcher.spoken)
    )
    if shown:
        return _quote(asked, "price_shown", shown, "screen text")
    if said:
        return _quote(asked, "price_said", said, "speech")
    return _answer(asked, "no_price", (), WORDS, looks=len(watcher.sightings))


def _on_writing(watcher: MediaWatcher, asked: Question) -> Answer:
    if not asked.is_generic:
        return _find(asked, watcher.written) or _answer(asked, "absent_written", (), "screen text", about=asked.about)
    return _on_all_writing(watcher, asked)


def _on_all_writing(watcher: MediaWatcher, asked: Question) -> Answer:
    if not watcher.written:
        return _answer(asked, "no_text", (), "screen text", looks=len(watcher.sightings))
    return _quote(asked, "text", watcher.written, "screen text")


def _on_speech(watcher: MediaWatcher, asked: Question) -> Answer:
    if asked.is_generic or not watcher.spoken:
        return _on_all_speech(watcher, asked)
    return _find(asked, watcher.spoken) or _answer(asked, "absent_said", (), "speech", about=asked.about)


def _on_all_speech(watcher: MediaWatcher, asked: Question) -> Answer:
    if not watcher.spoken:
        return _answer(asked, "silent", (), "speech")
    return _quote(asked, "said", watcher.spoken, "speech")


def _on_everything(watcher: MediaWatcher, asked: Question) -> Answer:
    """All that is known, one part after another; what the things are called is not among it."""
    parts = [answer(watcher, asked) for answer in (_on_people, _on_product, _on_all_writing, _on_all_speech)]
    text = phrases.join([*(part.text for part in parts), phrases.say("unnamed", asked.language)], asked.language)
    times = dict.fromkeys(time for part in parts for time in part.frames[: phrases.NAMED])
    return Answer(text, tuple(times), "faces, main object, screen text, speech")


def _on_sight(watcher: MediaWatcher, asked: Question) -> Answer:
    """What only eyes can tell: text and speech that name it are quoted, and no more is claimed."""
    found = _find(asked, [*watcher.written, *watcher.spoken])
    if found is None:
        return _answer(asked, "unknown", (), WORDS)
    text = phrases.join([found.text, phrases.say("only_words", asked.language)], asked.language)
    return Answer(text, found.frames, found.by)


ANSWERS: dict[str, Callable[[MediaWatcher, Question], Answer]] = {
    "people": _on_people,
    "product": _on_product,
    "price": _on_price,
    "written": _on_writing,
    "said": _on_speech,
    "overview": _on_everything,
    "looks": _on_sight,
    "seen": _on_sight,
}


def _find(asked: Question, passages: Sequence[Passage]) -> Answer | None:
    """The passages with what the question is about, word for word or else nearest in meaning."""
    exact = find_exact(asked.about, passages)
    found = exact or find_nearest(asked.about, passages)
    if not found:
        return None
    sources = list(dict.fromkeys(each.source for each in found))
    named = ", ".join(phrases.name_source(source, asked.language) for source in sources)
    by = ", ".join({"screen": "screen text", "speech": "speech"}[source] for source in sources)
    by = by if exact else f"{by}, text embedding"
    return _quote(asked, "exact" if exact else "nearest", found, by, sources=named)


def _quote(asked: Question, phrase: str, passages: Sequence[Passage], by: str, **values: object) -> Answer:
    """An answer that rests on passages, in their order."""
    times = list(dict.fromkeys(time for each in passages for time in each.times_s))
    lines = phrases.quote([each.text for each in passages], asked.language)
    return _answer(asked, phrase, times, by, lines=lines, **values)


def _answer(asked: Question, phrase: str, times: Iterable[float], by: str, **values: object) -> Answer:
    times = tuple(times)
    when = {
        "times": phrases.list_times(times, asked.language),
        "moments": phrases.say_when(times, asked.language),
    }
    text = phrases.say(phrase, asked.language, **when, **values)
    return Answer(text, times, by)


@dataclass(frozen=True)
class _Notes:
    sightings: tuple[Sighting, ...]
    spoken: tuple[Passage, ...]


NOTES = TypeAdapter(_Notes)
