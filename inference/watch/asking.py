"""Reading a question: it sees the opening, the blocks that each layer looks back at, the window, and itself.

The blocks are read in time order at re-rotated places right before the window. The session's memory is only read: what
a question and its answer add stays in this step and goes with it.
"""

import torch

from inference.watch.attention import attend
from inference.watch.retrieval import Representatives, best
from inference.watch.rotary import Places, Rotary, rotate
from inference.watch.tiers import Tiers
from inference.watch.window import Window


class AskingStep:
    """One question. looked_back: for each layer, the blocks it retrieved; votes: see `rank_frames`.

    opening: [layers, 2, kv_heads, tokens, head_dim], unrotated. retrieve: most blocks that a layer looks back at.
    room: most tokens of question and answer. outside: how alike an encoder finds each block, or None.
    """

    def __init__(
        self,
        window: Window,
        tiers: Tiers,
        representatives: Representatives,
        opening: torch.Tensor,
        places: Places,
        rotary: Rotary,
        retrieve: int,
        room: int,
        outside: torch.Tensor | None = None,
    ) -> None:
        self.window, self.tiers, self.representatives, self.opening = window, tiers, representatives, opening
        self.places, self.rotary, self.room, self.outside = places, rotary, room, outside
        self.retrieve = retrieve
        self.older = window.first_frame
        retrieved = min(retrieve, self.older)
        self.before = self.older - retrieved
        self.frames = retrieved + window.kept_frames
        self.opening_angles = rotary.angles(places.of_opening(self.before))
        self.retrieved_angles = rotary.angles(places.of_frames(self.before, retrieved))
        self.context_tokens = opening.shape[3] + self.frames * window.shape.tokens
        self.words = self.count = 0
        self.angles = self.opening_angles
        self.contexts: dict[int, torch.Tensor] = {}
        self.looked_back: list[list[int]] = []
        self.votes: list[dict[int, float]] = []

    def next_words(self, count: int) -> None:
        """Call before each forward: the next `count` tokens of question or answer."""
        self.words, self.count = self.words + self.count, count
        if self.words + count > self.room:
            raise ValueError(f"question and answer have more than the {self.room} tokens that there is room for")
        self.angles = self.rotary.angles(self.places.of_words(self.frames, self.words, count, self.before))

    def attend(self, layer: int, query, key, value, scaling: float) -> torch.Tensor:
        if layer not in self.contexts:
            self.contexts[layer] = self._context(layer, query)
        context = self.contexts[layer]
        end = self.context_tokens + self.words + self.count
        context[0, :, end - self.count : end] = rotate(key, self.angles)[0]
        context[1, :, end - self.count : end] = value[0]
        keys, values = context[:, None, :, :end].unbind(0)
        return attend(rotate(query, self.angles), keys, values, scaling)

    def _context(self, layer: int, query: torch.Tensor) -> torch.Tensor:
        """Rotated keys, and values, [2, kv_heads, tokens, head_dim], with room for the words at the end."""
        keys, values = self.tiers.read(layer, self._choose(layer, query))
        opening_keys, opening_values = (part[None] for part in self.opening[layer])
        local_keys, local_values = self.window.local(layer)
        shape = self.window.shape
        size = (2, shape.kv_heads, self.context_tokens + self.room, shape.head_dim)
        context = torch.empty(size, dtype=shape.dtype, device=query.device)
        rotated = (rotate(opening_keys, self.opening_angles), rotate(keys, self.retrieved_angles), local_keys)
        context[0, :, : self.context_tokens] = torch.cat(rotated, dim=2)[0]
        context[1, :, : self.context_tokens] = torch.cat((opening_values, values, local_values), dim=2)[0]
        return context

    def _choose(self, layer: int, query: torch.Tensor) -> list[int]:
        alike = self.representatives.alike(layer, query) if self.outside is None else self.outside
        voted = best(alike, self.retrieve)
        self.votes.append({frame: float(alike[frame]) for frame in voted})
        self.looked_back.append(best(alike[: self.older], self.retrieve))
        return self.looked_back[-1]
