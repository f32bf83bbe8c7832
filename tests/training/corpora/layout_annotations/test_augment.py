from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.models.layout import Annotation
from inference.models.layout_json import from_trained, to_trained
from tests.training.corpora.layout_annotations.annotations import PLAIN, annotations
from training.corpora.layout_annotations.augment import Augmented, augment

SEEDS = st.integers(0, 2**32)


def all_boxes(annotation: Annotation) -> list:
    return [
        *(block.box for block in annotation.blocks),
        *annotation.faces,
        *annotation.products,
        *annotation.underlays,
    ]


@settings(deadline=None)
@given(annotations(), SEEDS, st.floats(0.001, 2))
def test_shaken_boxes_stay_boxes_within_the_canvas(annotation, seed, noise):
    shaken = augment(annotation, seed, box_noise=noise).annotation
    for box in all_boxes(shaken):
        assert 0 <= box.left < box.right <= annotation.width
        assert 0 <= box.top < box.bottom <= annotation.height
    from_trained(to_trained(shaken), annotation.width, annotation.height)


@settings(deadline=None)
@given(annotations(), SEEDS)
def test_only_boxes_change_and_the_same_seed_gives_the_same(annotation, seed):
    once = augment(annotation, seed, box_noise=0.1, mask_share=0.5)
    assert once == augment(annotation, seed, box_noise=0.1, mask_share=0.5)
    for old, new in zip(annotation.blocks, once.annotation.blocks, strict=True):
        assert replace(new, box=old.box) == old


@settings(deadline=None)
@given(annotations(), SEEDS)
def test_without_strength_nothing_changes(annotation, seed):
    assert augment(annotation, seed, box_noise=0, mask_share=0) == Augmented(annotation)


@settings(deadline=None)
@given(annotations(), SEEDS)
def test_noise_and_masks_are_independent(annotation, seed):
    shaken, still = augment(annotation, seed, 0.1, 0.5), augment(annotation, seed, 0, 0.5)
    assert (shaken.masked_boxes, shaken.masked_texts) == (still.masked_boxes, still.masked_texts)
    everything = augment(annotation, seed, 0, 1)
    assert everything.masked_boxes == everything.masked_texts == set(range(len(annotation.blocks)))


def test_about_the_asked_share_is_masked_and_noise_is_as_strong_as_asked():
    variants = [augment(PLAIN, seed, box_noise=0.05, mask_share=0.2) for seed in range(1000)]
    share = sum(len(each.masked_texts) for each in variants) / (1000 * len(PLAIN.blocks))
    assert 0.17 < share < 0.23
    moves = [each.annotation.blocks[0].box.left - PLAIN.blocks[0].box.left for each in variants]
    deviation = (sum(move**2 for move in moves) / 1000) ** 0.5
    assert deviation == pytest.approx(0.05 * PLAIN.blocks[0].box.width, rel=0.1)


@pytest.mark.parametrize(("noise", "share"), [(-0.1, 0.1), (0.1, -0.1), (0.1, 1.1)])
def test_impossible_strengths_are_refused(noise, share):
    with pytest.raises(ValueError, match="must not be negative"):
        augment(PLAIN, 0, noise, share)
