import wave
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from inference.models.speech import SAMPLE_RATE, SILENCE, Speech, transcribe
from training.corpora.layout_annotations.text_distance import character_error_rate

SAID = "欢迎大家来体验达摩院推出的语音识别模型。"
MISHEARD = 0.15
"""A name may come out as its homophone (大魔院): which one does depends on the processor's rounding."""


@pytest.fixture
def mandarin(shared_data) -> np.ndarray:
    """Five and a half seconds of a woman's voice."""
    return read_wave(shared_data / "speech" / "zh_5s.wav")


@pytest.fixture(scope="module")
def heard(shared_data) -> Speech:
    return transcribe(read_wave(shared_data / "speech" / "zh_5s.wav"))


@cache
def read_wave(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def hum(seconds: float, pitch_hz: float = 140) -> np.ndarray:
    """A hummed tone with vibrato and overtones: as voiced as speech, without a word."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * pitch_hz * t + 3 * np.sin(2 * np.pi * 5 * t)
    tone = sum(np.sin(k * phase) / k**2 for k in range(1, 6))
    return (0.2 * tone * (1 + 0.2 * np.sin(2 * np.pi * 0.7 * t))).astype(np.float32)


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.05, int(seconds * SAMPLE_RATE)).astype(np.float32)


def test_mandarin_is_recognised_word_by_word(mandarin, heard):
    assert heard.language == "zh"
    assert heard.probability > 0.9
    assert heard.text == "".join(word.text for word in heard.words)
    assert character_error_rate(SAID, heard.text) <= MISHEARD
    assert 3 < heard.speech_s <= len(mandarin) / SAMPLE_RATE


def test_words_have_times_in_order(mandarin, heard):
    words = heard.words
    assert all(0 <= word.start_s <= word.end_s <= len(mandarin) / SAMPLE_RATE + 0.1 for word in words)
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)


def test_silence_before_speech_moves_the_times_and_not_the_words(mandarin, heard):
    padded = np.concatenate([np.zeros(3 * SAMPLE_RATE, np.float32), mandarin])
    late = transcribe(padded)
    assert character_error_rate(SAID, late.text) <= MISHEARD
    assert late.words[0].start_s == pytest.approx(heard.words[0].start_s + 3, abs=0.5)
    assert late.speech_s == pytest.approx(heard.speech_s, abs=0.3)


@pytest.mark.parametrize(
    "audio",
    [np.empty(0, np.float32), np.zeros(3 * SAMPLE_RATE, np.float32), noise(3), hum(4), hum(4, 260)],
    ids=["nothing", "silence", "noise", "humming", "high humming"],
)
def test_where_nobody_speaks_no_words_are_invented(audio):
    assert transcribe(audio) == SILENCE


def test_a_cough_long_snippet_of_speech_is_not_asked_about(mandarin):
    assert transcribe(mandarin[: int(0.2 * SAMPLE_RATE)]) == SILENCE
