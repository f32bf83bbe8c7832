"""When a training has learned what it can: the validation loss has not fallen for some time."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """The least validation loss, the step it was seen at, and how many evaluations have passed since.

    Plain values: they lie in every checkpoint, so that a resumed training stops where it would have.
    """

    best_loss: float = math.inf
    best_step: int | None = None
    since: int = 0

    def after(self, step: int, loss: float) -> "Progress":
        """What holds once another loss was seen; NaN is never the least."""
        return (
            Progress(loss, step) if loss < self.best_loss else Progress(self.best_loss, self.best_step, self.since + 1)
        )

    def is_over(self, patience: int | None) -> bool:
        return patience is not None and self.since >= patience
