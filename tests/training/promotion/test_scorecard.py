import json

import numpy as np
import pytest

from tests.training.promotion.challenges import ROWS, scorecard
from training.promotion.scorecard import Scorecard


def test_what_was_written_is_read_back_with_its_gaps(tmp_path):
    weights = {"length_ok": (np.arange(ROWS) % 2).astype(float)}
    card = scorecard(3, 0.4, values={"unsupported": np.where(np.arange(ROWS) == 1, np.nan, 0.25)}, weights=weights)
    card.write(tmp_path / "challenger.json")
    again = Scorecard.read(tmp_path / "challenger.json")

    assert (again.name, again.version, again.held_out) == (card.name, 3, card.held_out)
    assert list(again.groups) == list(card.groups)
    for name, values in card.values.items():
        np.testing.assert_array_equal(again.values[name], values)
    np.testing.assert_array_equal(again.weights["length_ok"], weights["length_ok"])
    assert [file.name for file in tmp_path.glob("challenger*")] == ["challenger.json"]
    assert json.loads((tmp_path / "challenger.json").read_text())["version"] == 3


def test_means_and_gains_are_weighted():
    half = {"length_ok": (np.arange(ROWS) < ROWS // 2).astype(float)}
    values = {"length_ok": np.where(np.arange(ROWS) < ROWS // 2, 0.0, 1.0)}
    card = scorecard(1, 0.4, values=values, weights=half)

    assert card.means()["length_ok"] == 0
    assert card.gain_on(scorecard(None, 0.4), "length_ok").mean == -1
    assert card.count_missing("length_ok") == 0


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"challenger\.json"):
        Scorecard.read(tmp_path / "challenger.json")
