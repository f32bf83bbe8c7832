from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data_contracts import settings
from inference.covers import watching
from inference.covers.frames.select import FrameSelection
from inference.covers.plan import Plan, Task, read_requirement
from inference.covers.watching import Answered, as_sighting, ask_about, watch
from inference.media.answers import FILE, MediaWatcher
from inference.models import profile
from inference.watch import Session
from tests.clips import write_clip
from tests.inference.covers.choices import choose, paint
from tests.inference.covers.conftest import brief_of
from tests.inference.watch import small

PLAN = read_requirement("主播要出镜，不要字幕")
NOTHING = FrameSelection((), 0)
SECONDS = 6
WATCHING = """
executor: LocalExecutor
pools: {{models: 1}}
training: {{recipe: tiny, processes: 1}}
language: {{model: tiny-qwen2}}
watch: {{model: {model}, frames_per_s: 2, window_frames: 4, retrieve_blocks: 4, {budgets}, kept_gb: {kept_gb}}}
"""
BUDGETS = "device_gb: 0.01, memory_gb: 0.001, disk_gb: 0.01"


def test_the_plan_and_the_standing_questions_are_asked_each_once():
    assert ask_about(PLAN, "zh", "保温杯") == (
        "视频里拍了什么？",
        "关于“保温杯”说了什么？",
        "商品在哪里看得最清楚？",
        "哪里有人脸？有几个人？",
        "画面上有什么文字？",
    )
    english = ask_about(read_requirement("show the product and the price, no hands"), "en")
    assert english == (
        "What is shown in the video?",
        "What is said?",
        "Where is the product seen best?",
        "Where is a price shown?",
        "Where is a “hand” seen?",
    )


def test_a_subject_that_no_rule_knows_is_asked_for_by_its_name_and_a_look_is_not_asked_for():
    bicycle = Task.of("show", {"subject": "bicycle"}, "a bicycle", read_by="model")
    bright, open_eyes = Task.of("look", {"look": "bright"}, "bright"), Task.of("eyes_open", {}, "eyes open")
    assert ask_about(Plan(tasks=(bicycle, bright, open_eyes)), "en")[3:] == (
        "Where is “bicycle” seen?",
        "Where are the eyes open?",
    )


def test_a_chosen_frame_lends_what_is_known_of_it():
    face, head = (10, 10, 30, 40), (5, 0, 35, 50)
    choice = choose(paint(100, 50), [(face, head)], (0, 0, 50, 50), [(0, 40, 60, 50)])
    sighting = as_sighting(choice)
    assert sighting.time_s == 1.0
    assert sighting.faces == (pytest.approx(600 / 5000),)
    assert sighting.subject == pytest.approx(0.5)
    assert sighting.writing == ("字幕",)


def test_without_a_model_the_evidence_answers_and_the_second_run_looks_at_nothing(clips, own_home, monkeypatch):
    brief = brief_of(clips.face)
    answered = watch(brief, PLAN, NOTHING)
    assert [each.question for each in answered] == list(ask_about(PLAN, "zh", brief.facts.title))
    faces = next(each for each in answered if "人脸" in each.question)
    assert faces.by == "faces"
    assert len(faces.frames) == watching.FEWEST_LOOKS
    (kept,) = (own_home / "watched" / "notes").iterdir()
    assert len(MediaWatcher.load(kept).sightings) == watching.FEWEST_LOOKS

    again = watch(replace(brief, path=Path("/nowhere/at/all.mp4")), PLAN, NOTHING)
    assert again == answered


def test_what_the_selection_knows_joins_the_notes_and_is_not_kept(clips, own_home):
    brief = brief_of(clips.bikes)
    choice = choose(paint(100, 50), texts=[(0, 40, 60, 50)])
    text = next(each for each in watch(brief, PLAN, FrameSelection((choice,), 1)) if "文字" in each.question)
    assert "“字幕”" in text.answer
    assert 1.0 in text.frames
    assert not any("“字幕”" in each.answer for each in watch(brief, PLAN, NOTHING))


