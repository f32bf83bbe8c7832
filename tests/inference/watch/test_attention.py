import torch

from inference.watch.attention import attend, attend_in_rows


def test_attention_is_the_softmax_over_the_keys_that_a_query_may_see():
    torch.manual_seed(0)
    query, keys, values = torch.randn(1, 6, 5, 8), torch.randn(1, 2, 11, 8), torch.randn(1, 2, 11, 8)
    expected = torch.empty(1, 6, 5, 8)
    for head in range(6):
        for row in range(5):
            seen = slice(0, 11 - 5 + row + 1)
            weights = (keys[0, head // 3, seen] @ query[0, head, row] * 0.3).softmax(0)
            expected[0, head, row] = weights @ values[0, head // 3, seen]
    last = query[:, :, -1:]
    assert torch.allclose(attend(query, keys, values, 0.3).transpose(1, 2), expected, atol=1e-6)
    assert torch.allclose(attend(last, keys, values, 0.3).transpose(1, 2), expected[:, :, -1:], atol=1e-6)
    assert torch.allclose(attend_in_rows(query, keys, values, 0.3), expected, atol=1e-6)
    assert torch.allclose(attend_in_rows(last, keys, values, 0.3), expected[:, :, -1:], atol=1e-6)
