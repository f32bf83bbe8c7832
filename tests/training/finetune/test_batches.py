from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from training.finetune.batches import plan_steps, plan_validation
from training.title_copy.recipes import tiny

LENGTHS = st.lists(st.integers(1, 200), min_size=1, max_size=60)


def counted(step, world: int) -> list[list[int]]:
    """Numbers of the examples that count in each process."""
    shares = (step.share_of(rank, world) for rank in range(world))
    return [[index for rows, counts in share if counts for row in rows for index in row] for share in shares]


@given(
    LENGTHS, st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.sampled_from([None, 250])
)
def test_every_epoch_shows_every_example_once_to_one_process(lengths, size, world, accumulate, epochs, packing):
    recipe = replace(tiny(), batch_size=size, accumulate=accumulate, epochs=epochs, packing=packing, seed=3)
    plan = plan_steps(lengths, recipe, world)
    assert plan == plan_steps(lengths, recipe, world)
    for epoch in range(epochs):
        seen = [i for step in plan if step.epoch == epoch for share in counted(step, world) for i in share]
        assert sorted(seen) == list(range(len(lengths)))
    for step in plan:
        assert len(step.batches) == accumulate
        for rank in range(world):
            assert all(0 < len(rows) <= size for rows, _ in step.share_of(rank, world))


@given(LENGTHS, st.integers(1, 3))
def test_rows_are_packed_up_to_their_length(lengths, world):
    for step in plan_steps(lengths, replace(tiny(), packing=120), world):
        for row in (row for batch in step.batches for row in batch):
            assert sum(lengths[index] for index in row) <= 120 or len(row) == 1


def test_packing_fills_its_rows():
    lengths = [10 + n % 50 for n in range(500)]
    rows = [row for step in plan_steps(lengths, replace(tiny(), packing=300), 1) for b in step.batches for row in b]
    assert sum(lengths) / (300 * len(rows)) > 0.95


def test_a_batch_holds_examples_of_like_length():
    lengths = [100, 8, 104, 9, 102, 10, 101, 11]
    plan = plan_steps(lengths, replace(tiny(), batch_size=4), world=1)
    assert {len({lengths[index] // 50 for row in step.batches[0] for index in row}) for step in plan} == {1}


def test_epochs_and_seeds_draw_different_orders():
    lengths = [50] * 40
    first, second = (
        [step.batches for step in plan_steps(lengths, replace(tiny(), epochs=2), 1) if step.epoch == epoch]
        for epoch in (0, 1)
    )
    assert first != second
    assert first != [step.batches for step in plan_steps(lengths, replace(tiny(), seed=1), 1)]


@given(LENGTHS, st.integers(1, 5), st.integers(1, 3))
def test_validation_sees_everything_once(lengths, size, world):
    seen = [i for step in plan_validation(lengths, size, world) for share in counted(step, world) for i in share]
    assert sorted(seen) == list(range(len(lengths)))
