"""Covers with features of known distribution, shown to a crowd of known taste; no pictures needed."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from data_contracts import settings
from data_contracts.store import Lake
from inference.audience import session
from inference.audience.crowd import TYPICAL, Crowd
from inference.feedback import join


def covers(videos: int, per_video: int = 6, generation: int = 1, seed: int = 0) -> list[dict[str, Any]]:
    """Rows of the contract ``covers``: features vary between videos and, as much, within each."""
    rng = np.random.default_rng([seed, generation])
    rows = []
    for video in range(videos):
        shared = rng.normal(0, 0.7, len(TYPICAL))
        for rank in range(per_video):
            deviations = shared + rng.normal(0, 0.7, len(TYPICAL))
            rows.append(_cover(digest(f"video {video}"), generation, rank, _features(deviations)))
    return rows


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _features(deviations: np.ndarray) -> dict[str, float]:
    features = {
        name: mean + spread * float(deviation)
        for (name, (mean, spread)), deviation in zip(TYPICAL.items(), deviations, strict=True)
    }
    features = {name: value if name == "warmth" else max(0.0, value) for name, value in features.items()}
    features["price_shown"] = float(features["price_shown"] > TYPICAL["price_shown"][0])
    features["face_count"] = float(max(0, round(features["face_count"])))
    return features


def _cover(video_id: str, generation: int, rank: int, features: dict[str, float]) -> dict[str, Any]:
    identity = digest(json.dumps([video_id, generation, rank, features]))
    return {
        "cover_id": identity,
        "video_id": video_id,
        "product_id": None,
        "generation": generation,
        "rank": rank,
        "chosen": rank == 0,
        "score": 1.0 - rank / 10,
        "title": "轻便旅行双肩包",
        "title_source": "rule",
        "language": "zh",
        "frame_time_s": float(rank),
        "images": [{"ratio": "3:4", "sha256": "0" * 64, "width": 720, "height": 960}],
        "features": [{"name": name, "value": value} for name, value in features.items()],
        "inputs_key": hashlib.sha256(f"{video_id} {generation}".encode()).hexdigest(),
        "title_model": "rule",
        "criteria_version": 0,
        "criteria_key": "none",
        "requirement": None,
        "record": "{}",
    }


def show(lake: Lake, crowd: Crowd, impressions: int, uniform_share: float = 0.5) -> None:
    """A day of the crowd, joined: the newest covers' impressions, clicks and outcomes are in the lake."""
    where = settings.Settings(simulated_impressions=impressions, simulated_generations=9, uniform_share=uniform_share)
    session.serve(lake, where, crowd, "test")
    join.join(lake, timedelta(minutes=where.attribution_window_minutes), datetime.now(UTC), "test")
