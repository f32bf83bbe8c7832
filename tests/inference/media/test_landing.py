import fsspec
import pytest

from data_contracts.errors import BadMedia
from inference.media.landing import list_videos, local_copy, read_script


def test_only_videos_are_listed_from_all_subfolders(tmp_path):
    for name in ("b.MP4", "名字 'x' \"y\".mov", "sub/a.webm", "notes.txt", ".hidden.mp4", "products.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [file.name for file in list_videos(str(tmp_path))] == ["b.MP4", "a.webm", "名字 'x' \"y\".mov"]


def test_a_changed_file_has_another_fingerprint(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"one")
    (before,) = list_videos(str(tmp_path))
    path.write_bytes(b"three")
    (after,) = list_videos(str(tmp_path))
    assert before.uri == after.uri
    assert before.fingerprint != after.fingerprint


def test_a_link_inside_is_followed_and_one_that_leaves_is_refused(tmp_path):
    landing = tmp_path / "landing"
    landing.mkdir()
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    (landing / "real.mp4").write_bytes(b"real")
    (landing / "inside.mp4").symlink_to(landing / "real.mp4")
    (landing / "outside.mp4").symlink_to(tmp_path / "secret.mp4")
    (landing / "dangling.mp4").symlink_to(landing / "gone.mp4")
    files = {file.name: file for file in list_videos(str(landing))}
    with local_copy(files["inside.mp4"], str(landing)) as path:
        assert path.read_bytes() == b"real"
    with pytest.raises(BadMedia, match="outside the landing folder"), local_copy(files["outside.mp4"], str(landing)):
        pass
    with pytest.raises(BadMedia, match="does not exist"), local_copy(files["dangling.mp4"], str(landing)):
        pass


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        list_videos(str(tmp_path / "nowhere"))


def test_object_stores_are_read_through_temporary_copies():
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/bucket/videos/衣 1.mp4", b"bytes")
    memory.pipe_file("/bucket/videos/衣 1.txt", "讲解词".encode())
    (file,) = list_videos("memory://bucket/videos")
    with local_copy(file, "memory://bucket/videos") as path:
        assert path.read_bytes() == b"bytes"
    assert not path.exists()
    assert read_script(file.uri) == "讲解词"


def test_a_script_lies_beside_its_video(tmp_path):
    video = tmp_path / "a.mp4"
    assert read_script(video.as_uri()) is None
    (tmp_path / "a.txt").write_bytes("\ufeff 说一句 \n".encode())
    assert read_script(str(video)) == "说一句"
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe broken")
    assert "broken" in read_script(str(video))
