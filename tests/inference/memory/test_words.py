from dataclasses import replace

import pytest

from inference.feedback.evidence import FEATURE_NAMES
from inference.memory import words
from inference.memory.effects import Effect

MORE = Effect("brightness", 0.45, "all", 0.0131, 0.0042, 0.022, 0.004, 60, 30_000)
LESS = Effect("title_length", 9.0, "toys", -0.008, -0.014, -0.002, 0.01, 40, 12_345)
PRICE = Effect("price_shown", 0.5, "all", 0.02, 0.01, 0.03, 0.001, 60, 30_000)


@pytest.mark.parametrize(
    ("effect", "simulated", "english", "chinese"),
    [
        (
            MORE,
            True,
            "Simulated: Covers with a brighter picture (brightness ≥ 0.45) are clicked 1.3 percentage points "
            "more often (95 % interval 0.4 to 2.2, 30,000 impressions).",
            "【模拟】封面画面更明亮（brightness ≥ 0.45），点击率高 1.3 个百分点（95% 区间 0.4 至 2.2，3.0 万次展示）。",
        ),
        (
            LESS,
            False,
            "In toys, covers with a shorter title (title length < 9) are clicked 0.8 percentage points "
            "more often (95 % interval 0.2 to 1.4, 12,345 impressions).",
            "“toys”类商品，封面标题更短（title length < 9），点击率高 0.8 个百分点"
            "（95% 区间 0.2 至 1.4，1.2 万次展示）。",
        ),
        (
            PRICE,
            False,
            "Covers with the price shown are clicked 2.0 percentage points more often "
            "(95 % interval 1.0 to 3.0, 30,000 impressions).",
            "封面标出价格，点击率高 2.0 个百分点（95% 区间 1.0 至 3.0，3.0 万次展示）。",
        ),
    ],
)
def test_an_effect_in_words(effect, simulated, english, chinese):
    assert words.say_en(effect, simulated) == english
    assert words.say_zh(effect, simulated) == chinese


def test_every_feature_can_be_said_in_both_directions():
    effects = [replace(effect, feature=name) for name in FEATURE_NAMES for effect in (MORE, LESS)]

    assert len({words.say_en(effect, False) for effect in effects}) == len(effects)
    assert len({words.say_zh(effect, False) for effect in effects}) == len(effects)
