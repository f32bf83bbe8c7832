"""Speech: where somebody speaks, and what is said."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from inference.models import shelf

SAMPLE_RATE = 16_000
MIN_SPEECH_S = 0.4
"""Shorter bursts are coughs, clicks and music; a recogniser invents words for them."""

OPENINGS = {"zh": "大家好，欢迎来到直播间。"}
"""A prompt that settles the script: without it Chinese comes in simplified or traditional by chance."""

MAX_COMPRESSION = 2.4
"""Text that gzip shrinks more than this repeats itself: humming and music heard as words (Whisper's own limit)."""

MIN_LOGPROB = -1.0
"""Mean log-probability per token under which a segment is a guess (Whisper's own limit)."""

MAX_CHARACTERS_PER_S = {"unspaced": 12, "spaced": 30}
"""Nobody speaks faster; the recogniser claims so when it invents words for the last moments of a clip."""

MIN_DISTINCT_CHARACTERS = 4
""""Mmmmmm" is no speech."""

UNSPACED = {"zh", "ja", "th"}


@dataclass(frozen=True)
class Word:
    """A spoken word with its start and end in seconds."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Speech:
    """What was said. ``language`` is an ISO 639 code, None when nobody speaks."""

    language: str | None
    probability: float | None
    text: str
    words: tuple[Word, ...]
    speech_s: float


SILENCE = Speech(None, None, "", (), 0.0)


def transcribe(audio: np.ndarray) -> Speech:
    """Recognise speech in mono float32 samples at 16 kHz, range -1 to 1.

    Voice activity is found first; where nobody speaks for at least ``MIN_SPEECH_S`` the recogniser,
    which would invent words, is not asked and the answer is ``SILENCE``; so it is when all that was
    recognised repeats itself, is a guess or is too fast for a mouth.
    """
    spoken = speech_seconds(audio)
    if spoken < MIN_SPEECH_S:
        return SILENCE
    recogniser = _recogniser()
    language, probability, _ = recogniser.detect_language(audio, vad_filter=True)
    segments, _ = recogniser.transcribe(
        audio,
        language=language,
        initial_prompt=OPENINGS.get(language),
        vad_filter=True,
        word_timestamps=True,
        temperature=0.0,  # sampling at higher temperatures, the library's default, is slow and never twice the same
        no_repeat_ngram_size=4,  # music makes it hum one letter until its window is full
    )
    words = tuple(
        Word(word.word.strip(), float(word.start), float(word.end))
        for segment in segments
        if _is_plausible(segment, language)
        for word in segment.words
    )
    text = ("" if language in UNSPACED else " ").join(word.text for word in words)
    return Speech(language, float(probability), text, words, spoken) if text else SILENCE


def _is_plausible(segment, language: str) -> bool:
    fastest = MAX_CHARACTERS_PER_S["unspaced" if language in UNSPACED else "spaced"]
    said = segment.text.strip()
    confident = segment.compression_ratio < MAX_COMPRESSION and segment.avg_logprob > MIN_LOGPROB
    hummed = len(set(said.lower())) < min(MIN_DISTINCT_CHARACTERS, len(said))
    return confident and not hummed and len(said) <= fastest * (segment.end - segment.start)


def speech_seconds(audio: np.ndarray) -> float:
    """Seconds of voice activity."""
    from faster_whisper.vad import get_speech_timestamps

    shelf.resolve("silero-vad")  # the library reads its own copy of this file; here it is checked
    if not len(audio):
        return 0.0
    spans = get_speech_timestamps(audio, sampling_rate=SAMPLE_RATE, min_silence_duration_ms=500, speech_pad_ms=100)
    return sum(span["end"] - span["start"] for span in spans) / SAMPLE_RATE


@cache
def _recogniser():
    from faster_whisper import WhisperModel

    folder = shelf.resolve("faster-whisper-base")
    return WhisperModel(str(folder), device="auto", compute_type="int8", local_files_only=True)
