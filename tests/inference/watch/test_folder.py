import json

import pytest

from inference.watch import DamagedSession, Session
from tests.inference.watch import small


@pytest.fixture
def saved(tmp_path):
    with Session(small.llava(), tmp_path, small.AMPLE, window_frames=4) as session:
        session.see_all(small.frames(3), small.times(3))
        session.save()
    return tmp_path


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"model": "x"}'])
def test_what_cannot_be_read_is_said_to_be_damaged(saved, content):
    (saved / "session.json").write_bytes(content)
    with pytest.raises(DamagedSession, match=r"session\.json cannot be read"):
        Session.load(small.llava(), saved)


def test_another_format_is_refused(saved):
    told = json.loads((saved / "session.json").read_text())
    (saved / "session.json").write_text(json.dumps({**told, "format": 99}))
    with pytest.raises(DamagedSession, match="format 99, this code reads 1"):
        Session.load(small.llava(), saved)


@pytest.mark.parametrize("name", ["opening.bin", "index.bin"])
def test_a_flipped_byte_is_found(saved, name):
    content = bytearray((saved / name).read_bytes())
    content[len(content) // 2] ^= 1
    (saved / name).write_bytes(content)
    with pytest.raises(DamagedSession, match="damaged"):
        Session.load(small.llava(), saved)
    with pytest.raises(DamagedSession, match="damaged"):
        Session.load(small.llava(), saved)


def test_a_session_that_was_never_saved_is_loaded_empty(tmp_path):
    Session(small.llava(), tmp_path, small.AMPLE, window_frames=4).close()
    with Session.load(small.llava(), tmp_path) as session:
        assert session.seen == 0
        session.see(small.frames(1)[0], 0)
        assert session.ask("What?", max_new_tokens=2).frames == (0,)
