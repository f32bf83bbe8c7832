"""What stands before the gate: a trained version, what it is to replace, and what its card will say of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data_contracts.catalog import Model
from training.promotion.gate import Gate
from training.promotion.scorecard import Scorecard
from training.tracking import Input


@dataclass(frozen=True)
class Facts:
    """What a model's own folder knows of a version.

    ``purpose`` says what it is for and for whom. ``rows`` counts the data's rows, by split, language
    or what else matters; ``recipe`` are the values that decided the training. ``base_model`` is a name
    on the shelf or of a hub's repository, None for a model from nothing. ``limits`` are sentences.
    """

    purpose: str
    data: Input
    data_licence: str
    rows: Mapping[str, int]
    recipe: Mapping[str, Any]
    base_model: str | None
    limits: Sequence[str]

    @property
    def lineage(self) -> str:
        """Digest of data and recipe: a training of the same would come out the same."""
        identity = [self.data.digest, self.base_model, {key: str(value) for key, value in self.recipe.items()}]
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Challenge:
    """A registered version, made by an MLflow run, against what serves, both scored on the same held-out rows."""

    model: Model
    challenger: Scorecard
    incumbent: Scorecard
    gate: Gate
    run_id: str
    facts: Facts

    @property
    def version(self) -> int:
        """The challenger's number. Raises ``ValueError`` where it was never registered."""
        if self.challenger.version is None:
            raise ValueError(
                f"{self.challenger.name} of {self.model.name} is not registered: register it, then judge it"
            )
        return self.challenger.version