def test_damaged_notes_are_made_anew(clips, own_home):
    brief = brief_of(clips.face)
    answered = watch(brief, PLAN, NOTHING)
    (kept,) = (own_home / "watched" / "notes").iterdir()
    (kept / FILE).write_text("half")
    assert watch(brief, PLAN, NOTHING) == answered


@pytest.fixture(scope="module")
def seeing_model(tmp_path_factory) -> Path:
    """A LLaVA-OneVision of some ten thousand random weights, as a folder."""
    folder = tmp_path_factory.mktemp("models") / "llava"
    made = small.llava()
    made.model.save_pretrained(folder)
    made.tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def write_profile(tmp_path, monkeypatch, seeing_model):
    """Chooses a profile whose model watches."""

    def write(kept_gb: float = 1, budgets: str = BUDGETS) -> None:
        text = WATCHING.format(model=seeing_model, budgets=budgets, kept_gb=kept_gb)
        (tmp_path / "watching.yaml").write_text(text)
        monkeypatch.setenv("COVERLOOP_PROFILE", str(tmp_path / "watching"))

    return write


@pytest.fixture(scope="module")
def street(tmp_path_factory) -> Path:
    return write_clip(tmp_path_factory.mktemp("street") / "street.mp4", SECONDS, 96, 64)


def sessions() -> list[Path]:
    return [file.parent for file in (settings.load().home / "watched").glob(f"*/*/{watching.WHOLE}")]


def test_the_profiles_model_watches_once_and_answers_again_without_the_video(street, write_profile):
    write_profile()
    brief = brief_of(street)
    answered = watch(brief, PLAN, NOTHING)
    assert [each.question for each in answered] == list(ask_about(PLAN, "zh", brief.facts.title))
    assert all("llava_onevision" in each.by for each in answered)
    assert all(0 <= time < SECONDS for each in answered for time in each.frames)
    (folder,) = sessions()
    with Session.load(profile.watch_model(), folder) as session:
        assert session.times_s == pytest.approx(np.arange(0, SECONDS, 0.5))

    again = watch(replace(brief, path=Path("/nowhere/at/all.mp4")), PLAN, NOTHING)
    assert again == answered
    assert all(isinstance(each, Answered) for each in again)


def test_a_run_that_was_killed_is_taken_up_where_it_was_saved(street, write_profile, own_home):
    write_profile()
    model, choice = profile.watch_model(), profile.load().watch
    folder = watching.folder_of(own_home / "watched", choice, brief_of(street).video_id)
    with Session(model, folder, small.AMPLE, choice.window_frames, choice.retrieve_blocks) as killed:
        killed.see_all(small.frames(6), [0.5 * number for number in range(6)])
        killed.save()
    before = (folder / "blocks.bin").read_bytes()

    watch(brief_of(street), PLAN, NOTHING)
    assert sessions() == [folder]
    assert (folder / "blocks.bin").read_bytes()[: len(before)] == before
    with Session.load(model, folder) as session:
        assert session.times_s == pytest.approx(np.arange(0, SECONDS, 0.5))


def test_a_disk_that_is_full_stops_the_watching_and_not_the_answers(street, write_profile, caplog):
    frame = small.llava().block_shape().bytes
    write_profile(budgets=f"device_gb: 0.0022, memory_gb: {2 * frame / 1e9}, disk_gb: {5 * frame / 1e9}")
    answered = watch(brief_of(street), PLAN, NOTHING)
    assert all(each.by for each in answered)
    assert "was watched up to" in caplog.text
    assert sessions() == []


def test_budgets_that_are_too_small_are_named(street, write_profile):
    write_profile(budgets="device_gb: 0.000001, memory_gb: 0.001, disk_gb: 1")
    with pytest.raises(ValueError, match="device_bytes=1000 is too small"):
        watch(brief_of(street), PLAN, NOTHING)


def test_the_sessions_unused_for_longest_make_room(street, clips, write_profile):
    write_profile(kept_gb=0)
    watch(brief_of(street), PLAN, NOTHING)
    watch(brief_of(clips.face), PLAN, NOTHING)
    assert [folder.name for folder in sessions()] == [brief_of(clips.face).video_id]
