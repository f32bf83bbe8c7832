"""Challengers of known merit, registered in a real MLflow."""

import numpy as np

from data_contracts import settings
from data_contracts.catalog import CONTENT_TITLE_PAIRS, Model
from training import tracking
from training.promotion.challenge import Challenge, Facts
from training.promotion.gate import Gate, Guard
from training.promotion.scorecard import HeldOut, Scorecard

GATE = Gate("rouge_l", guards=(Guard("unsupported", 0.05), Guard("publishable", 0.05, higher_is_better=True)))
HELD_OUT = HeldOut("content_title_pairs", 7, "a1b2c3d4e5f6a7b8")
ROWS = 40


def scorecard(version: int | None, rouge_l: float, name: str = "", **changes) -> Scorecard:
    """Rows that are as hard for every system, in pairs of one group; a system's scores differ by its merit alone."""
    hard = np.linspace(0, 0.1, ROWS)
    noise = np.random.default_rng(version or 0).normal(0, 0.01, ROWS)
    values = {
        "rouge_l": rouge_l + hard + noise,
        "unsupported": np.zeros(ROWS),
        "publishable": np.ones(ROWS),
        "length_ok": np.ones(ROWS),
    }
    fields = {"held_out": HELD_OUT, "groups": [str(row // 2) for row in range(ROWS)], "values": values}
    fields["values"] = values | changes.pop("values", {})
    return Scorecard(name or (f"version {version}" if version else "base model"), version, **fields | changes)


def facts(digest: str = "0" * 64) -> Facts:
    return Facts(
        purpose="For covers.",
        data=tracking.Input(CONTENT_TITLE_PAIRS, 7, digest, 120),
        data_licence="the shop's own, not to be passed on.",
        rows={"to train on": 96, "held out": ROWS, "in Chinese": 60},
        recipe={"name": "tiny", "rank": 8, "packing": None},
        base_model="qwen2.5-coder-0.5b-instruct",
        limits=["It invents a brand now and then."],
    )


def train(model: Model) -> tuple[int, str]:
    """A version that weighs nothing, and its run."""
    with tracking.run(model, "trained") as run:
        weights = settings.load().home / "weights.bin"
        weights.parent.mkdir(parents=True, exist_ok=True)
        weights.write_bytes(run.run_id.encode())
        return run.register(weights), run.run_id


def challenge(model: Model, rouge_l: float, incumbent: Scorecard, digest: str | None = None, **changes) -> Challenge:
    """A new version of so much merit against what serves; each is of data of its own unless a digest is given."""
    version, run_id = train(model)
    made = facts(digest or run_id)
    return Challenge(model, scorecard(version, rouge_l, **changes), incumbent, GATE, run_id, made)
