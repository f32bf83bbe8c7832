"""What fine-tuning must know of the title model: ``python -m training.title_copy.task FOLDER`` trains one."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from data_contracts.catalog import CONTENT_TITLE_PAIRS, TITLE_COPY
from inference.covers.titles.copy import describe_serving
from inference.models import pretrained
from training.finetune import loop
from training.finetune.adapter import add_adapter, save_adapter
from training.finetune.examples import read_examples
from training.finetune.task import Example, Row
from training.finetune.text import TextExample, collate_text, encode_text, token_losses
from training.title_copy.examples import as_prompt
from training.title_copy.recipes import TitleRecipe
from training.title_copy.scores.invention import Names
from training.title_copy.variants import vary


class TitleTask:
    """LoRA on a language model that answers serving's own prompt with a title."""

    subject = TITLE_COPY
    data = CONTENT_TITLE_PAIRS
    recipe_type = TitleRecipe

    def encoder(self, recipe: TitleRecipe, work: Path) -> "TitleEncoder":
        brands = Names.of(read_examples(work, "train")).brands if recipe.varied else ()
        return TitleEncoder(
            AutoTokenizer.from_pretrained(pretrained.locate(recipe.model)), sorted(brands), recipe.varied
        )

    def load_model(self, recipe: TitleRecipe, dtype: torch.dtype) -> torch.nn.Module:
        model = AutoModelForCausalLM.from_pretrained(pretrained.locate(recipe.model), dtype=dtype)
        return add_adapter(model, recipe)

    def outline(self, recipe: TitleRecipe) -> torch.nn.Module:
        config = AutoConfig.from_pretrained(pretrained.locate(recipe.model))
        with torch.device("meta"):
            return add_adapter(AutoModelForCausalLM.from_config(config), recipe)

    def compute_token_losses(self, model: Any, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
        causal = model.get_base_model()
        inputs = {name: batch[name] for name in ("input_ids", "position_ids")}
        hidden = causal.model(**inputs, use_cache=False).last_hidden_state
        return token_losses(hidden, causal.lm_head, batch["labels"])

    def save(self, model: Any, recipe: TitleRecipe, folder: Path) -> None:
        save_adapter(model, folder)
        tokenizer = AutoTokenizer.from_pretrained(pretrained.locate(recipe.model))
        describe_serving(tokenizer, recipe.max_new_tokens).write(folder)


class TitleEncoder:
    """Pairs of content and title as tokens; ``varied`` by epoch, with other ``brands``."""

    def __init__(self, tokenizer: Any, brands: Sequence[str] = (), varied: bool = False):
        self.tokenizer = tokenizer
        self._brands, self._varied = brands, varied

    def encode(self, row: Row, epoch: int = 0) -> TextExample:
        shown = vary(row, epoch, self._brands) if self._varied else row
        return encode_text(self.tokenizer, as_prompt(shown), shown["title"])

    def collate(self, rows: Sequence[Sequence[Example]], device: str) -> dict[str, torch.Tensor]:
        return collate_text(rows, self.tokenizer.pad_token_id, device)


if __name__ == "__main__":
    loop.main(TitleTask())
