"""What the fine-tuning of the layout model consists of: ``python -m training.layout.task FOLDER`` in every process.

Only the choices are scored: what the grammar forces, which is most of an answer, costs no loss and
teaches nothing, and is never asked of the model when it serves.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from data_contracts.catalog import LAYOUT, LAYOUT_ANNOTATIONS
from inference.models import pretrained
from inference.models.layout_decoding import find_choices
from inference.models.layout_grammar import write_grammar
from inference.models.layout_json import as_json, to_trained
from inference.models.layout_reader import IMAGE, LayoutReader
from training.finetune import loop
from training.finetune.adapter import add_adapter, save_adapter
from training.finetune.pictures import read_picture
from training.finetune.task import IGNORED, BadExample, Row
from training.finetune.text import token_losses
from training.layout.examples import annotation_of, ask, vary
from training.layout.recipes import Recipe


@dataclass(frozen=True)
class LayoutExample:
    """Token ids of question and answer, where the answer begins, which of its tokens are choices, and the picture."""

    ids: tuple[int, ...]
    answer_start: int
    choices: tuple[int, ...]
    picture: np.ndarray

    @property
    def weight(self) -> int:
        return len(self.choices)


class LayoutTask:
    """A Qwen2.5-VL model that is shown a picture and answers with a layout."""

    subject = LAYOUT
    data = LAYOUT_ANNOTATIONS
    recipe_type = Recipe

    def encoder(self, recipe: Recipe, work: Path) -> "LayoutEncoder":
        return LayoutEncoder(recipe, work)

    def load_model(self, recipe: Recipe, dtype: torch.dtype) -> torch.nn.Module:
        from transformers import Qwen2_5_VLForConditionalGeneration

        folder = pretrained.locate(recipe.model)
        return _trainable(Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=dtype), recipe)

    def outline(self, recipe: Recipe) -> torch.nn.Module:
        from transformers import AutoConfig, Qwen2_5_VLForConditionalGeneration

        config = AutoConfig.from_pretrained(pretrained.locate(recipe.model))
        with torch.device("meta"):
            return _trainable(Qwen2_5_VLForConditionalGeneration(config), recipe)

    def compute_token_losses(self, model: Any, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
        inputs = {name: values for name, values in batch.items() if name != "labels"}
        whole = model.get_base_model() if hasattr(model, "get_base_model") else model
        inputs["pixel_values"] = inputs["pixel_values"].to(whole.dtype)
        hidden = whole.model(**inputs, use_cache=False).last_hidden_state
        return token_losses(hidden, whole.lm_head, batch["labels"])

    def save(self, model: Any, recipe: Recipe, folder: Path) -> None:
        reader = _reader(recipe)
        if recipe.all_weights:
            model.save_pretrained(str(folder))
            reader.tokenizer.save_pretrained(str(folder))
        else:
            save_adapter(model, folder)
        reader.serving.write(folder)


class LayoutEncoder:
    """Reads pictures from the training's folder, each decoded and shrunk once."""

    def __init__(self, recipe: Recipe, work: Path):
        self._recipe, self._work = recipe, work
        self._reader = _reader(recipe)

    def encode(self, row: Row, epoch: int = 0) -> LayoutExample:
        """What is learned from varies with the epoch; what is judged with is always asked the same."""
        annotation = annotation_of(row)
        if row["split"] == "train":
            request, answer = vary(annotation, f"{row['example_id']} {self._recipe.seed} {epoch}", self._recipe)
        else:
            request, answer = ask(annotation, row["example_id"]), annotation
        picture = read_picture(self._work / row["picture"], self._recipe.pixels)
        prompt = self._reader.prompt_ids(request, picture)
        written = as_json(to_trained(answer))
        tokens = [
            *self._reader.tokenizer(written, add_special_tokens=False).input_ids,
            self._reader.tokenizer.eos_token_id,
        ]
        try:
            choices = find_choices(self._reader.grammar_tokenizer, write_grammar(request), tokens)
        except ValueError as error:
            raise BadExample(f"the layout of poster {row['example_id']} cannot be answered with: {error}") from error
        return LayoutExample((*prompt, *tokens), len(prompt), tuple(len(prompt) + place for place in choices), picture)

    def collate(self, rows: Sequence[Sequence[Any]], device: str) -> dict[str, torch.Tensor]:
        """Padded on the right: [rows, longest], beside the patches of all pictures one after the other."""
        examples = [example for (example,) in rows]
        shape = (len(examples), max(len(example.ids) for example in examples))
        ids = torch.full(shape, self._reader.tokenizer.pad_token_id)
        mask, labels = torch.zeros(shape, dtype=torch.long), torch.full(shape, IGNORED)
        for number, example in enumerate(examples):
            own = torch.tensor(example.ids)
            ids[number, : len(own)], mask[number, : len(own)] = own, 1
            labels[number, list(example.choices)] = own[list(example.choices)]
        kinds = (ids == self._reader.image_id).long() * IMAGE
        batch = {"input_ids": ids, "attention_mask": mask, "mm_token_type_ids": kinds, "labels": labels}
        batch |= self._reader.as_pixels([example.picture for example in examples])
        return {name: values.to(device) for name, values in batch.items()}


def _reader(recipe: Recipe) -> LayoutReader:
    return LayoutReader.of(recipe.model, recipe.instruction, recipe.max_new_tokens, recipe.pixels)


def _trainable(model: Any, recipe: Recipe) -> torch.nn.Module:
    if recipe.all_weights:
        return model
    tower = ["visual"] if recipe.tower else []
    layers = model.config.get_text_config().num_hidden_layers
    first = layers - (recipe.top_layers or layers)
    blocks = "|".join(map(str, range(first, layers)))
    targets = rf".*language_model\.layers\.({blocks})\..*\.(q|k|v|o|gate|up|down)_proj"
    return add_adapter(model, dataclasses.replace(recipe, top_layers=None), targets, tower)


if __name__ == "__main__":
    loop.main(LayoutTask())
