"""What a poster says, from a file: JSON, or plain lines of role and text.

    {"headline": "一杯醒一天", "selling_point": ["冷萃12小时", "0蔗糖"], "price": "¥29.9", "brand": "晨光咖啡"}

    headline: Wake up slowly
    selling_point: Cold-brewed for 12 hours
    price: $4.50

Roles are those of ``inference.models.layout.Role``. There is one headline; every other role may be
missing, and only selling points may be several. JSON may also say ``language`` (zh or en, else told
from the headline) and ``names``, a list of names that no line break enters; brands are names anyway.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inference.covers.picture.style import Wording
from inference.covers.picture.words import HAN
from inference.models.layout import Role

MOST_BYTES, MOST_POINTS, MOST_CHARACTERS = 64 * 1024, 5, 400
LANGUAGES = ("zh", "en")
LINE = re.compile(r"\s*([A-Za-z_ -]+?)\s*[:：]\s*(.*)")


def read_texts(path: Path) -> Wording:
    """Raises ``ValueError`` naming the line or key and what is wrong there, ``OSError`` for an unreadable file."""
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path}: more than {MOST_BYTES} bytes are no poster's texts")
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _as_wording(_read_json(text) if text.lstrip().startswith(("{", "[")) else _read_lines(text))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 from byte {error.start} on; save it as UTF-8") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _read_lines(text: str) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not (found := LINE.fullmatch(line)):
            raise ValueError(f"line {number}: {line[:60]!r} is not like “role: text”")
        role = re.sub(r"[ -]", "_", found[1].lower())
        if role not in tuple(Role):
            raise ValueError(f"line {number}: unknown role {role!r}, known are {', '.join(Role)}")
        document.setdefault(role, []).append(found[2])
    return document


def _read_json(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(document, dict):
        raise ValueError("the document is a list; an object of roles and texts is wanted")
    if unknown := [key for key in document if key not in (*Role, "language", "names")]:
        raise ValueError(f"unknown role {unknown[0]!r}, known are {', '.join(Role)}, besides language and names")
    return document


def _as_wording(document: dict[str, Any]) -> Wording:
    texts = {role: _texts(document.get(role), role) for role in Role}
    names = _texts(document.get("names"), "names")
    for role, found in texts.items():
        most = MOST_POINTS if role == Role.SELLING_POINT else 1
        if len(found) > most:
            raise ValueError(f"{role}: {len(found)} texts, at most {most}")
    if not texts[Role.HEADLINE]:
        raise ValueError("headline: there is none; a poster has one")
    (headline,), points = texts[Role.HEADLINE], texts[Role.SELLING_POINT]
    language = document.get("language") or ("zh" if re.search(f"[{HAN}]", headline) else "en")
    if language not in LANGUAGES:
        raise ValueError(f"language: {language!r} is neither zh nor en")
    first = {role: next(iter(texts[role]), None) for role in Role}
    return Wording(
        title=headline,
        language=language,
        selling_point=first[Role.SELLING_POINT],
        points=tuple(points[1:]),
        price=first[Role.PRICE],
        subheadline=first[Role.SUBHEADLINE],
        call_to_action=first[Role.CALL_TO_ACTION],
        brand=first[Role.BRAND],
        names=(*names, *texts[Role.BRAND]),
    )


def _texts(value: Any, key: str) -> list[str]:
    """One text or a list of them, none of them empty."""
    values: Iterable[Any] = [] if value is None else value if isinstance(value, list) else [value]
    texts = []
    for each in values:
        if not isinstance(each, str):
            raise ValueError(f"{key}: {each!r} is no text; put it in quotes")
        if not each.strip():
            raise ValueError(f"{key}: the text is empty; leave it out")
        if len(each) > MOST_CHARACTERS:
            raise ValueError(f"{key}: {len(each)} characters, at most {MOST_CHARACTERS}")
        texts.append(" ".join(each.split()))
    return texts
