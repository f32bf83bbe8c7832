"""What an annotator of posters is."""

from typing import Protocol

import numpy as np

from inference.models.layout import Annotation


class Annotator(Protocol):
    """Looks at pictures. ``name`` and its version go on every row it writes."""

    name: str

    def annotate(self, image: np.ndarray) -> Annotation:
        """Annotate an RGB picture (height × width × 3, uint8)."""
        ...
