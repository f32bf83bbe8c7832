"""How the click model is trained, one function per variant."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Recipe:
    """LightGBM's own parameters, and how examples are weighed and split.

    There are many impressions but few covers, and every row of a cover has the same features; so not
    many rows keep the model honest but trees of one split, each of which sees a few features only.
    (Trees of four leaves, or with all features in sight, beat the blind model less often on the same
    simulated clicks: they learn covers by heart.)
    """

    rounds: int
    learning_rate: float
    leaves: int
    min_rows_in_leaf: int
    feature_fraction: float
    l2: float
    folds: int
    """Cross-validation folds; a video is in one fold as a whole."""
    max_weight: float
    """Largest weight of an impression, in means: 1 / propensity of the rarest covers would else drown the rest."""
    threads: int = 1
    """More do not help on so few columns, and on a busy machine they wait for one another: 50 times as long."""
    seed: int = 7

    def parameters(self) -> dict[str, object]:
        return {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.min_rows_in_leaf,
            "feature_fraction": self.feature_fraction,
            "lambda_l2": self.l2,
            "boost_from_average": False,  # each video's own level is given as the starting score
            "num_threads": self.threads,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }


def standard() -> Recipe:
    """For some dozens of covers and more; seconds on one core."""
    return Recipe(
        rounds=120,
        learning_rate=0.05,
        leaves=2,
        min_rows_in_leaf=500,
        feature_fraction=0.3,
        l2=50.0,
        folds=5,
        max_weight=10.0,
    )


def tiny() -> Recipe:
    """For tests of the plumbing."""
    return replace(standard(), rounds=20, learning_rate=0.2, min_rows_in_leaf=50, folds=2)
