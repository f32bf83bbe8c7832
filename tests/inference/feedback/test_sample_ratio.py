import daft
import numpy as np
import pandas as pd
import pytest

from inference.feedback.sample_ratio import check_sample_ratio, count_shown_and_expected

POLICIES = {"p1": (0.25, 0.25, 0.25, 0.25), "p2": (0.7, 0.2, 0.09, 0.01), "p3": (0.05, 0.05, 0.89, 0.01)}
COVERS = ["aa", "bb", "cc", "dd"]


def show(seed: int, videos: int = 3, times: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for video in range(videos):
        for policy, chances in POLICIES.items():
            for place in rng.choice(4, times, p=chances):
                rows.append((f"v{video}", COVERS[place], policy, chances[place], COVERS))
    return pd.DataFrame(rows, columns=["video_id", "cover_id", "policy_version", "propensity", "candidates"])


def check(impressions: pd.DataFrame) -> dict:
    return check_sample_ratio(daft.from_pandas(impressions))


def test_expected_counts_come_from_the_propensities():
    counts = count_shown_and_expected(daft.from_pandas(show(0)))

    expected = [300 * sum(chances[place] for chances in POLICIES.values()) for place in range(4)]
    assert counts.groupby("video_id")["shown"].sum().tolist() == [900] * 3
    assert counts.groupby("cover_id")["expected"].mean().tolist() == pytest.approx(expected, rel=1e-6)


def test_right_propensities_raise_an_alarm_as_rarely_as_promised():
    p = np.array([check(show(seed))["sample_ratio_p"] for seed in range(40)])

    assert (p < 0.05).sum() <= 6
    assert (p < 0.001).sum() == 0
    assert p.max() > 0.5


def test_lost_impressions_of_a_cover_raise_the_alarm(caplog):
    impressions = show(0)
    lost = (impressions["cover_id"] == "aa") & (np.arange(len(impressions)) % 3 == 0)

    found = check(impressions[~lost])

    assert not found["sample_ratio_ok"]
    assert "trust no result" in caplog.text


def test_wrong_propensities_raise_the_alarm():
    impressions = show(0)
    impressions["propensity"] = 0.25

    assert not check(impressions)["sample_ratio_ok"]


def test_too_few_impressions_prove_nothing():
    assert check(show(0, times=1)[:2]) == {"sample_ratio_p": 1.0, "sample_ratio_ok": True}
