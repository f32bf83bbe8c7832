import numpy as np
import pandas as pd
import pytest

from inference.feedback.evidence import FEATURE_NAMES, Evidence
from inference.memory import effects
from inference.memory.effects import Effect

CUT = "product_area"


def world(seed: int, gain: float = 0.0, videos: int = 10, per_video: int = 8, between: float = 0.006) -> pd.DataFrame:
    """Cover rates as ``estimate_effects`` sees them: ``gain`` above one feature's cut, and effects of two others.

    ``between`` is the sd of what covers have that no feature explains.
    """
    rng = np.random.default_rng(seed)
    video = np.repeat(np.arange(videos), per_video)
    features = rng.normal(0, 0.7, (videos, len(FEATURE_NAMES)))[video] + rng.normal(0, 0.7, (len(video), 13))
    covers = pd.DataFrame(features, columns=list(FEATURE_NAMES)).assign(video_id=video, category=None)
    covers["price_shown"] = (covers["price_shown"] > 0).astype(float)
    rate = 0.06 + rng.normal(0, 0.01, videos)[video] + rng.normal(0, between, len(video))
    value = ((covers[CUT] - covers[CUT].mean()) / covers[CUT].std()).clip(-2, 2)
    above = covers[CUT] >= effects.find_cut(covers[CUT])
    rate += gain * value / (value[above].mean() - value[~above].mean())
    rate += 0.004 * covers["brightness"] - 0.003 * covers["warmth"]
    shown = rng.integers(60, 540, len(video))
    clicks = rng.binomial(shown, rate.clip(0.003, 0.5))
    level = pd.Series(clicks).groupby(video).transform("sum") / pd.Series(shown).groupby(video).transform("sum")
    return covers.assign(rate=clicks / shown, variance=level * (1 - level) / shown, shown=shown)


@pytest.mark.parametrize("gain", [0.02, -0.02])
def test_a_planted_effect_is_found_with_its_sign(gain):
    found = [effects.estimate_effect(world(seed, gain), CUT) for seed in range(20)]

    assert all(effect.difference * gain > 0 for effect in found)
    assert sum(effect.p < 0.05 for effect in found) >= 17
    assert np.mean([effect.difference for effect in found]) == pytest.approx(gain, abs=0.003)


def test_intervals_hold_the_truth_as_often_as_they_say():
    found = [effects.estimate_effect(world(seed, gain=0.01), CUT) for seed in range(200)]
    held = sum(effect.low <= 0.01 <= effect.high for effect in found)

    assert 180 <= held <= 198  # 95 % of 200, give or take three standard deviations


def test_what_does_not_matter_is_seldom_discovered():
    idle = [name for name in FEATURE_NAMES if name not in ("brightness", "warmth")]
    worlds = [[effects.estimate_effect(world(seed), name) for name in idle] for seed in range(40)]

    assert sum(bool(effects.find_discoveries([e for e in found if e])) for found in worlds) <= 6


def test_more_impressions_of_the_same_covers_do_not_make_it_certain():
    few = world(1, between=0.02)
    many = few.assign(variance=few["variance"] / 1e4, shown=few["shown"] * 10_000)

    narrow, wide = (effects.estimate_effect(covers, CUT) for covers in (many, few))

    assert (narrow.high - narrow.low) > 0.5 * (wide.high - wide.low)


def test_two_features_that_always_go_together_cannot_be_told_apart():
    covers = world(1)
    covers["text_area"] = covers[CUT] + 0.1 * covers["text_area"]

    assert effects.estimate_effect(covers, CUT) is None
    assert effects.estimate_effect(covers, "text_area") is None
    assert effects.estimate_effect(covers, "brightness") is not None


def test_a_feature_that_differs_only_between_videos_cannot_be_told_from_them():
    covers = world(1)
    covers[CUT] = covers["video_id"].astype(float)

    assert effects.estimate_effect(covers, CUT) is None


def test_a_handful_of_covers_tells_nothing():
    assert effects.estimate_effect(world(1, videos=2), CUT) is None
    assert effects.estimate_effect(world(1, videos=4, per_video=5), CUT) is None


