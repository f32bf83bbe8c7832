"""The annotator that needs no large model: OCR, ink, fonts, places and words; faces, product and panels.

It runs on a laptop's processor, about a second a picture, and is measured on rendered posters by
``training.corpora.layout_annotations.measure``.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from inference.models.faces import find_faces
from inference.models.layout import Annotation, TextBlock
from training.corpora.layout_annotations.embedded import blocks as merging
from training.corpora.layout_annotations.embedded import roles
from training.corpora.layout_annotations.embedded.blocks import Block
from training.corpora.layout_annotations.embedded.colours import name_colour
from training.corpora.layout_annotations.embedded.lines import find_lines
from training.corpora.layout_annotations.embedded.underlays import find_underlays

LATIN_WORDS = re.compile(r"[A-Za-z]{2,}")

VERSION = 1
"""Raised whenever the same picture gives another annotation."""


class EmbeddedAnnotator:
    """Annotates pictures one by one, on one thread."""

    name = f"embedded-{VERSION}"

    def annotate(self, image: np.ndarray) -> Annotation:
        """Annotate an RGB picture (height × width × 3, uint8)."""
        from inference.models.image_features import locate_product

        height, width = image.shape[:2]
        blocks = merging.merge(find_lines(image))
        underlays, framed = find_underlays(image, blocks)
        named = [
            TextBlock(block.text, block.box, role, language, name_colour(block.colour), block.score)
            for block, role, language in zip(blocks, roles.assign(blocks, framed), _languages(blocks), strict=True)
        ]
        product = locate_product(image)
        return Annotation(
            width,
            height,
            tuple(named),
            faces=tuple(face.box for face in find_faces(image, closely=False)),
            products=(product,) if product else (),
            underlays=tuple(underlays),
        )


def _languages(blocks: Sequence[Block]) -> list[str]:
    """Of each block; one without letters, such as a price, speaks as most of the picture does."""
    counts = Counter(block.language for block in blocks if len(block.text) > 1)
    chinese = any(block.language == "zh" for block in blocks) and counts["zh"] >= counts["en"]
    return ["zh" if chinese and not LATIN_WORDS.search(block.text) else block.language for block in blocks]
