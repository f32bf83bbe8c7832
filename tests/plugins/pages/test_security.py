"""Airflow's login and permissions stand before every page, picture and review."""

import pytest

from data_contracts.catalog import HUMAN_REVIEWS
from tests.plugins.pages import sample

COVER = sample.digest("cover", 0, 2, 0)
PAGES = ("", "?q=bag&sort=name", "criteria", f"covers/{COVER}")
ACCEPT = {"verdict": "accept"}


@pytest.fixture
def picture(covers) -> str:
    return f"blobs/{covers[0]['images'][0]['sha256']}.jpg"


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_led_to_the_login_and_back(as_role, filled, page):
    answer = as_role(None).get(page)
    assert answer.status_code == 307
    wanted = f"/coverloop/{page}".replace("/", "%2F").replace("?", "%3F").replace("=", "%3D").replace("&", "%26")
    assert answer.headers["location"] == f"/api/v2/auth/login?next={wanted}"


def test_airflow_accepts_the_way_back(as_role, filled):
    stranger = as_role(None)
    login = stranger.get("http://testserver" + stranger.get("covers/abc?x=1").headers["location"])
    assert login.status_code == 307
    assert login.headers["location"] == "/auth/login?next=%2Fcoverloop%2Fcovers%2Fabc%3Fx%3D1"


def test_a_damaged_session_is_none(as_role, filled):
    browser = as_role(None)
    browser.cookies.set("_token", "damaged")
    assert browser.get("").headers["location"].startswith("/api/v2/auth/login")


def test_a_stranger_gets_no_picture_no_file_and_no_say(as_role, filled, picture):
    stranger = as_role(None)
    clip = next(iter(sample.moving_rows()))
    for path in (picture, f"moving/{clip['sha256']}.mp4", "static/coverloop.css"):
        assert stranger.get(path, headers={"accept": "image/*"}).status_code == 401
    assert stranger.post(f"covers/{COVER}/review", data=ACCEPT).status_code == 401
    assert filled.version(HUMAN_REVIEWS) == 0


def test_a_viewer_sees_everything_and_decides_nothing(as_role, filled, picture):
    viewer = as_role("viewer")
    for path in (*PAGES, picture, "static/coverloop.css", "static/coverloop.js"):
        assert viewer.get(path).status_code == 200
    assert viewer.post(f"covers/{COVER}/review", data=ACCEPT).status_code == 403
    assert filled.version(HUMAN_REVIEWS) == 0


@pytest.mark.parametrize("role", ["user", "op", "admin"])
def test_who_may_change_dags_may_review(as_role, filled, role):
    answer = as_role(role).post(f"covers/{COVER}/review", data={"verdict": "refuse", "reason": " too dark "})
    assert (answer.status_code, answer.headers["location"]) == (303, f"../{COVER}#review")
    (row,) = filled.read(HUMAN_REVIEWS).to_pylist()
    assert (row["cover_id"], row["verdict"], row["reason"]) == (COVER, "refuse", "too dark")
    assert row["reviewer"] == f"{role}'s name"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver:8080"},
    ],
)
def test_a_form_on_another_site_cannot_review(as_role, filled, headers):
    assert as_role("admin").post(f"covers/{COVER}/review", data=ACCEPT, headers=headers).status_code == 403
    assert filled.version(HUMAN_REVIEWS) == 0


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}, {}])
def test_our_own_form_can(as_role, filled, headers):
    assert as_role("admin").post(f"covers/{COVER}/review", data=ACCEPT, headers=headers).status_code == 303


def test_browsers_are_told_to_run_nothing_foreign(as_role, filled):
    headers = as_role("viewer").get("").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
