import pytest

from data_contracts.settings import REPOSITORY
from training.corpora.layout_annotations import annotators


def test_the_embedded_profile_needs_no_large_model():
    assert annotators.chosen().name.startswith("embedded-")


def test_a_profile_that_wants_a_model_it_does_not_name_is_refused(tmp_path, monkeypatch):
    profile = (REPOSITORY / "infra" / "profiles" / "embedded.yaml").read_text()
    (tmp_path / "wrong.yaml").write_text(f"{profile}layout_annotator: vision_language\n")
    monkeypatch.setenv("COVERLOOP_PROFILE", str(tmp_path / "wrong"))
    with pytest.raises(ValueError, match="has no vision_language model"):
        annotators.chosen()
