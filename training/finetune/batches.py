"""Which examples are seen when, by which process: decided before the first step, the same way each time.

A resumed training goes on with the same plan from where it was. Every example is seen once in an
epoch, by one process. What is left over at the end of an epoch makes smaller batches: each token
counts the same in a step however many there are, so nothing has to be repeated or left out.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.finetune.recipe import Recipe

Row = list[int]
"""Numbers of the examples that share a row; more than one under a recipe with ``packing``."""

LIKE_LENGTH = 8
"""Examples whose lengths differ by fewer tokens than this are alike."""

OPEN_ROWS = 32
"""Rows that an example may still be packed into: enough to fill them, few enough to look at."""


@dataclass(frozen=True)
class Step:
    """What one step of the optimizer sees: micro-batches of rows, those of all processes together."""

    epoch: int
    batches: list[list[Row]]

    def share_of(self, rank: int, world: int) -> list[tuple[list[Row], bool]]:
        """A process's part of each micro-batch, and whether it counts.

        Every process runs every micro-batch, since sharded weights are gathered by all of them; where
        too few rows are left it repeats one, which does not count.
        """
        filler = self.batches[0][:1]
        parts = [batch[rank::world] for batch in self.batches]
        return [(part, True) if part else (filler, False) for part in parts]


def plan_steps(lengths: Sequence[int], recipe: Recipe, world: int) -> list[Step]:
    """The steps of a whole training on examples of so many tokens."""
    steps = []
    for epoch in range(recipe.epochs):
        drawn = random.Random(f"{recipe.seed}/{epoch}")
        rows = _pack(lengths, recipe.packing, drawn) if recipe.packing else _sort(lengths, drawn)
        size = recipe.batch_size * world
        batches = [rows[start : start + size] for start in range(0, len(rows), size)]
        drawn.shuffle(batches)
        for start in range(0, len(batches), recipe.accumulate):
            chosen = batches[start : start + recipe.accumulate]
            steps.append(Step(epoch, chosen + [[]] * (recipe.accumulate - len(chosen))))
    return steps


def plan_validation(lengths: Sequence[int], batch_size: int, world: int) -> list[Step]:
    """All examples once, those of like length together."""
    order = sorted(range(len(lengths)), key=lambda index: (lengths[index], index))
    size = batch_size * world
    return [Step(0, [[[index] for index in order[start : start + size]]]) for start in range(0, len(order), size)]


def _sort(lengths: Sequence[int], drawn: random.Random) -> list[Row]:
    """Examples of like length side by side, since padding costs as much as text; which ones is drawn."""
    return [[i] for i in sorted(range(len(lengths)), key=lambda i: (lengths[i] // LIKE_LENGTH, drawn.random()))]


def _pack(lengths: Sequence[int], most: int, drawn: random.Random) -> list[Row]:
    """Rows of at most so many tokens, each example in the first of the newest rows that has room for it.

    An example longer than a row has one to itself.
    """
    order = list(range(len(lengths)))
    drawn.shuffle(order)
    rows: list[Row] = []
    room: list[int] = []
    for index in order:
        open_rows = range(max(0, len(rows) - OPEN_ROWS), len(rows))
        place = next((row for row in open_rows if room[row] >= lengths[index]), None)
        if place is None:
            rows.append([index])
            room.append(most - lengths[index])
        else:
            rows[place].append(index)
            room[place] -= lengths[index]
    return rows
