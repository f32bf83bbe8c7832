"""Criteria and titles as memory and copy give them, and rows of the lake that covers are made from."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from data_contracts.store import Lake
from inference.covers.titles.verdict import TitleCandidate
from inference.memory.criteria import ALL, Criterion
from tests.synthetic import digest

NOW = datetime.now(UTC)


def criterion(feature: str, low: float | None = None, high: float | None = None, effect: float = 0.2) -> Criterion:
    """A criterion so strong that it outweighs frame, title and layout together."""
    return Criterion(
        criterion_id=digest(feature),
        feature=feature,
        low=low,
        high=high,
        scope=ALL,
        effect=effect,
        interval_low=effect / 2,
        interval_high=effect * 2,
        support=10_000,
        need="better_to_have",
        valid_until=NOW + timedelta(days=7),
        sentence_zh="测试",
        sentence_en="test",
        simulated=False,
    )


def title(text: str, score: float = 0.8) -> TitleCandidate:
    return TitleCandidate(text, "rule", score, True, ("names the product",))


def video_row(lake: Lake, name: str, content: bytes | Path, product_id: str | None) -> dict[str, Any]:
    """A row of ``videos`` whose file is in the blob store."""
    digest = lake.put_blob(content)
    return {
        "video_id": digest[:16],
        "name": name,
        "uri": f"file:///landing/{name}",
        "fingerprint": "1",
        "sha256": digest,
        "size_bytes": 1,
        "duration_s": 2.0,
        "width": 320,
        "height": 180,
        "rotation_deg": 0,
        "fps": 10.0,
        "variable_fps": False,
        "has_audio": False,
        "product_id": product_id,
        "product_match": "catalogue" if product_id else "none",
    }


def transcript_row(video: dict[str, Any], language: str | None, text: str) -> dict[str, Any]:
    return {
        "video_id": video["video_id"],
        "source": "script" if text else "none",
        "language": language,
        "language_probability": None,
        "text": text,
        "words": [],
        "speech_s": 0.0,
        "screen_text": [],
        "models": "none",
    }


def product_row(language: str, title: str, price: float = 129.0) -> dict[str, Any]:
    points = {"zh": ["12小时保温", "一键开盖，单手就能喝"], "en": ["Hot for 12 hours", "Opens with one hand"]}
    return {
        "product_id": "p1",
        "language": language,
        "title": title,
        "selling_points": points[language],
        "description": "316不锈钢内胆" if language == "zh" else "Stainless steel inside",
        "price": price,
        "currency": "CNY",
        "category": "cups",
        "videos": [],
    }