@pytest.mark.parametrize(
    ("values", "cut"),
    [
        ([0, 1, 1, 0, 1], 0.5),
        ([0, 0, 0, 1, 2, 2], 0.5),
        ([3, 3, 3], None),
        ([0.1, 0.2, 0.31, 0.4], 0.26),
        ([20.1, 20.2, 20.3, 20.4], 20.25),
        ([1000, 2000, 3000, 4000], 2500),
    ],
)
def test_the_cut_halves_the_values(values, cut):
    assert effects.find_cut(values) == cut


def test_a_known_cut_is_asked_about_again_until_it_splits_nothing():
    covers = world(1)

    assert effects.estimate_effect(covers, CUT, known_cut=0.3).cut == 0.3
    assert effects.estimate_effect(covers, CUT, known_cut=99.0).cut == effects.find_cut(covers[CUT])


def test_benjamini_hochberg():
    def with_p(p):
        return Effect(CUT, 0.0, "all", 0.01, 0.0, 0.02, p, 10, 100)

    asked = [with_p(p) for p in (0.001, 0.012, 0.031, 0.045, 0.2)]

    assert [effect.p for effect in effects.find_discoveries(asked)] == [
        0.001,
        0.012,
    ]  # 0.031 > 3/5 of 5 %
    assert effects.find_discoveries([]) == []


def impressions(seed: int, per_cover: int = 3000) -> pd.DataFrame:
    """Two covers of one video, equally good; the second is shown at the top of the page twice as often."""
    rng = np.random.default_rng(seed)
    cover = np.repeat(["first", "second"], per_cover)
    top = rng.random(2 * per_cover) < np.where(cover == "first", 1 / 3, 2 / 3)
    return pd.DataFrame(
        {
            "cover_id": cover,
            "video_id": "v",
            "clicked": (rng.random(2 * per_cover) < np.where(top, 0.3, 0.1)).astype(int),
            "propensity": 0.5,
            "position": np.where(top, 0, 1),
            "device": 0,
            "network": 1,
            "hour": 12,
            "shown_at": pd.Timestamp("2026-11-01", tz="UTC"),
        }
    )


def test_a_cover_gets_no_credit_for_its_place_on_the_page():
    gaps, raw = [], []
    for seed in range(10):
        shown = impressions(seed)
        rates = effects.estimate_cover_rates(shown)["rate"]
        gaps.append(rates["second"] - rates["first"])
        raw.append(shown.groupby("cover_id")["clicked"].mean().diff().iloc[-1])

    assert np.mean(raw) == pytest.approx(0.067, abs=0.01)
    assert np.mean(gaps) == pytest.approx(0, abs=0.01)


def test_the_variance_of_a_rate_is_right_under_unequal_propensities():
    rng = np.random.default_rng(0)
    rates, variances = [], []
    for _ in range(120):
        shown = impressions(0, per_cover=300).assign(position=0, propensity=np.tile([0.05, 0.5], 300))
        shown["clicked"] = (rng.random(600) < 0.1).astype(int)
        summary = effects.estimate_cover_rates(shown).loc["first"]
        rates.append(summary["rate"])
        variances.append(summary["variance"])

    assert np.mean(variances) == pytest.approx(np.var(rates), rel=0.25)


def test_large_categories_are_asked_for_effects_of_their_own():
    rng = np.random.default_rng(0)
    covers = world(3, videos=12).drop(columns=["rate", "variance", "shown"])
    covers["category"] = np.where(covers["video_id"] < 6, "toys", np.where(covers["video_id"] < 8, "bags", None))
    covers.index = covers.index.map(str)
    shown = pd.DataFrame({"cover_id": rng.choice(covers.index, 5000)})
    shown = shown.assign(
        video_id=covers["video_id"].loc[shown["cover_id"]].to_numpy(),
        clicked=(rng.random(5000) < 0.1).astype(int),
        propensity=0.125,
        position=0,
        device=0,
        network=0,
        hour=12,
        simulated=True,
        shown_at=pd.Timestamp("2026-11-01", tz="UTC"),
    )

    found = effects.estimate_effects(Evidence(shown, covers, version=1))

    assert {effect.scope for effect in found} == {"all", "toys"}
