import subprocess

from data_contracts import settings
from training.code_version import CodeVersion, read_code_version


def test_a_checkout_names_its_commit_and_whether_it_was_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "REPOSITORY", tmp_path)
    assert read_code_version() is None

    def git(*arguments: str) -> str:
        author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        return subprocess.check_output(["git", "-C", tmp_path, *author, *arguments], text=True).strip()

    git("init", "-q")
    (tmp_path / "code.py").write_text("1")
    git("add", ".")
    git("commit", "-qm", "one")
    assert read_code_version() == CodeVersion(git("rev-parse", "HEAD"), changed=False)
    (tmp_path / "code.py").write_text("2")
    assert str(read_code_version()) == f"{git('rev-parse', 'HEAD')[:12]} with changes"
