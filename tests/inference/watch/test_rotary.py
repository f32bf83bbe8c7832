import math

import torch

from inference.watch.rotary import Places, Rotary, rotate

CPU = torch.device("cpu")


def test_only_differences_of_places_matter_however_far_the_stream_has_come():
    torch.manual_seed(0)
    rotary = Rotary(1e6, 64, None, CPU)
    query, key = torch.randn(1, 1, 1, 64), torch.randn(1, 1, 1, 64)

    def score(start: int) -> float:
        turned = rotate(query, rotary.angles(torch.tensor([[start + 700]])))
        return float((turned * rotate(key, rotary.angles(torch.tensor([[start]])))).sum())

    assert abs(score(0) - score(5_000_000)) < 2e-5
    assert abs(score(0) - float((query * key).sum())) > 0.1


def test_rotation_turns_each_pair_by_place_times_frequency():
    rotary = Rotary(100.0, 4, None, CPU)
    states = torch.tensor([1.0, 1.0, 0.0, 0.0]).view(1, 1, 1, 4)
    turned = rotate(states, rotary.angles(torch.tensor([[3]]))).flatten()
    expected = [math.cos(3), math.cos(0.3), math.sin(3), math.sin(0.3)]
    assert torch.allclose(turned, torch.tensor(expected))


def test_each_section_of_frequencies_is_turned_by_its_part_of_the_place():
    rotary = Rotary(1.0, 8, [2, 1, 1], CPU)
    cosines, _ = rotary.angles(torch.tensor([[1], [2], [3]]))
    assert torch.allclose(cosines.flatten(), torch.tensor([1.0, 1.0, 2.0, 3.0]).cos())


def test_places_in_a_row():
    places = Places.in_a_row(opening=3, tokens=2)
    assert places.of_opening(5).tolist() == [[10, 11, 12]]
    assert places.of_frames(1, 2).tolist() == [[5, 6, 7, 8]]
    assert places.of_words(4, 1, 2).tolist() == [[12, 13]]
    assert places.of_words(0, 0, 1).tolist() == [[3]]


def test_places_on_a_grid():
    places = Places.on_a_grid(opening=2, rows=1, columns=4, interval=3)
    assert places.of_frames(0, 2).tolist() == [
        [2, 2, 2, 2, 5, 5, 5, 5],
        [2, 2, 2, 2, 2, 2, 2, 2],
        [2, 3, 4, 5, 2, 3, 4, 5],
    ]
    assert places.of_words(1, 0, 1).tolist() == [[6], [6], [6]]
    assert places.of_words(3, 0, 2, frames_before=1).tolist() == [[12, 13], [9, 10], [9, 10]]
