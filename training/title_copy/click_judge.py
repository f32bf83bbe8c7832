"""A scorer of titles learned from clicks: which of two titles for the same content more people click.

A logistic regression on the difference of what is known of the two titles, without an intercept: it
has no first or second place to prefer, so that exchanging the titles gives the complement (the model
of Bradley and Terry 1952, with features). Most of what it knows can be said: how long, how early in
the content, with a number or a price. What words mean comes from the text embedding, held small
against the rest because preferences are few and its numbers many.

With a taste planted in 357 pairs of real shop titles it was right in 64 % of those it had not seen, where
nobody could be in more than 65 %; with 60 pairs it could not be told from guessing, and did not judge.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from inference.covers.titles.checks import Limits, width
from inference.covers.titles.claims import canonical, find_unsupported
from training import intervals
from training.finetune.preference import of_people
from training.intervals import Interval
from training.title_copy.preferences import Preference

log = logging.getLogger(__name__)

MIN_PREFERENCES, MIN_GROUPS = 60, 20
"""With fewer an accuracy of 70 % has an interval that reaches down to that of guessing."""

FOLDS = 5
STRENGTHS = (0.01, 0.1, 1.0)
"""Inverse strengths of the penalty to choose from, by cross-validation within what is learned from."""

MEANING_SHARE = 0.5
"""Variance of the whole embedding, all its numbers together, against that of one feature that can be said."""

GUESSING = 0.5
LEAD = 8
"""Words, of Chinese pairs of characters, with which a text begins: shops say the strongest first."""

WORD = re.compile(r"[a-z0-9]+")
NUMBER = re.compile(r"\d")
PRICE = re.compile(r"\d[¥$€£]")
"""As ``canonical`` writes one."""

JOINT = re.compile(r"[,:;，、：；|]|\s[-–—]\s")
CALL = re.compile(r"[!?！？]")

FEATURES = {
    "length": "longer",
    "number": "with a number",
    "price": "with the price",
    "lead": "begins as the text does",
    "overlap": "in words of the text",
    "unsupported": "claims what the text lacks",
    "joint": "in several clauses",
    "call": "with an exclamation or a question",
    "likeness": "near the text in meaning",
}
"""What is measured of a title, and how more of it is said."""


class CannotJudge(Exception):
    """Nobody can say which titles are better; the message tells why."""


@dataclass(frozen=True)
class ClickJudge:
    """See ``judge.Judge``. ``accuracy`` is that on contents it did not see, with its 95 % interval."""

    scale: np.ndarray
    weights: np.ndarray
    accuracy: Interval
    preferences: int
    groups: int
    simulated: bool

    @classmethod
    def learn(cls, preferences: Sequence[Preference]) -> "ClickJudge":
        """Learn from preferences, of real people alone where they are enough.

        Raises ``CannotJudge`` when they are too few, or when its accuracy on contents that it did not see
        cannot be told from guessing.
        """
        used = of_people(preferences, MIN_PREFERENCES)
        groups = np.array([each["group"] for each in used])
        count = len(set(groups))
        _refuse_too_few(len(used), count)
        chosen, rejected = ([each[side] for each in used] for side in ("chosen", "rejected"))
        contents, languages = ([row[name] for row in chosen] for name in ("content", "language"))
        differences = _compare(
            contents, [row["title"] for row in chosen], [row["title"] for row in rejected], languages
        )
        accuracy = _cross_validate(differences, groups)
        if not accuracy.low > GUESSING:
            raise CannotJudge(
                f"learned from {len(used)} click preferences of {count} groups, a judge is right in "
                f"{_percent(accuracy)} on contents it did not see, which may be guessing: it does not judge"
            )
        simulated = any(each["simulated"] for each in used)
        judge = cls(*_fit(differences, groups), accuracy, len(used), count, simulated)
        log.info("%s", judge.about)
        return judge

    @property
    def name(self) -> str:
        return "a scorer learned from simulated clicks" if self.simulated else "a scorer learned from clicks"

    @property
    def about(self) -> str:
        """How well it judges, and by what."""
        return (
            f"{self.name[0].upper()}{self.name[1:]}: right in {_percent(self.accuracy)} on contents that it did not "
            f"see ({self.preferences} preferences, {self.groups} groups). What more of a feature adds to a title's "
            f"log-odds: {', '.join(f'{FEATURES[name]} {weight:+.2f}' for name, weight in self.tastes)}."
        )

    @property
    def tastes(self) -> list[tuple[str, float]]:
        """The features that can be said and the log-odds that a usual difference in each adds, strongest first."""
        told = zip(FEATURES, self.weights[: len(FEATURES)].tolist(), strict=True)
        return sorted(told, key=lambda each: -abs(each[1]))

    def prefer(
        self, contents: Sequence[str], one: Sequence[str], other: Sequence[str], languages: Sequence[str]
    ) -> np.ndarray:
        """See ``judge.Judge``."""
        return _probability(_compare(contents, one, other, languages), self.scale, self.weights)


def _refuse_too_few(preferences: int, groups: int) -> None:
    if preferences < MIN_PREFERENCES or groups < MIN_GROUPS:
        raise CannotJudge(
            f"{preferences} click preferences of {groups} groups to learn from; a judge needs at least "
            f"{MIN_PREFERENCES} of {MIN_GROUPS}: show more videos with several titles each"
        )


def _compare(contents: Sequence[str], one: Sequence[str], other: Sequence[str], languages: Sequence[str]) -> np.ndarray:
    """What is known of title ``one`` less what is known of ``other``, [n, features and embedding]."""
    rows = list(zip(contents, one, other, languages, strict=True))
    said = [np.subtract(_measure(c, a, language), _measure(c, b, language)) for c, a, b, language in rows]
    meaning = _embed(one) - _embed(other)
    likeness = (meaning * _embed(contents)).sum(axis=1)
    return np.column_stack([np.array(said), likeness, meaning])


def _measure(content: str, title: str, language: str) -> list[float]:
    """Every feature but likeness, in the order of ``FEATURES``."""
    text = canonical(title)
    units, known = _units(text, language), _units(canonical(content), language)
    unsupported = find_unsupported(title, content)
    return [
        width(title, language) / Limits.of(language).max_width,
        float(NUMBER.search(text) is not None),
        float(PRICE.search(text) is not None),
        float(units[:1] != [] and units[0] in known[:LEAD]),
        sum(unit in known for unit in units) / max(1, len(units)),
        float(len(unsupported.numbers) + len(unsupported.words)),
        float(len(JOINT.findall(title))),
        float(CALL.search(title) is not None),
    ]


def _units(text: str, language: str) -> list[str]:
    """Words in English, pairs of neighbouring characters in Chinese."""
    if language == "en":
        return WORD.findall(text)
    letters = [character for character in text if character.isalnum()]
    return ["".join(both) for both in pairwise(letters)]


def _embed(texts: Sequence[str]) -> np.ndarray:
    """Unit vectors [n, 384]; a text that comes again is not embedded again."""
    from inference.models.embedding import embed

    known = list(dict.fromkeys(texts))
    place = {text: number for number, text in enumerate(known)}
    return embed(known)[[place[text] for text in texts]]


def _cross_validate(differences: np.ndarray, groups: np.ndarray) -> Interval:
    """Share of preferences judged right by scorers that did not see their group; each group counts as one."""
    right = np.empty(len(differences))
    for seen, unseen in GroupKFold(FOLDS).split(differences, groups=groups):
        chance = _probability(differences[unseen], *_fit(differences[seen], groups[seen]))
        right[unseen] = (chance > GUESSING) + GUESSING * (chance == GUESSING)
    return intervals.interval(right, groups.tolist(), _weigh(groups))


def _fit(differences: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale and weights of every column, at the strength that predicts groups left out best."""
    losses = dict.fromkeys(STRENGTHS, 0.0)
    for seen, unseen in GroupKFold(FOLDS).split(differences, groups=groups):
        scale = _scale(differences[seen])
        for strength in STRENGTHS:
            weights = _regress(differences[seen] / scale, groups[seen], strength)
            chance = _probability(differences[unseen], scale, weights)
            losses[strength] -= float(_weigh(groups[unseen]) @ np.log(chance))
    scale = _scale(differences)
    return scale, _regress(differences / scale, groups, min(losses, key=lambda strength: losses[strength]))


