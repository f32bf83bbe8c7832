import math
from dataclasses import asdict

import pytest

from training.finetune.early_stopping import Progress


def after(*losses: float) -> Progress:
    progress = Progress()
    for step, loss in enumerate(losses):
        progress = progress.after(step, loss)
    return progress


def test_the_least_loss_and_its_step_are_known():
    assert after(3.0, 2.0, 2.5) == Progress(2.0, 1, since=1)
    assert after(3.0, 2.0, 2.0) == Progress(2.0, 1, since=1)  # as low is not lower


@pytest.mark.parametrize(
    ("losses", "patience", "over"),
    [
        ((1.0, 2.0), 2, False),
        ((1.0, 2.0, 3.0), 2, True),
        ((3.0, 2.0, 2.5, 1.0, 2.0), 2, False),
        ((1.0,) * 9, None, False),
    ],
)
def test_it_is_over_after_patience_without_a_lower_loss(losses, patience, over):
    assert after(*losses).is_over(patience) is over


def test_what_is_no_number_is_never_the_least():
    assert after(math.nan, math.nan) == Progress(math.inf, None, since=2)


def test_a_resumed_training_decides_the_same():
    kept = Progress(**asdict(after(3.0, 2.0, 2.5)))
    assert kept.after(3, 2.1).is_over(2)
