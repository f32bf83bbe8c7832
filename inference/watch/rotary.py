"""Rotary positions (RoPE, Su et al. 2021; its three-part form of Qwen2-VL) of keys that are stored unrotated.

Keys are stored before rotation and rotated when they are used, once: a key rotated again and again drifts. Angles are
worked out in double precision, because a position of a million times a frequency has no room in single precision.

Attention sees only differences of positions, so the window keeps the place it had in the stream; what stands before it
(the opening, retrieved blocks) is placed so that everything is contiguous from the first frame seen to the question.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Places:
    """Where tokens stand. A place has one part (text order) or three (time, height, width).

    opening: how many tokens stand before the first frame. offsets: [parts, tokens of a frame], the place of each token
    in its frame. step: [parts], how far the next frame stands from this one.
    """

    opening: int
    offsets: torch.Tensor
    step: torch.Tensor

    @classmethod
    def in_a_row(cls, opening: int, tokens: int) -> "Places":
        """One-part places: every token one further than the one before."""
        return cls(opening, torch.arange(tokens)[None], torch.tensor([tokens]))

    @classmethod
    def on_a_grid(cls, opening: int, rows: int, columns: int, interval: int) -> "Places":
        """Three-part places of Qwen2.5-VL: frames stand `interval` apart in time, and all on the same grid."""
        row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        offsets = torch.stack([torch.zeros_like(row), row, column]).reshape(3, -1)
        return cls(opening, offsets, torch.tensor([interval, 0, 0]))

    def of_opening(self, frames_before: int = 0) -> torch.Tensor:
        """[parts, opening], moved along by `frames_before` frames."""
        row = torch.arange(self.opening).expand(len(self.step), -1)
        return row + self.step[:, None] * frames_before

    def of_frames(self, first: int, count: int) -> torch.Tensor:
        """[parts, count × tokens] of frames `first` to `first + count - 1`."""
        steps = self.step[:, None] * torch.arange(first, first + count)
        return (self.opening + steps[:, :, None] + self.offsets[:, None]).flatten(1)

    def of_words(self, frames: int, first_word: int, count: int, frames_before: int = 0) -> torch.Tensor:
        """[parts, count] of words after `frames` frames: past the furthest part of the last one."""
        past = int((self.step * (frames - 1) + self.offsets.amax(1)).max()) + 1 if frames else 0
        row = torch.arange(count) + self.opening + past + first_word
        return row.expand(len(self.step), -1) + self.step[:, None] * frames_before


class Rotary:
    """Turns places into rotations.

    frequencies: [head_dim / 2]. part: [head_dim / 2], which part of a place turns each frequency.
    """

    def __init__(self, theta: float, head_dim: int, sections: list[int] | None, device: torch.device) -> None:
        steps = torch.arange(0, head_dim, 2, dtype=torch.float) / head_dim
        self.frequencies = (1.0 / theta**steps).double().to(device)
        sections = sections or [head_dim // 2]
        self.part = torch.repeat_interleave(torch.arange(len(sections)) % 3, torch.tensor(sections)).to(device)

    def angles(self, places: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosines and sines, each [tokens, head_dim / 2] in single precision, of places [parts, tokens]."""
        turned = places.to(self.frequencies.device)[self.part].double().T * self.frequencies
        return turned.cos().float(), turned.sin().float()


def rotate(states: torch.Tensor, angles: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Queries or keys [batch, heads, tokens, head_dim], each pair of halves turned by its angle; same dtype."""
    cosines, sines = angles
    first, second = states.float().chunk(2, dim=-1)
    turned = torch.cat((first * cosines - second * sines, second * cosines + first * sines), dim=-1)
    return turned.to(states.dtype)
