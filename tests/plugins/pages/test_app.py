"""The pages hold what they should, whatever strings the data holds."""

import io
import json
import threading
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest
from PIL import Image

from data_contracts.catalog import COVERS, HUMAN_REVIEWS
from tests.plugins.pages import sample

COVER = sample.digest("cover", 0, 2, 0)
HOSTILE_COVER = sample.digest("cover", 2, 2, 0)


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[str | None] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += f" {data}"

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    @property
    def addresses(self) -> list[str]:
        return [
            value for name, value in self.attributes if name in ("href", "src", "action", "formaction", "xlink:href")
        ]


@pytest.mark.parametrize("path", ["", f"?q={sample.HOSTILE}", f"covers/{HOSTILE_COVER}", "criteria", "<script>"])
def test_hostile_strings_stay_text(as_role, filled, path):
    page = Page(as_role("admin").get(path).text)
    assert [urlsplit(script).path.rsplit("/", 1)[-1] for script in page.scripts] == ["coverloop.js"]
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "49" not in page.text.replace("/", "")
    if path not in ("criteria", "<script>"):
        assert sample.HOSTILE in page.text


@pytest.mark.parametrize("path", ["", f"covers/{COVER}", "criteria", "covers/unknown"])
def test_every_address_is_relative_so_that_any_base_path_works(as_role, filled, path):
    browser = as_role("admin")
    page = Page(browser.get(path).text)
    assert page.addresses
    for address in page.addresses:
        assert not address.startswith(("/", "http", "javascript", "data"))
        assert browser.get(browser.base_url.join(path).join(address)).status_code in (200, 405)


def test_an_empty_lake_says_what_to_do(as_role, lake):
    browser = as_role("viewer")
    assert "Trigger make_covers" in Page(browser.get("").text).words
    criteria = Page(browser.get("criteria").text).words
    assert "Nothing has been learned yet" in criteria
    assert "0 videos, 0 covers and 0 impressions" in criteria


def test_the_gallery_shows_a_card_with_its_clicks_and_review(as_role, filled):
    browser = as_role("admin")
    browser.post(f"covers/{COVER}/review", data={"verdict": "refuse"})
    text = Page(browser.get("").text).words
    assert "travel_backpack.mp4 城市轻行双肩包 20L 11.2 % of 400 clicked simulated" in text
    assert "Generation 2 4 candidates moves refused" in text
    assert "no_face.mp4 show face: no face was found 1 attempt headline on the frame at 0:02.0 dropped" in text
    assert "保温杯_开箱.mp4 随行保温杯 500ml 11.2 % of 400 clicked Generation 2" in text


def test_a_cover_tells_all_its_reasons(as_role, filled):
    browser = as_role("admin")
    browser.post(f"covers/{COVER}/review", data={"verdict": "accept", "reason": "clear and bright"})
    text = Page(browser.get(f"covers/{COVER}").text).words
    for told in (
        "50 frames considered 4 dark 7 blurred 2 cross fade 1 <script>",
        "claims “防泼水”, which the product's texts do not",
        "fault reaching in or cut off",
        "met show product 0.31 of the picture cannot tell no hands <script>",
        "title max chars 14 textual mandatory “标题不超过14个字” rule",
        "show face visual mandatory “<script>",
        "moving layout optional model",
        "headline on the frame at 0:02.0 dropped 1.25 s the best frame and title no face was found <script>",
        "Is there a face? yes, <script>",
        "0:02.0, 0:03.8 blazeface",
        "3:4, 540 × 720, as JPEG and WebP laid out by the optimiser",
        "3:4, by the optimiser; the model’s would cost 0.97",
        "moving, 0:01.5 to 0:02.5, as MP4",
        "moving 1 of 1 passed",
        "layout 0.90 wishes 0.10 criteria 0.40",
        "text covers a face",
        "the title covers 2 % of the product",
        "met 商品占比更大的封面点击率更高 Covers with a larger product simulated +1.20 pp",
        "no vision-language model is on this machine",
        "95 % interval 8.5 % to 14.7 %",
        "accepted admin's name",
        "clear and bright",
    ):
        assert told in text


def test_a_cover_of_an_older_record_format_is_shown_with_what_it_has(as_role, lake, covers):
    lake.write(COVERS, [{**covers[0], "record": "{}"}], run="test")
    answer = as_role("viewer").get(f"covers/{covers[0]['cover_id']}")
    assert answer.status_code == 200
    assert covers[0]["title"] in answer.text


