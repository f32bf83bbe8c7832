"""How the layout model is trained. A recipe is a function; another one is another function."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from inference.models import layout_bases
from inference.models.pixel_limits import PixelLimits
from training.finetune import recipe

TOKEN_PIXELS = 28 * 28
"""Pixels of a picture that become one token."""


@dataclass(frozen=True, kw_only=True)
class Recipe(recipe.Recipe):
    """Everything that decides a training of the layout model.

    ``all_weights`` trains the whole model instead of an adapter on its language part, ``tower`` the
    vision tower as it is beside the adapter. ``least_pixels`` and ``most_pixels`` bound what the model
    sees of a picture. ``instruction`` stands before every question.

    What a training shows of a poster is drawn anew in each epoch: ``box_noise`` is the standard
    deviation of the sides of the boxes it is told, as a share of their extent; ``hinted`` the share of
    variants that are to be filled in: of its texts a ``mask_share`` is told by length alone, and all but
    as many with about where they stand. ``told_boxes`` is the share in which faces and products are told
    and need not be found, ``wishes`` the chance of each wish of style.
    """

    all_weights: bool = False
    tower: bool = False
    least_pixels: int
    most_pixels: int
    instruction: str
    box_noise: float = 0.02
    hinted: float = 0.25
    mask_share: float = 0.5
    told_boxes: float = 1.0
    wishes: float = 0.3
    validation_share: float = 0.05

    @property
    def pixels(self) -> PixelLimits:
        return PixelLimits(self.least_pixels, self.most_pixels)


INSTRUCTION = "为这张图排版：把每段文字放到合适的位置，避开人脸和商品，用 JSON 回答。"
"""What a model that has read before is told: lay out this picture, keep clear of faces and products, answer in JSON."""


def qwen2_5_vl_7b() -> Recipe:
    """Qwen2.5-VL-7B-Instruct on one or more GPUs of 40 GB or more, its weights sharded between them.

    In half of the variants it must find faces and products itself: it has eyes for that.
    """
    return Recipe(
        name="qwen2_5_vl_7b",
        model="Qwen/Qwen2.5-VL-7B-Instruct",
        rank=16,
        alpha=32,
        learning_rate=1e-4,
        epochs=4,
        batch_size=8,
        max_tokens=3072,
        max_new_tokens=1536,
        gradient_checkpointing=True,
        least_pixels=64 * TOKEN_PIXELS,
        most_pixels=768 * TOKEN_PIXELS,
        instruction=INSTRUCTION,
        told_boxes=0.5,
        deepspeed="zero3",
        checkpoint_every=100,
        evaluate_every=100,
    )


def qwen2_5_vl_7b_zero2() -> Recipe:
    """The same with the weights whole in each process: faster where 80 GB a GPU hold them."""
    return dataclasses.replace(qwen2_5_vl_7b(), name="qwen2_5_vl_7b_zero2", deepspeed="zero2")


def embedded() -> Recipe:
    """A Qwen2.5-VL of two million weights from scratch, on two CPU cores."""
    return Recipe(
        name="embedded",
        model=layout_bases.SMALL,
        all_weights=True,
        rank=0,
        alpha=0,
        learning_rate=3e-3,
        weight_decay=0.05,
        epochs=6,
        batch_size=16,
        max_tokens=640,
        max_new_tokens=480,
        least_pixels=8 * TOKEN_PIXELS,
        most_pixels=20 * TOKEN_PIXELS,
        instruction="",
        checkpoint_every=100,
        evaluate_every=100,
        patience=None,
    )


def embedded_grafted() -> Recipe:
    """The shelf's 0.5 B language weights under a vision tower that has seen nothing: LoRA, and the tower as it is."""
    return Recipe(
        name="embedded_grafted",
        model=layout_bases.GRAFTED,
        tower=True,
        rank=16,
        alpha=32,
        top_layers=12,
        learning_rate=3e-4,
        epochs=1,
        batch_size=2,
        max_tokens=1536,
        max_new_tokens=1536,
        least_pixels=16 * TOKEN_PIXELS,
        most_pixels=48 * TOKEN_PIXELS,
        instruction=INSTRUCTION,
    )


def tiny() -> Recipe:
    """Random weights, a few steps: every line runs, nothing sensible is learned."""
    return Recipe(
        name="tiny",
        model=layout_bases.TINY,
        all_weights=True,
        rank=0,
        alpha=0,
        learning_rate=1e-2,
        epochs=1,
        batch_size=2,
        max_tokens=1536,
        max_new_tokens=1536,
        least_pixels=4 * TOKEN_PIXELS,
        most_pixels=9 * TOKEN_PIXELS,
        instruction="",
        validation_share=0.2,
        checkpoint_every=2,
        evaluate_every=2,
    )


RECIPES: dict[str, Callable[[], Recipe]] = {
    each.__name__: each for each in (qwen2_5_vl_7b, qwen2_5_vl_7b_zero2, embedded, embedded_grafted, tiny)
}


def by_name(name: str) -> Recipe:
    """Raises ``ValueError`` listing the recipes when there is none of that name."""
    if name not in RECIPES:
        raise ValueError(f"there is no recipe {name!r}; recipes.py has {', '.join(RECIPES)}")
    return RECIPES[name]()
