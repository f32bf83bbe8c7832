"""How one system did on each held-out row, and exactly which rows these were."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from training.intervals import Interval, gain, interval


@dataclass(frozen=True)
class HeldOut:
    """The rows that were scored: their dataset and its version (0 for a file), and a digest of the rows."""

    dataset: str
    version: int
    digest: str

    def __str__(self) -> str:
        return f"{self.dataset} version {self.version}, digest {self.digest[:12]}"


@dataclass(frozen=True)
class Scorecard:
    """``values`` holds an array [rows] for each score; ``groups`` names the rows that are no independent witnesses.

    ``version`` is the registered version that was scored; with an incumbent it is the one that served
    then, None where none did and the base model or a baseline stands in. ``weights`` [rows] are given
    for scores whose rows do not count alike; a row of weight 0 says nothing of that score.
    """

    name: str
    version: int | None
    held_out: HeldOut
    groups: Sequence[str]
    values: Mapping[str, np.ndarray]
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)

    def mean(self, score: str) -> Interval:
        """The mean of a score with its 95 % interval."""
        return interval(self.values[score], self.groups, self.weights.get(score))

    def means(self) -> dict[str, float]:
        """The mean of each score."""
        return {name: self.mean(name).mean for name in self.values}

    def gain_on(self, other: "Scorecard", score: str) -> Interval:
        """This one's mean less the other's with its 95 % interval, row by row."""
        weights = self.weights.get(score), other.weights.get(score)
        return gain(self.values[score], other.values[score], self.groups, *weights)

    def count_missing(self, score: str) -> int:
        """Rows that should count and have no number."""
        weights = self.weights.get(score, np.ones(len(self.groups)))
        return int((np.isnan(self.values[score]) & (weights > 0)).sum())

    def write(self, path: Path) -> None:
        """Keep it as JSON; the file appears whole or not at all."""
        arrays = {name: np.asarray(each).tolist() for name, each in self.values.items()}
        weights = {name: np.asarray(each).tolist() for name, each in self.weights.items()}
        fields = {"name": self.name, "version": self.version, "held_out": dataclasses.asdict(self.held_out)}
        partial = path.with_name(f"{path.name}.partial")
        partial.write_text(json.dumps(fields | {"groups": list(self.groups), "values": arrays, "weights": weights}))
        partial.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Scorecard":
        """What was written. Raises ``FileNotFoundError`` when the evaluation left none."""
        kept = json.loads(path.read_text())
        values, weights = ({name: np.array(v, float) for name, v in kept[key].items()} for key in ("values", "weights"))
        return cls(kept["name"], kept["version"], HeldOut(**kept["held_out"]), kept["groups"], values, weights)
