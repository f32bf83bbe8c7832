import pytest
import torch

from training.finetune.weights import load_trained, save_trained, trained_of


def model(*frozen: str) -> torch.nn.Module:
    made = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))
    for name, weight in made.named_parameters():
        weight.requires_grad = name not in frozen
    return made


def test_only_what_is_trained_is_kept(tmp_path):
    first, second = model("0.weight", "0.bias"), model("0.weight", "0.bias")
    before = second[0].weight.clone()
    save_trained(first, tmp_path / "weights" / "train.safetensors")
    load_trained(second, tmp_path / "weights" / "train.safetensors")
    assert trained_of(first).keys() == {"1.weight", "1.bias"}
    assert torch.equal(second[1].weight, first[1].weight)
    assert torch.equal(second[0].weight, before)
    assert second[1].weight.requires_grad
    assert [file.name for file in (tmp_path / "weights").iterdir()] == ["train.safetensors"]


def test_weights_of_another_model_are_refused(tmp_path):
    save_trained(model("0.weight"), tmp_path / "train.safetensors")
    with pytest.raises(ValueError, match=r"other weights than this model trains, for one 0\.weight"):
        load_trained(model(), tmp_path / "train.safetensors")
