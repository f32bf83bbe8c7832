"""A criterion in words, Chinese and English."""

from inference.covers.features import FEATURES, Feature
from inference.memory.criteria import ALL
from inference.memory.effects import Effect

BY_NAME = {feature.name: feature for feature in FEATURES}


def say_zh(effect: Effect, simulated: bool) -> str:
    """``封面画面更明亮（brightness ≥ 0.45），点击率高 1.3 个百分点（95% 区间 0.4 至 2.2，3.0 万次展示）。``"""
    feature, (gain, low, high) = BY_NAME[effect.feature], _gain(effect)
    what = feature.more_zh if effect.difference > 0 else feature.less_zh
    where = "" if effect.scope == ALL else f"“{effect.scope}”类商品，"
    return (
        f"{'【模拟】' if simulated else ''}{where}封面{what}{_range(effect, feature, '（', '）')}，"
        f"点击率高 {gain} 个百分点（95% 区间 {low} 至 {high}，{effect.impressions / 1e4:.1f} 万次展示）。"
    )


def say_en(effect: Effect, simulated: bool) -> str:
    """``Covers with a brighter picture (brightness ≥ 0.45) are clicked 1.3 percentage points more …``"""
    feature, (gain, low, high) = BY_NAME[effect.feature], _gain(effect)
    what = feature.more_en if effect.difference > 0 else feature.less_en
    where = "" if effect.scope == ALL else f"In {effect.scope}, "
    sentence = (
        f"{where}covers with {what}{_range(effect, feature, ' (', ')')} are clicked {gain} percentage points "
        f"more often (95 % interval {low} to {high}, {effect.impressions:,} impressions)."
    )
    return f"{'Simulated: ' if simulated else ''}{sentence[0].upper()}{sentence[1:]}"


def _gain(effect: Effect) -> tuple[str, str, str]:
    """The effect of lying in the range and its interval, in percentage points."""
    bounds = (effect.low, effect.high) if effect.difference > 0 else (-effect.high, -effect.low)
    return tuple(f"{100 * value:.1f}" for value in (abs(effect.difference), *bounds))


def _range(effect: Effect, feature: Feature, opening: str, closing: str) -> str:
    if feature.unit == "0 or 1":  # "the price shown" says it all
        return ""
    name, sign = effect.feature.replace("_", " "), "≥" if effect.difference > 0 else "<"
    return f"{opening}{name} {sign} {effect.cut:g}{closing}"
