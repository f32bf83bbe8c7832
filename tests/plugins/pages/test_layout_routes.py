"""The review queue: what it shows, what a person may write, and what comes of it."""

import pytest

from data_contracts.catalog import LAYOUT_ANNOTATIONS, LAYOUT_REVIEWS
from plugins.pages.layout_form import as_drafts
from tests.plugins.pages import layout_sample, sample
from tests.plugins.pages.layout_sample import GOOD, NASTY, WRONG
from tests.plugins.pages.test_app import Page


@pytest.fixture
def queue(lake):
    return layout_sample.fill(lake)


def rows(lake) -> dict[str, dict]:
    return {row["annotation_id"]: row for row in lake.read(LAYOUT_ANNOTATIONS).to_pylist()}


def form(lake, annotation_id: str, verdict: str, changes: dict[tuple[int, str], str] | None = None, **rest) -> dict:
    """The form as the page shows it, with some values typed over by (place, name)."""
    drafts = as_drafts(rows(lake)[annotation_id]["blocks"])
    names = ("role", "text", "left", "top", "right", "bottom", "language", "colour")
    typed = {name: [getattr(draft, name) for draft in drafts] for name in names}
    for (place, name), value in (changes or {}).items():
        typed[name][place] = value
    return typed | {"verdict": verdict} | rest


def test_the_queue_shows_what_waits_the_largest_disagreement_first(as_role, queue):
    page = as_role("viewer").get("layouts").text
    assert page.index(NASTY) < page.index(WRONG)
    assert GOOD not in page
    text = Page(page).words
    assert "Needs review 2 Verified 1 Confirmed 0 Fixed 0 Refused 0" in text
    assert "城市轻行双肩包 “¥199” reads “¥799” the second time “包邮” is in no block embedded@1 31 % differ" in text
    assert GOOD in as_role("viewer").get("layouts?status=verified").text


def test_an_empty_queue_says_what_to_do(as_role, lake):
    assert "build_layout_annotations" in as_role("viewer").get("layouts").text
    layout_sample.fill(lake)
    assert "No picture is refused" in as_role("viewer").get("layouts?status=refused").text


@pytest.mark.parametrize("path", ["layouts", f"layouts/{NASTY}"])
def test_hostile_strings_stay_text(as_role, queue, path):
    page = Page(as_role("admin").get(path).text)
    assert all(script.split("?")[0].endswith(("coverloop.js", "layouts.js")) for script in page.scripts)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert sample.HOSTILE in page.text
    assert "49" not in page.text


@pytest.mark.parametrize("path", ["layouts", f"layouts/{WRONG}", f"layouts/{WRONG}?last={GOOD}"])
def test_every_address_is_relative_and_leads_somewhere(as_role, queue, path):
    browser = as_role("admin")
    for address in Page(browser.get(path).text).addresses:
        assert not address.startswith(("/", "http", "javascript", "data"))
        assert browser.get(browser.base_url.join(path).join(address)).status_code == 200


