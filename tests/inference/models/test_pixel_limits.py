import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

from inference.models.pixel_limits import PixelLimits

LIMITS = PixelLimits(56 * 56, 28 * 28 * 100)


@given(st.integers(1, 4000), st.integers(1, 4000))
def test_a_picture_has_the_size_that_the_models_own_processor_would_give_it_and_leave(height, width):
    if max(height, width) > 200 * min(height, width):
        with pytest.raises(ValueError, match="times as long as wide"):
            LIMITS.size_of(height, width)
        return
    own = {"factor": LIMITS.multiple, "min_pixels": LIMITS.least, "max_pixels": LIMITS.most}
    size = LIMITS.size_of(height, width)
    assert size == smart_resize(height, width, **own)
    if max(height, width) < 20 * min(height, width):  # not a sliver of one token's width
        assert smart_resize(*size, **own) == size


def test_a_large_picture_shrinks_a_small_one_grows_and_one_that_fits_is_left():
    large, small, fitting = (np.full((*size, 3), 7, np.uint8) for size in ((1000, 500), (20, 30), (280, 140)))
    assert LIMITS.fit(large).shape == (392, 196, 3)
    assert LIMITS.fit(small).shape == (56, 84, 3)
    assert LIMITS.fit(fitting) is fitting
    assert (LIMITS.fit(large) == 7).all()


@pytest.mark.parametrize(("least", "most"), [(10, 100_000), (5000, 4000)])
def test_limits_that_no_picture_can_keep_are_refused(least, most):
    with pytest.raises(ValueError, match="must rise from 28² = 784"):
        PixelLimits(least, most)
