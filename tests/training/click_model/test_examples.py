import numpy as np
import pandas as pd
import pytest

from inference.feedback.evidence import FEATURE_NAMES, Evidence
from inference.memory.click_model import COLUMNS
from training.click_model.examples import build_examples


def evidence(clicks: dict[str, list[int]], propensity: float | list[float] = 0.5) -> Evidence:
    """Two videos ``v`` and ``w`` with one cover each, named alike."""
    covers = pd.DataFrame(1.0, index=list(clicks), columns=list(FEATURE_NAMES)).assign(video_id=list(clicks))
    outcomes = pd.DataFrame([(video, video, click) for video, own in clicks.items() for click in own])
    outcomes.columns = ["cover_id", "video_id", "clicked"]
    outcomes = outcomes.assign(propensity=propensity, position=3, device=0, network=1, hour=20)
    return Evidence(outcomes, covers, version=1)


def test_an_example_knows_the_cover_and_the_context():
    examples = build_examples(evidence({"v": [1, 0], "w": [0]}), max_weight=10)

    assert len(examples) == 3
    assert tuple(examples.inputs.columns) == COLUMNS
    assert examples.inputs.iloc[0][["brightness", "position", "network", "hour"]].tolist() == [1, 3, 1, 20]
    assert examples.video.tolist() == ["v", "v", "w"]
    assert examples.take(np.array([2])).clicked.tolist() == [0]


def test_the_starting_score_is_the_videos_own_click_rate():
    examples = build_examples(evidence({"v": [1] * 30 + [0] * 70, "w": [1] * 5 + [0] * 95, "x": [0] * 10}), 10)
    rate = dict(zip(examples.video, 1 / (1 + np.exp(-examples.offset)), strict=True))

    assert rate["v"] == pytest.approx(0.3, abs=0.01)
    assert rate["w"] == pytest.approx(0.05, abs=0.01)
    assert 0 < rate["x"] < 0.03


def test_rare_covers_weigh_more_but_not_without_limit():
    examples = build_examples(evidence({"v": [1, 0, 0, 0]}, propensity=[0.5, 0.5, 0.25, 0.001]), max_weight=2)

    assert examples.weight.mean() == pytest.approx(1)
    assert examples.weight[2] / examples.weight[0] == pytest.approx(2)
    assert examples.weight[3] / examples.weight[0] == pytest.approx(2 * (2 + 2 + 4 + 1000) / 4 / 2)


def test_the_digest_tells_other_data():
    one, same, other = ({"v": [1, 0]}, {"v": [1, 0]}, {"v": [0, 1]})
    digests = [build_examples(evidence(clicks), 10).digest for clicks in (one, same, other)]

    assert digests[0] == digests[1] != digests[2]
