"""Results kept in files: read back as written, by their inputs alone, whatever happened to the disk."""

from inference import kept

RESULT = {"texts": ["轻骑“城市”车", "a\ud800b"], "score": 0.1, "none": None}


def test_a_result_comes_back_for_its_inputs_alone():
    assert kept.read("answers", ["model", "问", 1]) is None
    kept.write("answers", ["model", "问", 1], RESULT)
    assert kept.read("answers", ["model", "问", 1]) == RESULT
    assert kept.read("answers", ["model", "问", 2]) is None
    assert kept.read("frames", ["model", "问", 1]) is None


def test_the_last_writer_wins_and_leaves_nothing_else(own_home):
    for number in range(3):
        kept.write("answers", "question", number)
    assert kept.read("answers", "question") == 2
    assert len([path for path in (own_home / "cache").rglob("*") if path.is_file()]) == 1


def test_a_file_that_a_power_cut_left_empty_costs_only_time(own_home):
    kept.write("answers", "question", RESULT)
    (file,) = (own_home / "cache").rglob("*.json")
    file.write_text("")
    assert kept.read("answers", "question") is None
    kept.write("answers", "question", RESULT)
    assert kept.read("answers", "question") == RESULT
