from dataclasses import replace

import numpy as np
import pytest

from tests.training.layout.metrics.posters import BRIEF, WHITE, with_block
from training.layout.metrics.measure import PROFILES, measure, measure_by_profile
from training.layout.metrics.saliency import Saliency, estimate
from training.layout.metrics.scores import MEANINGS

GROUND = WHITE.copy()
GROUND[200:560, 100:500] = np.random.default_rng(0).integers(0, 256, (360, 400, 3))
SALIENCY = estimate(GROUND, BRIEF)


def score(layout, profile="corrected", count=3):
    return measure([layout] * count, [BRIEF] * count, [GROUND] * count, [SALIENCY] * count, profile)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_score_has_a_value_for_every_poster_and_a_meaning(profile):
    scores = score(BRIEF, profile)
    assert list(scores.values) == list(scores.weights) == list(MEANINGS)
    assert {values.shape for values in scores.values.values()} == {(3,)}
    for name, mean in scores.means().items():
        meaning = MEANINGS[name]
        if scores.weights[name].any():
            assert meaning.least <= mean <= (meaning.most or np.inf), name


ATTACKS = {
    "nothing placed": replace(BRIEF, blocks=()),
    "half the texts dropped": replace(BRIEF, blocks=BRIEF.blocks[:2]),
    "shrunk to specks": replace(
        BRIEF, blocks=tuple(replace(block, box=block.box.scaled(0.05)) for block in BRIEF.blocks)
    ),
    "pushed off the canvas": replace(
        BRIEF, blocks=tuple(replace(block, box=block.box.moved(580, 0)) for block in BRIEF.blocks)
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_dropping_shrinking_or_hiding_texts_cannot_win(attack):
    honest, cheated = score(BRIEF).means(), score(ATTACKS[attack]).means()
    assert cheated["retention"] < honest["retention"] == 1
    assert cheated["text_fits"] < honest["text_fits"] == 1
    assert cheated["readable_contrast"] < honest["readable_contrast"]


def test_a_text_on_the_picture_is_worse_wherever_it_is_measured():
    good, bad = score(BRIEF).means(), score(with_block(0, box=BRIEF.blocks[0].box.moved(0, 180))).means()
    worse = ("occlusion", "unreadability", "faces_covered", "contrast", "readable_contrast")
    turned = {name: 1 if MEANINGS[name].better == "higher" else -1 for name in worse}
    assert {name: turned[name] * bad[name] < turned[name] * good[name] for name in worse} == dict.fromkeys(worse, True)


def test_scores_say_with_which_saliency_they_were_measured():
    other = Saliency("by hand", np.zeros((4, 3)))
    scores = measure([BRIEF] * 2, [BRIEF] * 2, [GROUND] * 2, [SALIENCY, other])
    assert scores.saliency == f"{SALIENCY.name}, by hand"
    assert scores.profile == "corrected"


def test_what_does_not_go_together_is_refused_by_number():
    with pytest.raises(ValueError, match=r"poster 1: a layout for 300 × 400 .* a picture of 600 × 800"):
        measure([BRIEF, replace(BRIEF, width=300, height=400)], [BRIEF] * 2, [GROUND] * 2, [SALIENCY] * 2)
    with pytest.raises(ValueError, match="poster 0: the picture is float64"):
        measure([BRIEF], [BRIEF], [GROUND / 255], [SALIENCY])
    with pytest.raises(ValueError, match="poster 0: saliency loud is no map of 0 to 1"):
        measure([BRIEF], [BRIEF], [GROUND], [Saliency("loud", SALIENCY.values * 2)])
    with pytest.raises(ValueError, match="unknown profile 'v2', known are posterlayout-v1, corrected"):
        score(BRIEF, "v2")


def test_no_posters_have_no_means():
    assert np.isnan(list(measure([], [], [], []).means().values())).all()


def test_profiles_measured_together_say_what_each_says_alone():
    together = measure_by_profile([BRIEF] * 3, [BRIEF] * 3, [GROUND] * 3, [SALIENCY] * 3)
    for profile in PROFILES:
        alone = score(BRIEF, profile)
        assert together[profile].profile == profile
        for name in MEANINGS:
            np.testing.assert_array_equal(together[profile].values[name], alone.values[name])
            np.testing.assert_array_equal(together[profile].weights[name], alone.weights[name])
    assert together["corrected"].means() != together["posterlayout-v1"].means()
