"""The layout model as it serves: a picture, texts and what to keep clear of in, layouts out.

    model = LayoutModel(champion.path)
    best, *others = model.propose(image, LayoutRequest(texts, width, height, faces, products), samples=4)

All that decides how it is asked lies beside its weights (``serving.json``), and every answer keeps to
the grammar of its request: whatever was learned, a layout comes out, with all the texts in it.
"""

import logging
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from inference.models import pretrained
from inference.models.language import base_of, describe
from inference.models.layout import Annotation
from inference.models.layout_cost import rank
from inference.models.layout_decoding import write
from inference.models.layout_grammar import parse, write_grammar
from inference.models.layout_reader import ADAPTER_CONFIG, IMAGE, LayoutReader
from inference.models.layout_request import LayoutRequest
from inference.models.transformers_model import compute_dtype

log = logging.getLogger(__name__)

ROWS = 16
"""Tokens multiplied together in a step, about: decides which number format is faster."""


class LayoutModel:
    """``folder`` holds a trained model or an adapter, as a registered version has it. Weights are read when asked.

    Raises ``ValueError`` for a folder that does not say how it is served.
    """

    def __init__(self, folder: Path):
        self.name = describe("layout", folder)
        self._folder = folder
        self._reader = LayoutReader.read(folder)

    def propose(
        self, image: np.ndarray, request: LayoutRequest, samples: int = 1, temperature: float = 0.7, seed: int = 0
    ) -> list[Annotation]:
        """``samples`` layouts of the request on an RGB picture (height × width × 3, uint8), in pixels of its canvas.

        One is the likeliest, the others are drawn at the temperature; the one of least cost comes first
        (``layout_cost``). The picture should have the shape of the canvas; it may be of another size.
        Raises ``ValueError`` when the texts are too many to be answered within the tokens that the
        model was trained for.
        """
        import torch

        picture = self._reader.fit(image)
        ids = torch.tensor([self._reader.prompt_ids(request, picture)])
        pixels = self._reader.as_pixels([picture])
        inputs = {"input_ids": ids, "mm_token_type_ids": (ids == self._reader.image_id).long() * IMAGE, **pixels}
        inputs["pixel_values"] = inputs["pixel_values"].to(self._model.dtype)
        answers = write(
            self._model,
            self._reader.grammar_tokenizer,
            write_grammar(request),
            {name: values.to(self._model.device) for name, values in inputs.items()},
            self._reader.serving.max_new_tokens,
            samples,
            temperature,
            seed,
        )
        return rank([parse(answer, request.width, request.height) for answer in answers], request)

    @cached_property
    def _model(self) -> Any:
        import torch
        from transformers import Qwen2_5_VLForConditionalGeneration

        device = "cuda" if torch.cuda.is_available() else "cpu"
        adapted = (self._folder / ADAPTER_CONFIG).exists()
        source = pretrained.locate(base_of(self._folder)) if adapted else self._folder
        dtype = compute_dtype(device, ROWS)
        model: Any = Qwen2_5_VLForConditionalGeneration.from_pretrained(source, dtype=dtype)
        model = model.to(device)
        if adapted:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, str(self._folder)).merge_and_unload()
        log.info("%s loaded on %s in %s", self.name, device, model.dtype)
        return model.eval()
