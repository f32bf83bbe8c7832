from inference.watch.answer import rank_frames


def test_frames_are_ranked_by_layers_then_likeness_then_time():
    votes = [{0: 0.1, 1: 0.9, 2: 0.2}, {1: 0.1, 2: 0.9}, {2: 0.0, 3: 1.0}, {0: 0.2, 4: 1.0}]
    times = [0.0, 0.5, 1.0, 1.5, 2.0]
    assert rank_frames(votes, times, 10) == (1.0, 0.5, 0.0, 1.5, 2.0)
    assert rank_frames(votes, times, 2) == (1.0, 0.5)
    assert rank_frames([{}], times, 2) == ()
