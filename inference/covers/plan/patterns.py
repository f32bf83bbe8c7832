"""Patterns over mixed Chinese and English text."""

import re


def as_pattern(text: str) -> re.Pattern[str]:
    """A pattern to which a Chinese character is no letter, so that a word ends there: 要square的."""
    return re.compile(text, re.ASCII)
