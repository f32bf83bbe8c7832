"""How many bytes a session may hold on the device, in memory and on disk, and what is said when they do not do."""

from dataclasses import dataclass


class BudgetTooSmall(ValueError):
    """A budget is below what the smallest session of this model needs; the message names that number."""


class NoRoom(RuntimeError):
    """A frame could not be taken in because the budgets or the disk are full. What was seen stays answerable."""


class DamagedSession(ValueError):
    """A session's folder does not hold what it says it holds, or belongs to another model."""


@dataclass(frozen=True)
class Budgets:
    """Bytes that a session's keys and values may take; the model's weights and activations come on top.

    device_bytes: the window, one question with what it retrieves, and as many blocks as still fit. memory_bytes: blocks
    that no longer fit on the device. disk_bytes: the size of the session's file of blocks, the saved ones included.
    """

    device_bytes: int
    memory_bytes: int
    disk_bytes: int

    def __post_init__(self) -> None:
        for name in ("device_bytes", "memory_bytes", "disk_bytes"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; a budget is a number of bytes, 0 or more")
