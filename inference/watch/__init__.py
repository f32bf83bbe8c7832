"""Watching a video once and answering any number of questions about it (ReKV).

The method is that of *Streaming Video Question-Answering with In-context Video KV-Cache Retrieval* (Di et al., ICLR
2025): frames are encoded as they come with sliding-window attention, their keys and values move from the device to
memory to disk under byte budgets, and a question brings back the blocks it needs. It imports torch, transformers and
NumPy only, so that it also runs on a bare GPU box.
"""

from inference.watch.answer import Answer
from inference.watch.budgets import Budgets, BudgetTooSmall, DamagedSession, NoRoom
from inference.watch.session import Session

__all__ = ["Answer", "BudgetTooSmall", "Budgets", "DamagedSession", "NoRoom", "Session"]
