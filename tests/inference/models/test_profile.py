import inspect

import pytest
from pydantic import ValidationError

from data_contracts.settings import REPOSITORY
from inference.models import profile
from inference.models.profile import TrainingChoice, WatchChoice
from training.launch import launch

PROFILES = sorted((REPOSITORY / "infra" / "profiles").glob("*.yaml"))


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_profile_is_complete(path):
    chosen = profile.load(path)
    assert chosen.pools["models"] >= 1


def test_the_setting_chooses_the_profile(monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "gpu")
    assert profile.load().language.endpoint
    monkeypatch.setenv("COVERLOOP_PROFILE", "embedded")
    assert profile.load().language.endpoint is None


def test_only_where_there_is_a_gpu_a_model_watches_videos():
    chosen = {path.stem: profile.load(path).watch for path in PROFILES}
    assert {name for name, watch in chosen.items() if watch} == {"gpu", "cluster"}
    for name in ("gpu", "cluster"):
        assert "llava-onevision" in chosen[name].model


def test_without_a_choice_there_is_no_model_to_watch(monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "embedded")
    assert profile.watch_model() is None


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        ({}, "model"),
        ({"model": "m", "frames_per_s": 0}, "frames_per_s"),
        ({"model": "m", "window_frames": 0}, "window_frames"),
        ({"model": "m", "disk_gb": -1}, "disk_gb"),
        ({"model": "m", "endpoint": "http://x/v1"}, "endpoint"),
    ],
)
def test_a_watching_model_that_could_not_watch_is_refused(choice, reason):
    with pytest.raises(ValidationError, match=reason):
        WatchChoice(**choice)


def test_a_misspelt_key_is_named(tmp_path):
    wrong = (REPOSITORY / "infra" / "profiles" / "embedded.yaml").read_text().replace("recipe:", "recepi:")
    (tmp_path / "wrong.yaml").write_text(wrong)
    with pytest.raises(ValidationError, match="recepi"):
        profile.load(tmp_path / "wrong.yaml")


@pytest.mark.parametrize(
    ("training", "reason"),
    [
        ({"nodes": 2}, "nodes: 2 needs rendezvous or hostfile"),
        ({"rendezvous": "trainer-0:29500"}, "nodes: 1 needs no rendezvous"),
        ({"nodes": 2, "rendezvous": "trainer-0"}, "rendezvous"),
        ({"nodes": 2, "rendezvous": "http://trainer-0:29500"}, "rendezvous"),
        ({"nodes": 2, "hostfile": "hosts"}, "hostfile for deepspeed"),
        (
            {"nodes": 2, "launcher": "deepspeed", "rendezvous": "trainer-0:29500"},
            "rendezvous is for the launcher torchrun",
        ),
        ({"nodes": 2, "launcher": "mpirun", "rendezvous": "trainer-0:29500"}, "launcher"),
    ],
)
def test_nodes_that_could_not_find_each_other_are_refused(training, reason):
    with pytest.raises(ValidationError, match=reason):
        TrainingChoice(recipe="tiny", processes=2, **training)


def test_a_placement_is_what_the_launcher_takes():
    choice = TrainingChoice(recipe="tiny", processes=2, nodes=3, rendezvous="trainer-0.trainer:29500")
    assert choice.world_size == 6
    assert choice.placement.keys() == inspect.signature(launch).parameters.keys() - {"module", "arguments"}
