import pytest
from pydantic import ValidationError

from data_contracts.settings import REPOSITORY
from inference.models import profile

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


def test_a_misspelt_key_is_named(tmp_path):
    wrong = (REPOSITORY / "infra" / "profiles" / "embedded.yaml").read_text().replace("recipe:", "recepi:")
    (tmp_path / "wrong.yaml").write_text(wrong)
    with pytest.raises(ValidationError, match="recepi"):
        profile.load(tmp_path / "wrong.yaml")
