"""Are newer covers clicked more? The chosen covers of two generations, compared on the same videos.

Both generations were candidates side by side, and the bandit's choice is undone by weighing each
impression by 1 / propensity: the self-normalised estimate of the click rate that a shop would have
had if it had always shown that generation's chosen cover (Swaminathan & Joachims 2015). The interval
is over videos (delta method, each video one cluster, Student's t): a video whose new cover happens
to be good is one fact, however many people saw it.
"""

import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from scipy import stats

from data_contracts.catalog import COVERS, IMPRESSIONS, OUTCOMES
from data_contracts.store import Lake

CONFIDENCE = 0.95
MIN_VIDEOS = 3
"""Videos on which both generations must have been shown before anything is said."""
SIGNIFICANT_DIGITS = 2
"""Of the number of impressions still needed: it is an estimate."""


def compare_generations(lake: Lake) -> dict[str, Any]:
    """Click rates of the chosen covers of the two newest generations that were shown, on the same videos.

    Keys: ``sentence`` (what a person may be told), ``simulated``, ``generations`` (older, newer),
    ``videos``, ``impressions`` (with a chosen cover of either), ``click_rates`` (older, newer),
    ``difference``, ``interval`` (95 %), ``effective_impressions`` (older, newer; Kish), ``decided``,
    ``more_impressions`` (still needed to decide; None when decided or when only more videos help).
    With nothing to compare, only ``sentence`` and ``videos`` = 0.
    """
    chosen = _read_chosen(lake)
    generations = sorted(chosen["generation"].unique())[-2:]
    if len(generations) < 2:
        return {"sentence": "Fewer than two generations of covers were shown so far.", "videos": 0}
    outcomes = _read_shown_side_by_side(lake, chosen[chosen["generation"].isin(generations)])
    videos = outcomes.groupby("video_id")["generation"].nunique()
    outcomes = outcomes[outcomes["video_id"].isin(videos.index[videos == 2])]
    if outcomes["video_id"].nunique() < MIN_VIDEOS:
        return {"sentence": "Too few videos were shown with covers of both generations so far.", "videos": 0}
    return _compare(outcomes, *(int(each) for each in generations))


def _read_chosen(lake: Lake) -> pd.DataFrame:
    """The chosen covers that anybody has seen."""
    chosen = lake.read(COVERS, ["cover_id", "video_id", "generation"], where=pc.field("chosen")).to_pandas()
    shown = lake.read(OUTCOMES, ["cover_id"])["cover_id"].unique().to_pylist()
    return chosen[chosen["cover_id"].isin(shown)]


def _read_shown_side_by_side(lake: Lake, chosen: pd.DataFrame) -> pd.DataFrame:
    """Outcomes of chosen covers when the video's other generation's chosen one could have been shown as well."""
    mine = pc.field("cover_id").isin(chosen["cover_id"].to_list())
    columns = ["impression_id", "cover_id", "clicked", "propensity", "simulated"]
    outcomes = lake.read(OUTCOMES, columns, where=mine).to_pandas().merge(chosen, on="cover_id")
    offered = lake.read(IMPRESSIONS, ["impression_id", "candidates"], where=mine).to_pandas()
    outcomes = outcomes.merge(offered, on="impression_id")
    rivals = chosen.groupby("video_id")["cover_id"].agg(set)
    both = [
        rivals[video] <= set(offered)
        for video, offered in zip(outcomes["video_id"], outcomes["candidates"], strict=True)
    ]
    return outcomes[np.array(both, bool)]


def _compare(outcomes: pd.DataFrame, older: int, newer: int) -> dict[str, Any]:
    weight = 1 / outcomes["propensity"].to_numpy()
    click = outcomes["clicked"].to_numpy(float)
    influence = np.zeros(len(outcomes))
    rates, effective = [], []
    for generation, sign in ((older, -1), (newer, 1)):
        mine = weight * (outcomes["generation"] == generation).to_numpy()
        rates.append(float(mine @ click / mine.sum()))
        effective.append(int(mine.sum() ** 2 / (mine**2).sum()))
        influence += sign * mine * (click - rates[-1]) / mine.sum()
    difference = rates[1] - rates[0]
    by_video = pd.Series(influence).groupby(outcomes["video_id"].to_numpy()).sum()
    videos = len(by_video)
    variance = float((by_video**2).sum()) * videos / (videos - 1)
    reach = stats.t.ppf((1 + CONFIDENCE) / 2, videos - 1)
    margin = reach * math.sqrt(variance)
    decided = abs(difference) > margin
    needed = (
        None if decided else _more_impressions(difference, reach, variance, float((influence**2).sum()), len(outcomes))
    )
    result = {
        "simulated": bool(outcomes["simulated"].any()),
        "generations": [older, newer],
        "videos": videos,
        "impressions": len(outcomes),
        "click_rates": rates,
        "difference": difference,
        "interval": [difference - margin, difference + margin],
        "effective_impressions": effective,
        "decided": decided,
        "more_impressions": needed,
    }
    return {"sentence": _say(result), **result}


def _more_impressions(difference: float, reach: float, variance: float, sampling: float, shown: int) -> int | None:
    """Impressions still needed for an interval clear of zero, should the difference stay; None: more do not help.

    Of the variance over videos, only the part that chance in clicking explains shrinks with impressions.
    """
    between = max(0.0, variance - sampling)
    allowed = (difference / reach) ** 2 - between
    if allowed <= 0:
        return None
    needed = shown * (sampling / allowed - 1)
    digits = SIGNIFICANT_DIGITS - len(str(int(needed)))
    return max(1, int(round(needed, digits)))


def _say(result: dict[str, Any]) -> str:
    (old, new), (low, high) = result["click_rates"], result["interval"]
    older, newer = result["generations"]
    facts = (
        f"{'Simulated: ' if result['simulated'] else ''}chosen covers of generation {newer} are clicked by "
        f"{100 * new:.2f} % and those of generation {older} by {100 * old:.2f} %, a difference of "
        f"{100 * (new - old):+.2f} points (95 % interval {100 * low:+.2f} to {100 * high:+.2f}, "
        f"{result['videos']} videos, {result['impressions']:,} impressions). "
    )
    facts = facts[0].upper() + facts[1:]
    if result["decided"]:
        return facts + f"Generation {newer if new > old else older} is better."
    if result["more_impressions"] is None:
        return facts + "Cannot tell yet: videos differ too much, needs more videos, not more impressions."
    return facts + f"Cannot tell yet, needs about {result['more_impressions']:,} more impressions of these covers."