def test_a_fix_becomes_the_row_and_leads_on(as_role, queue):
    changes = {(2, "text"): " ¥799 ", (2, "left"): "375.25", (1, "role"): "selling_point", (1, "colour"): "black"}
    sent = form(queue, WRONG, "fixed", changes, removed=["0"])
    answer = as_role("user").post(f"layouts/{WRONG}", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{NASTY}?last={WRONG}")
    kept = rows(queue)[WRONG]
    assert (kept["status"], kept["problems"]) == ("fixed", [])
    second, third = kept["blocks"]
    assert (second["role"], second["colour"], second["confidence"]) == ("selling_point", "black", 1.0)
    assert (third["text"], third["left"], third["right"]) == ("¥799", 375.2, 540.0)
    (review,) = queue.read(LAYOUT_REVIEWS).to_pylist()
    assert (review["verdict"], review["reviewer"], review["sha256"]) == ("fixed", "user's name", kept["sha256"])
    assert review["blocks"][1]["text"] == "¥799"


def test_confirming_keeps_the_blocks_to_the_last_digit(as_role, queue):
    row = rows(queue)[WRONG]
    row["blocks"][0]["left"] = 60.123456
    queue.write(LAYOUT_ANNOTATIONS, [row], run="test")
    assert as_role("admin").post(f"layouts/{WRONG}", data=form(queue, WRONG, "confirmed")).status_code == 303
    kept = rows(queue)[WRONG]
    assert (kept["status"], kept["blocks"][0]["left"]) == ("confirmed", 60.123456)
    assert kept["blocks"][0]["agreement_cer"] is None


def test_a_picture_that_landed_twice_is_reviewed_once(as_role, queue):
    row = rows(queue)[WRONG]
    queue.write(LAYOUT_ANNOTATIONS, [row | {"poster_id": "0" * 16}], run="test")
    browser = as_role("admin")
    assert browser.get("layouts").text.count(f'href="./layouts/{WRONG}"') == 2  # picture and name of one card
    browser.post(f"layouts/{WRONG}", data=form(queue, WRONG, "confirmed"))
    twice = [row for row in queue.read(LAYOUT_ANNOTATIONS).to_pylist() if row["annotation_id"] == WRONG]
    assert [row["status"] for row in twice] == ["confirmed", "confirmed"]


def test_refusing_asks_for_no_valid_form(as_role, queue):
    sent = form(queue, NASTY, "refused", {(0, "left"): "nonsense", (1, "text"): ""})
    assert as_role("admin").post(f"layouts/{NASTY}", data=sent).status_code == 303
    kept = rows(queue)[NASTY]
    assert (kept["status"], kept["blocks"][0]["text"]) == ("refused", sample.HOSTILE)


def test_after_the_last_picture_comes_the_queue(as_role, queue):
    browser = as_role("admin")
    browser.post(f"layouts/{NASTY}", data=form(queue, NASTY, "refused"))
    answer = browser.post(f"layouts/{WRONG}", data=form(queue, WRONG, "confirmed"))
    assert answer.headers["location"] == f"../layouts?last={WRONG}"
    page = Page(browser.get(f"layouts/{answer.headers['location'].removeprefix('../layouts')}").text).words
    assert "Nothing waits for you" in page or browser.get("layouts").status_code == 200


@pytest.mark.parametrize(
    ("place", "name", "value", "told"),
    [
        (0, "left", "six<b>ty", "Not a number: left."),
        (0, "left", "nan", "Not a number: left."),
        (0, "bottom", "inf", "Not a number: bottom."),
        (0, "left", "", "Not a number: left."),
        (1, "text", " \n ", "The text is empty."),
        (1, "text", "\u200f\u0000", "The text is empty."),
        (2, "right", "601", "reaches beyond the picture, which is 600 × 800 pixels"),
        (2, "top", "-1", "reaches beyond the picture"),
        (2, "right", "380", "The box has no area"),
        (0, "role", "<script>", "There is no role <script>."),
        (0, "colour", "mauve", "There is no colour mauve."),
        (0, "language", "de", "There is no language de."),
    ],
)
@pytest.mark.parametrize("verdict", ["fixed", "confirmed"])
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(as_role, queue, place, name, value, told, verdict):
    before = rows(queue)
    changes = {(place, name): value, (1 if place == 0 else 0, "text"): "typed <i>with</i> care"}
    answer = as_role("admin").post(f"layouts/{WRONG}", data=form(queue, WRONG, verdict, changes))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "Nothing was saved" in page.words
    assert told in page.words
    assert "typed <i>with</i> care" in page.text
    if name in ("left", "top", "right", "bottom"):
        assert (name, value) in zip(*typed_values(answer.text), strict=True)
    assert rows(queue) == before
    assert queue.version(LAYOUT_REVIEWS) == 0


def typed_values(html: str) -> tuple[list[str], list[str]]:
    """Names and values of the input fields."""
    page, names, values = Page(html), [], []
    for place, (name, value) in enumerate(page.attributes):
        if name == "name" and page.attributes[place + 1][0] == "value":
            names.append(value)
            values.append(page.attributes[place + 1][1])
    return names, values


def test_confirming_what_was_changed_is_not_what_anybody_wants(as_role, queue):
    sent = form(queue, WRONG, "confirmed", {(2, "text"): "¥799"})
    answer = as_role("admin").post(f"layouts/{WRONG}", data=sent)
    assert answer.status_code == 422
    assert "save the fix instead of confirming" in answer.text
    assert "¥799" in answer.text


def test_a_text_longer_than_the_contract_is_not_lost_either(as_role, queue):
    answer = as_role("admin").post(f"layouts/{WRONG}", data=form(queue, WRONG, "fixed", {(0, "text"): "长" * 2001}))
    assert answer.status_code == 422
    assert "more than 2000 characters" in answer.text
    assert "长" * 2001 in answer.text
    assert rows(queue)[WRONG]["status"] == "needs_review"


def test_without_scripts_a_block_is_added_by_the_server(as_role, queue):
    answer = as_role("admin").post(f"layouts/{WRONG}", data=form(queue, WRONG, "add", {(0, "text"): "typed before"}))
    assert answer.status_code == 200
    names, _ = typed_values(answer.text)
    assert names.count("left") == 3 + 1 + 1  # the new one, and the one that scripts copy
    assert "typed before" in answer.text
    assert queue.version(LAYOUT_REVIEWS) == 0


@pytest.mark.parametrize("sent", [{}, {"verdict": "fixed", "text": ["a", "b"]}, {"verdict": "delete everything"}])
def test_a_form_that_is_not_ours_is_refused(as_role, queue, sent):
    assert as_role("admin").post(f"layouts/{WRONG}", data=sent).status_code == 422
    assert queue.version(LAYOUT_REVIEWS) == 0


def test_what_does_not_exist_is_not_found(as_role, queue):
    browser = as_role("admin")
    assert browser.get("layouts/unknown").status_code == 404
    assert browser.post("layouts/unknown", data={"verdict": "refused"}).status_code == 404
    assert browser.get("layouts?status=hostile").status_code == 422
    assert browser.get(f"layouts/{WRONG}?last=../../evil").status_code == 422


def test_only_who_may_change_the_dag_may_write(as_role, queue):
    sent = form(queue, WRONG, "confirmed")
    assert as_role(None).post(f"layouts/{WRONG}", data=sent).status_code == 401
    assert as_role("viewer").post(f"layouts/{WRONG}", data=sent).status_code == 403
    evil = {"sec-fetch-site": "cross-site"}
    assert as_role("admin").post(f"layouts/{WRONG}", data=sent, headers=evil).status_code == 403
    assert rows(queue)[WRONG]["status"] == "needs_review"
    assert as_role("viewer").get(f"layouts/{WRONG}").status_code == 200


def test_a_poster_is_sent_as_the_kind_of_picture_it_is_and_nothing_else_is(as_role, queue):
    browser = as_role("viewer")
    row = rows(queue)[GOOD]
    whole, small = browser.get(f"posters/{row['sha256']}"), browser.get(f"posters/{row['sha256']}?preview=1")
    assert (whole.headers["content-type"], small.headers["content-type"]) == ("image/png", "image/jpeg")
    assert whole.content == layout_sample.picture(row)
    secret = queue.put_blob(b"a customer's video")
    assert browser.get(f"posters/{secret}").status_code == 404
    assert as_role(None).get(f"posters/{row['sha256']}", headers={"accept": "image/*"}).status_code == 401
