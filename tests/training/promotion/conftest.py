import pytest


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return tmp_path_factory.mktemp("mlflow")


@pytest.fixture(autouse=True)
def one_database(database, own_home, monkeypatch):
    """Making MLflow's tables takes longer than the tests; each test has a model of its own in it."""
    own_home.mkdir()
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", f"sqlite:///{database / 'mlflow.db'}")
