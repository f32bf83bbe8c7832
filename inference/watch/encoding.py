"""Taking frames in: every frame sees the opening, the frames of the window before it, and itself.

Several frames can go through one forward, which shares the reading of the weights; attention is worked out for each
frame by itself, over its own window and with the opening right before it. The numbers are those of one frame after the
other, but for the order in which a larger product adds.
"""

import torch

from inference.watch.attention import attend
from inference.watch.retrieval import representative
from inference.watch.rotary import Places, Rotary, rotate
from inference.watch.window import Window


class OpeningStep:
    """The tokens before the first frame attend to each other; their unrotated keys and values are kept."""

    def __init__(self, places: Places, rotary: Rotary) -> None:
        self.angles = rotary.angles(places.of_opening())
        self.kept: list[torch.Tensor] = []

    def attend(self, layer: int, query, key, value, scaling: float) -> torch.Tensor:
        self.kept.append(torch.cat((key, value)))
        return attend(rotate(query, self.angles), rotate(key, self.angles), value, scaling)

    def block(self) -> torch.Tensor:
        """[layers, 2, kv_heads, opening, head_dim]"""
        return torch.stack(self.kept)


class EncodingStep:
    """`count` new frames from number `first` on. opening: [layers, 2, kv_heads, tokens, head_dim], unrotated."""

    def __init__(
        self, window: Window, opening: torch.Tensor, places: Places, rotary: Rotary, first: int, count: int
    ) -> None:
        self.window, self.count = window, count
        oldest = [max(0, frame - window.frames + 1) for frame in range(first, first + count)]
        self.seen = [
            slice(
                (start - window.first_frame) * window.shape.tokens,
                (first + place + 1 - window.first_frame) * window.shape.tokens,
            )
            for place, start in enumerate(oldest)
        ]
        self.opening_keys = self._before_each(opening[:, 0], places, rotary, oldest)
        self.opening_values = opening[:, 1, None]
        self.angles = rotary.angles(places.of_frames(first, count))
        self.kept: list[torch.Tensor] = []
        self.representatives: list[torch.Tensor] = []

    def attend(self, layer: int, query, key, value, scaling: float) -> torch.Tensor:
        self.kept.append(torch.cat((key, value)))
        self.representatives.append(representative(key, self.count))
        keys, values = self.window.write(layer, rotate(key, self.angles), value)
        frames = rotate(query, self.angles).chunk(self.count, dim=2)
        return torch.cat(
            [
                attend(
                    frame,
                    torch.cat((self.opening_keys[layer, place, None], keys[:, :, self.seen[place]]), dim=2),
                    torch.cat((self.opening_values[layer], values[:, :, self.seen[place]]), dim=2),
                    scaling,
                )
                for place, frame in enumerate(frames)
            ],
            dim=1,
        )

    def blocks(self) -> list[torch.Tensor]:
        """Unrotated keys and values of each new frame, [layers, 2, kv_heads, tokens, head_dim] each."""
        layers = torch.stack(self.kept)
        return list(layers.unflatten(3, (self.count, -1)).unbind(3))

    def vectors(self) -> torch.Tensor:
        """Representative keys, [frames, layers, kv_heads × head_dim]."""
        return torch.stack(self.representatives, dim=1)

    @staticmethod
    def _before_each(keys: torch.Tensor, places: Places, rotary: Rotary, oldest: list[int]) -> torch.Tensor:
        """The opening's keys rotated to stand right before each oldest frame: [layers, frames, kv_heads, …]."""
        angles = rotary.angles(torch.cat([places.of_opening(frame) for frame in oldest], dim=1))
        cosines, sines = (turns.unflatten(0, (len(oldest), -1))[:, None] for turns in angles)
        return rotate(keys[:, None], (cosines, sines))
