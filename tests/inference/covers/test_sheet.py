import pytest

from inference.covers import record, sheet
from inference.covers.attempts import Attempt
from inference.covers.plan import read_requirement

ATTEMPTS = (Attempt(1, "12 drafts", "the plan", "0 covers kept", ("show face: faces: 0",), 1.25),)


@pytest.fixture(scope="module")
def told(made) -> dict:
    plan = read_requirement("要有主播")
    described = record.describe(made, made.covers[0], plan, "tiny", 1, {})
    described["candidates"] = [record.outline(cover, f"candidates/{rank}_") for rank, cover in enumerate(made.covers)]
    return described


def show(told: dict, refused: dict[str, str] | None = None) -> str:
    plan = record.describe_plan(read_requirement("要有主播"))
    return sheet.render(plan, {"talking face": told}, refused or {}, dict.fromkeys(refused or {}, ATTEMPTS))


def test_the_page_shows_pictures_plan_and_attempts(told):
    page = show(told)
    assert 'src="talking%20face/cover_3x4.jpg"' in page
    assert 'src="talking%20face/candidates/1_cover_3x4.jpg"' in page
    assert "要有主播" in page
    assert told["attempts"][0]["tried"] in page


def test_what_was_refused_is_shown_with_what_was_tried(told):
    page = show(told, {"/videos/gone.mp4": "no face in it"})
    assert "no face in it" in page
    assert "show face: faces: 0" in page


def test_a_loop_is_played_where_there_is_one(told):
    still, moving = show(told), show({**told, "moving": {"files": ["moving_3x4.mp4"]}})
    assert "<video" not in still
    assert '<video src="talking%20face/moving_3x4.mp4"' in moving


def test_what_others_wrote_is_escaped(told):
    hostile = "<script>alert(1)</script>"
    page = show({**told, "title": {"text": hostile}}, {hostile: hostile})
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= 3