def test_a_cover_that_stands_still_says_why(as_role, filled):
    text = Page(as_role("viewer").get(f"covers/{sample.digest('cover', 0, 2, 1)}").text).words
    assert "It stands still: another candidate moves <script>" in text


def test_mlflow_is_linked_where_it_is_a_server(as_role, filled, monkeypatch):
    browser = as_role("viewer")
    assert "in MLflow" not in browser.get(f"covers/{COVER}").text
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", "https://mlflow.example/")
    page = browser.get(f"covers/{COVER}").text
    assert 'href="https://mlflow.example/#/experiments?experimentSearchFilter=title_copy"' in page


def test_the_agents_trace_is_named_where_no_server_can_show_it(as_role, filled, covers):
    trace = json.loads(next(cover["record"] for cover in covers if cover["cover_id"] == COVER))["trace_id"]
    assert f"MLflow trace {trace}" in Page(as_role("viewer").get(f"covers/{COVER}").text).words


def test_the_agents_trace_is_linked_where_a_server_shows_it(as_role, filled, covers, tracking_server, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", tracking_server)
    trace = json.loads(next(cover["record"] for cover in covers if cover["cover_id"] == COVER))["trace_id"]
    addresses = Page(as_role("viewer").get(f"covers/{COVER}").text).addresses
    assert f"{tracking_server}/#/experiments/7/traces?selectedEvaluationId={trace}" in addresses


@pytest.fixture
def tracking_server():
    """Answers the one question that a page asks of MLflow, as MLflow does: the id of the covers' experiment."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path == f"/api/2.0/mlflow/experiments/get-by-name?experiment_name={COVERS.name}"
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(json.dumps({"experiment": {"experiment_id": "7"}}).encode())

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_does_not_exist_is_not_found(as_role, filled):
    browser = as_role("admin")
    for path in ("covers/unknown", "covers/' OR 1=1 --", "static/../app.py", "static/app.py", "nothing"):
        assert browser.get(path).status_code == 404
    assert browser.post("covers/unknown/review", data={"verdict": "accept"}).status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=x", "sort=hostile"])
def test_a_query_that_makes_no_sense_is_refused_in_words(as_role, filled, query):
    answer = as_role("viewer").get(f"?{query}")
    assert answer.status_code == 422
    assert "This cannot be understood" in answer.text


@pytest.mark.parametrize("form", [{"verdict": "maybe"}, {}, {"verdict": "refuse", "reason": "x" * 2001}])
def test_a_review_that_breaks_the_contract_is_refused(as_role, filled, form):
    assert as_role("admin").post(f"covers/{COVER}/review", data=form).status_code == 422
    assert filled.read(HUMAN_REVIEWS).num_rows == 0


def test_a_picture_is_sent_once_and_kept(as_role, filled, covers):
    browser = as_role("viewer")
    address = f"blobs/{covers[0]['images'][0]['sha256']}.jpg"
    whole, small = browser.get(address), browser.get(f"{address}?preview=1")
    assert whole.content == sample.picture(covers[0], "3:4")
    assert Image.open(io.BytesIO(small.content)).size == (480, 640)
    for answer in (whole, small):
        assert answer.headers["content-type"] == "image/jpeg"
        assert "immutable" in answer.headers["cache-control"]
        again = browser.get(address, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == (304 if answer is whole else 200)


def test_only_pictures_of_covers_are_sent(as_role, filled, covers):
    secret = filled.put_blob(b"a customer's video")
    browser = as_role("admin")
    assert browser.get(f"blobs/{secret}.jpg").status_code == 404
    assert browser.get("blobs/..%2F..%2Fsecret.jpg").status_code == 404
    assert browser.get(f"blobs/{'0' * 64}.jpg").status_code == 404
    assert browser.get(f"moving/{secret}.mp4").status_code == 404
    assert browser.get(f"moving/{covers[0]['images'][0]['sha256']}.webp").status_code == 404
    assert browser.get(f"moving/{secret}.html").status_code == 422


def test_pictures_are_there_as_webp_too(as_role, filled, covers):
    cover = next(cover for cover in covers if cover["cover_id"] == COVER)
    answer = as_role("viewer").get(f"blobs/{cover['webp_images'][0]['sha256']}.webp")
    assert (answer.headers["content-type"], answer.content) == ("image/webp", sample.picture(cover, "3:4", "WEBP"))


def test_styles_are_fetched_once_for_each_version(as_role, filled):
    browser = as_role("viewer")
    (style,) = (address for address in Page(browser.get("").text).addresses if "coverloop.css" in address)
    assert "immutable" in browser.get(style).headers["cache-control"]
    assert browser.get("static/coverloop.css").headers["cache-control"] == "no-cache"
