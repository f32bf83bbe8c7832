"""The steps of ``make_covers`` around the making itself, which ``test_publish`` tests."""

import pytest

from data_contracts.catalog import VIDEOS
from data_contracts.errors import ImpossibleRequirement, NothingToDo
from inference.covers import steps
from tests.inference.covers.samples import video_row


def test_due_videos_come_in_batches(lake, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MEDIA_BATCH_SIZE", "2")
    rows = [video_row(lake, f"{number}.mp4", bytes([number]), None) for number in range(3)]
    lake.write(VIDEOS, rows, "run")
    batches = steps.find_due_videos("标题不超过10个字", [])
    assert [len(batch["videos"]) for batch in batches] == [2, 1]
    assert {video for batch in batches for video in batch["videos"]} == {row["video_id"] for row in rows}
    same = {"titles": {"version": None, "rollback": None}, "layout": None}
    assert steps.find_due_videos(None, ["1.mp4"]) == [{"videos": [rows[1]["video_id"]], **same, "moving": True}]
    assert [batch["moving"] for batch in steps.find_due_videos("", [], moving=False)] == [False, False]


def test_an_impossible_requirement_is_refused_before_any_work(lake):
    lake.write(VIDEOS, [video_row(lake, "1.mp4", b"1", None)], "run")
    with pytest.raises(ImpossibleRequirement, match="既要求出现价格，又要求不出现价格"):
        steps.find_due_videos("要标价格，不要价格", [])


def test_without_due_videos_there_is_nothing_to_do(lake):
    with pytest.raises(NothingToDo, match="every video has a cover or was refused one"):
        steps.find_due_videos("", [])
    assert steps.publish_covers() == {"covers": 0}
