"""One decoded picture."""

from dataclasses import dataclass

import numpy as np

from inference.media.time import MediaTime


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture and its moment. ``image`` is RGB, uint8, height × width × 3, upright, square pixels."""

    time: MediaTime
    image: np.ndarray

    @property
    def width(self) -> int:
        return self.image.shape[1]

    @property
    def height(self) -> int:
        return self.image.shape[0]