def _scale(differences: np.ndarray) -> np.ndarray:
    """What a usual difference is: of each feature its root mean square, of the embedding's numbers one for all."""
    square = (differences**2).mean(axis=0)
    said = np.sqrt(square[: len(FEATURES)])
    meaning = np.sqrt(square[len(FEATURES) :].sum() / MEANING_SHARE)
    return np.concatenate([np.where(said > 0, said, 1.0), np.full(len(square) - len(said), meaning or 1.0)])


def _regress(differences: np.ndarray, groups: np.ndarray, strength: float) -> np.ndarray:
    """Every other preference is turned round: the loss stays the same, and both classes are there."""
    sign = np.where(np.arange(len(differences)) % 2, -1.0, 1.0)
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=1000)
    return model.fit(differences * sign[:, None], sign > 0, sample_weight=_weigh(groups)).coef_[0]


def _weigh(groups: np.ndarray) -> np.ndarray:
    """Preferences of one group together count as one: they are no independent witnesses."""
    _, place, size = np.unique(groups, return_inverse=True, return_counts=True)
    return 1 / size[place]


def _probability(differences: np.ndarray, scale: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return expit(differences / scale @ weights)


def _percent(accuracy: Interval) -> str:
    mean, low, high = (100 * each for each in accuracy)
    return f"{mean:.0f} % of the preferences (95 % interval {low:.0f} to {high:.0f})"
