import io

import numpy as np
import pandas as pd
import pytest

from inference.feedback.evidence import FEATURE_NAMES
from inference.memory.click_model import COLUMNS
from training.click_model import evaluate
from training.click_model.examples import Examples


@pytest.fixture
def told():
    """Examples whose true click probabilities are known, and those probabilities."""
    rng = np.random.default_rng(0)
    size = 20_000
    truth = rng.uniform(0.01, 0.3, size)
    examples = Examples(
        inputs=pd.DataFrame(0.0, index=range(size), columns=list(COLUMNS)),
        clicked=(rng.random(size) < truth).astype(int),
        weight=np.ones(size),
        offset=np.zeros(size),
        video=rng.choice(list("abcdefgh"), size),
        cover=rng.choice(list("rstu"), size),
    )
    return examples, truth


def test_the_truth_is_calibrated_and_beats_the_mean(told):
    examples, truth = told
    mean = np.full(len(truth), examples.clicked.mean())
    best, blind = evaluate.score(examples, truth), evaluate.score(examples, mean + np.linspace(0, 1e-6, len(truth)))

    assert best["calibration_error"] < 0.015
    assert best["log_loss"] < blind["log_loss"]
    assert best["auc"] > 0.65
    assert blind["auc"] == pytest.approx(0.5, abs=0.02)


def test_overconfidence_shows_as_miscalibration(told):
    examples, truth = told

    assert evaluate.score(examples, truth**2)["calibration_error"] > 0.05


def test_what_knowing_the_cover_saves_has_an_interval_over_videos(told):
    examples, truth = told
    blind = np.full(len(truth), examples.clicked.mean())
    saved = evaluate.compare(examples, truth, blind)
    nothing = evaluate.compare(examples, blind, blind)

    by_hand = evaluate.score(examples, blind)["log_loss"] - evaluate.score(examples, truth)["log_loss"]
    assert saved["log_loss_saved"] == pytest.approx(by_hand)
    assert 0 < saved["log_loss_saved_low"] < saved["log_loss_saved"] < saved["log_loss_saved_high"]
    assert list(nothing.values()) == pytest.approx([0, 0, 0])


def test_pictures_say_simulated_when_it_was(told):
    examples, truth = told
    said = pd.DataFrame(np.random.default_rng(0).normal(size=(9, 13)), columns=list(FEATURE_NAMES))
    figures = [
        evaluate.draw_calibration(examples, truth, truth * 0.9, simulated=True),
        evaluate.draw_effects(said, said, simulated=True),
    ]

    for figure in figures:
        picture = io.BytesIO()
        figure.savefig(picture)
        assert picture.getvalue().startswith(b"\x89PNG")
    assert "simulated" in figures[0].axes[0].get_title()
    assert "simulated" in figures[1].get_suptitle()
    assert [axes.get_title() for axes in figures[1].axes if axes.get_visible()] == list(
        said.abs().mean().sort_values(ascending=False).index
    )


def test_the_table_counts_each_covers_impressions(told):
    examples, truth = told
    table = evaluate.list_covers(examples, truth, truth)

    assert sum(table["shown"]) == len(examples)
    assert sum(table["clicked"]) == examples.clicked.sum()
    assert table["click_rate"][0] == pytest.approx(table["clicked"][0] / table["shown"][0])
