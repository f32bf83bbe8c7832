"""The method written out plainly: one frame after the other, double precision, lists instead of tiers.

Nothing of `inference.watch` is used: weights come from the model's state, places from loops, and keys are kept raw and
rotated anew for every use, with contiguous places from the opening on.
"""

import torch
from torch.nn import functional


class Reference:
    """model: as transformers has it. places: part lists, see `in_a_row` and `on_a_grid`."""

    def __init__(self, model, places, window: int, retrieve: int) -> None:
        self.state = {name: weight.double() for name, weight in model.state_dict().items()}
        self.text = model.config.get_text_config()
        self.places, self.window, self.retrieve = places, window, retrieve
        self.head_dim = self.text.hidden_size // self.text.num_attention_heads
        self.opening, self.frames = [], []  # each: for each layer (keys, values), [kv_heads, tokens, head_dim]
        self.retrieved: list[list[int]] = []

    def take_opening(self, embeddings: torch.Tensor) -> None:
        at = self.places(embeddings.shape[1], 0, 0)[0]
        self._run(embeddings, lambda layer, query: [], at, self.opening)
        self.tokens = embeddings.shape[1]

    def take_frame(self, embeddings: torch.Tensor) -> None:
        seen = list(range(max(0, len(self.frames) - (self.window - 1)), len(self.frames)))
        opening, frames, _ = self.places(self.tokens, len(seen) + 1, 0)
        kept: list = []
        self._run(embeddings[None], lambda layer, query: seen, opening + frames, kept)
        self.frames.append(kept)

    def ask(self, embeddings: torch.Tensor, blocks: list[list[int]] | None = None) -> torch.Tensor:
        """Logits [tokens, vocabulary] of a question; `retrieved` are then each layer's blocks, or `blocks` if given."""
        first_local = max(0, len(self.frames) - (self.window - 1))
        local = list(range(first_local, len(self.frames)))
        count = min(self.retrieve, first_local)
        self.retrieved = []

        def look_back(layer: int, query: torch.Tensor) -> list[int]:
            alike = [self._alike(query, self.frames[frame][layer][0]) for frame in range(first_local)]
            chosen = sorted(sorted(range(first_local), key=lambda frame: -alike[frame])[:count])
            chosen = blocks[layer] if blocks else chosen
            self.retrieved.append(chosen)
            return chosen + local

        opening, frames, words = self.places(self.tokens, count + len(local), embeddings.shape[1])
        hidden = self._run(embeddings, look_back, opening + frames + words, [])
        return hidden @ self.state["lm_head.weight"].T

    def _alike(self, query: torch.Tensor, keys: torch.Tensor) -> float:
        """Mean over query heads of the cosine of mean query and mean key."""
        group = len(query) // len(keys)
        cosines = [
            functional.cosine_similarity(query[head].mean(0), keys[head // group].mean(0), dim=0)
            for head in range(len(query))
        ]
        return float(sum(cosines) / len(cosines))

    def _run(self, embeddings, look_back, at: list, kept: list) -> torch.Tensor:
        """at: places of all tokens seen, those of `embeddings` last. Appends (keys, values) of each layer to kept."""
        hidden = embeddings[0].double()
        for layer in range(self.text.num_hidden_layers):
            query, keys, values = (self._project(layer, name, hidden) for name in ("q", "k", "v"))
            blocks = [self.frames[frame][layer] for frame in look_back(layer, query)]
            if self.opening is not kept:
                blocks = [self.opening[layer], *blocks]
            kept.append((keys, values))
            all_keys = self._turn(torch.cat([*(block[0] for block in blocks), keys], 1), at)
            all_values = torch.cat([*(block[1] for block in blocks), values], 1)
            hidden = hidden + self._attend(layer, self._turn(query, at[-query.shape[1] :]), all_keys, all_values)
            normed = self._norm(hidden, f"layers.{layer}.post_attention_layernorm")
            gate, up, down = (self._weight(f"layers.{layer}.mlp.{name}_proj.weight") for name in ("gate", "up", "down"))
            hidden = hidden + (functional.silu(normed @ gate.T) * (normed @ up.T)) @ down.T
        return self._norm(hidden, "norm")

    def _attend(self, layer: int, query, keys, values) -> torch.Tensor:
        group = len(query) // len(keys)
        heads = []
        for head in range(len(query)):
            scores = query[head] @ keys[head // group].T / self.head_dim**0.5
            future = torch.ones_like(scores, dtype=torch.bool).triu(scores.shape[1] - scores.shape[0] + 1)
            heads.append(scores.masked_fill(future, float("-inf")).softmax(-1) @ values[head // group])
        return torch.cat(heads, dim=-1) @ self._weight(f"layers.{layer}.self_attn.o_proj.weight").T

    def _project(self, layer: int, name: str, hidden: torch.Tensor) -> torch.Tensor:
        normed = self._norm(hidden, f"layers.{layer}.input_layernorm")
        where = f"layers.{layer}.self_attn.{name}_proj"
        flat = normed @ self._weight(f"{where}.weight").T + self._weight(f"{where}.bias")
        return flat.view(len(hidden), -1, self.head_dim).transpose(0, 1)

    def _turn(self, states: torch.Tensor, at: list) -> torch.Tensor:
        rope = self.text.rope_parameters
        half = self.head_dim // 2
        sections = rope.get("mrope_section") or [half]
        part = [index for index, size in enumerate(sections) for _ in range(size)]
        turned = states.clone()
        for token, place in enumerate(at):
            for pair in range(half):
                angle = torch.tensor(place[part[pair]] / rope["rope_theta"] ** (2 * pair / self.head_dim)).double()
                one, other = states[:, token, pair], states[:, token, pair + half]
                turned[:, token, pair] = one * angle.cos() - other * angle.sin()
                turned[:, token, pair + half] = other * angle.cos() + one * angle.sin()
        return turned

    def _norm(self, hidden: torch.Tensor, name: str) -> torch.Tensor:
        scale = (hidden.pow(2).mean(-1, keepdim=True) + self.text.rms_norm_eps).sqrt()
        return hidden / scale * self._weight(f"{name}.weight")

    def _weight(self, name: str) -> torch.Tensor:
        return self.state[f"model.language_model.{name}"]


def in_a_row(tokens: int):
    """Places of LLaVA-OneVision: one part, everything in a row."""

    def places(opening: int, frames: int, words: int) -> tuple[list, list, list]:
        row = [(place,) for place in range(opening + frames * tokens + words)]
        return row[:opening], row[opening : opening + frames * tokens], row[opening + frames * tokens :]

    return places


def on_a_grid(rows: int, columns: int, interval: int):
    """Places of Qwen2.5-VL: time, height and width; words past the largest part of the last frame."""

    def places(opening: int, frames: int, words: int) -> tuple[list, list, list]:
        start = [(place,) * 3 for place in range(opening)]
        middle = [
            (opening + frame * interval, opening + row, opening + column)
            for frame in range(frames)
            for row in range(rows)
            for column in range(columns)
        ]
        past = max([opening - 1, *(max(place) for place in middle[-rows * columns :])]) + 1
        return start, middle, [(past + word,) * 3 for word in range(words)]

    return places
