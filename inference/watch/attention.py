"""The seam with transformers: an attention function that hands queries, keys and values to what is being done.

A model is called with all positions zero, where rotation is the identity, so this function sees unrotated queries and
keys and no model code is patched. Which keys they meet is decided by the step that the caller passes along; the cache
that transformers would keep is not used, because the steps keep their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol

import torch
from torch import nn
from torch.nn import functional
from torch.nn.attention.bias import causal_lower_right
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

NAME = "in_context_retrieval"


class Step(Protocol):
    """One forward of the language model: the opening, new frames, or words."""

    def attend(
        self, layer: int, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float
    ) -> torch.Tensor:
        """Unrotated query [1, heads, n, head_dim], key and value [1, kv_heads, n, …] → [1, n, heads, head_dim]."""
        ...


def _attention(module, query, key, value, attention_mask, scaling=None, dropout=0.0, step: Step | None = None, **_):
    if step is None:
        raise ValueError(f"the attention {NAME!r} belongs to a watching session; set another to use the model alone")
    return step.attend(module.layer_idx, query, key, value, scaling), None


ALL_ATTENTION_FUNCTIONS.register(NAME, _attention)


@contextmanager
def stepping(language_model: nn.Module) -> Iterator[None]:
    """The model uses the session's attention inside, and its own again outside."""
    configs: dict[int, Any] = {
        id(module.config): module.config for module in language_model.modules() if hasattr(module, "config")
    }
    before = {key: config._attn_implementation for key, config in configs.items()}
    for config in configs.values():
        config._attn_implementation = NAME
    try:
        yield
    finally:
        for key, config in configs.items():
            config._attn_implementation = before[key]


def forward(language_model: nn.Module, embeddings: torch.Tensor, step: Step) -> torch.Tensor:
    """Last hidden states [1, tokens, hidden] of embeddings [1, tokens, hidden]."""
    zeros = torch.zeros(1, embeddings.shape[1], dtype=torch.long, device=embeddings.device)
    with torch.no_grad(), stepping(language_model):
        return language_model(
            inputs_embeds=embeddings, position_ids=zeros, use_cache=False, step=step
        ).last_hidden_state


def attend(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, scaling: float) -> torch.Tensor:
    """Causal attention of rotated query [1, heads, n, head_dim] over keys and values [1, kv_heads, m, head_dim].

    The last query sees the last key. Returns [1, n, heads, head_dim]. Half precision on CUDA takes flash attention's
    own causal form; everything else, and single words everywhere, the rows below.
    """
    count, seen = query.shape[2], keys.shape[2]
    if not query.is_cuda or query.dtype == torch.float32 or count == 1:
        return attend_in_rows(query, keys, values, scaling).transpose(1, 2)
    return functional.scaled_dot_product_attention(
        query, keys, values, attn_mask=causal_lower_right(count, seen), scale=scaling, enable_gqa=True
    ).transpose(1, 2)


def attend_in_rows(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, scaling: float) -> torch.Tensor:
    """The same with the heads of a group laid behind each other as rows of their keys: [1, heads, n, head_dim].

    Keys are never repeated. For a single word on a CPU this is ten times faster than a kernel told of groups, and
    CUDA's kernels that take a mask take no groups.
    """
    _, heads, count, head_dim = query.shape
    groups = heads // keys.shape[1]
    rows = query.reshape(1, keys.shape[1], groups * count, head_dim)
    mask = causal_mask(count, keys.shape[2], groups, query.device) if count > 1 else None
    out = functional.scaled_dot_product_attention(rows, keys, values, attn_mask=mask, scale=scaling)
    return out.reshape(1, heads, count, head_dim)


@lru_cache(maxsize=8)
def causal_mask(queries: int, keys: int, groups: int, device: torch.device) -> torch.Tensor:
    """True where a query may look, the same for each of a group's heads: [groups × queries, keys]."""
    mask = torch.ones(queries, keys, dtype=torch.bool, device=device).tril(keys - queries)
    return mask.repeat(groups, 1)
