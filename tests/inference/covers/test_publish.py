import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import av
import pytest
from peft import LoraConfig, get_peft_model
from PIL import Image
from transformers import AutoModelForCausalLM

from data_contracts.catalog import COVERS, MEMORY_CRITERIA, PRODUCTS, QUARANTINE, TITLE_COPY, TRANSCRIPTS, VIDEOS
from data_contracts.errors import ImpossibleRequirement, NothingToDo
from data_contracts.store import Lake
from inference.covers import publish, steps
from inference.covers.picture.style import RATIOS
from inference.covers.publish import TitleModel, read_circumstances
from inference.models import pretrained, profile, registry
from tests.conftest import MODELS
from tests.inference.covers.samples import NOW, criterion, product_row, transcript_row, video_row
from training import tracking
from training.promotion.ledger import Event, open_ledger

CANDIDATES = 2
BASE_MODEL = TitleModel(None)


@dataclass(frozen=True)
class Shop:
    """A lake after one batch of covers: two good videos and one whose file decayed."""

    lake: Lake
    face: str
    bikes: str
    broken: str
    counts: dict[str, int]


@pytest.fixture(autouse=True)
def tiny_profile(monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")


@pytest.fixture(scope="module")
def shop(clips, tmp_path_factory) -> Shop:
    home = tmp_path_factory.mktemp("shop")
    lake = Lake(str(home / "lake"), str(home / "blobs"))
    files = {"face.mp4": (clips.face, "p1"), "bikes.mp4": (clips.bikes, None), "broken.mp4": (clips.broken, None)}
    videos = [video_row(lake, name, path, product) for name, (path, product) in files.items()]
    lake.write(VIDEOS, videos, "run 1")
    lake.write(PRODUCTS, [product_row("zh", "随行保温杯")], "run 1")
    lake.write(TRANSCRIPTS, [transcript_row(video, None, "") for video in videos], "run 1")
    face, bikes, broken = (video["video_id"] for video in videos)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERLOOP_HOME", str(home))
        patch.setenv("COVERLOOP_MODELS_DIR", str(MODELS))
        patch.setenv("COVERLOOP_PROFILE", "tiny")
        profile._open.cache_clear()
        counts = make_batch(lake, [face, bikes, broken], "run 1")
    return Shop(lake, face, bikes, broken, counts)


@pytest.fixture
def copy(shop, tmp_path) -> Lake:
    """A lake that a test may change."""
    shutil.copytree(shop.lake.uri, tmp_path / "lake")
    return Lake(str(tmp_path / "lake"), shop.lake.blob_uri)


def find_due(lake: Lake, requirement: str, names: list[str]) -> list[str]:
    return publish.find_due(lake, requirement, names, BASE_MODEL)


def make_batch(lake: Lake, video_ids: list[str], run: str) -> dict[str, int]:
    return publish.make_batch(lake, video_ids, "", CANDIDATES, run, BASE_MODEL)


def criterion_row(feature: str, high: float, effect: float) -> dict:
    of_row = {"status": "active", "valid_from": NOW, "click_model": "test", "outcomes_version": 1}
    return vars(criterion(feature, high=high, effect=effect)) | of_row


def test_every_good_video_gets_its_covers(shop):
    rows = shop.lake.read(COVERS).to_pylist()
    assert shop.counts == {"covers": 2 * CANDIDATES, "videos": 2, "refused": 1}
    for video in (shop.face, shop.bikes):
        covers = sorted((row for row in rows if row["video_id"] == video), key=lambda row: row["rank"])
        assert [(row["rank"], row["chosen"], row["generation"]) for row in covers] == [(0, True, 1), (1, False, 1)]
        assert len({row["inputs_key"] for row in covers}) == 1
        assert covers[0]["score"] >= covers[1]["score"]
        assert all(row["title_model"] == "tiny-qwen2" and row["criteria_key"] == "none" for row in covers)
    assert {row["product_id"] for row in rows if row["video_id"] == shop.face} == {"p1"}


def test_every_picture_is_in_the_blob_store(shop):
    for row in shop.lake.read(COVERS).to_pylist():
        assert {image["ratio"] for image in row["images"]} == RATIOS.keys()
        for kept in row["images"]:
            with shop.lake.open_blob(kept["sha256"]) as blob, Image.open(io.BytesIO(blob.read())) as image:
                assert (image.format, image.size) == ("JPEG", (kept["width"], kept["height"]))


def test_every_picture_is_there_as_webp_too(shop):
    for row in shop.lake.read(COVERS).to_pylist():
        sizes = {kept["ratio"]: (kept["width"], kept["height"]) for kept in row["images"]}
        assert {kept["ratio"] for kept in row["webp_images"]} == sizes.keys()
        for kept in row["webp_images"]:
            with shop.lake.open_blob(kept["sha256"]) as blob, Image.open(io.BytesIO(blob.read())) as image:
                assert (image.format, image.size) == ("WEBP", sizes[kept["ratio"]])


def test_the_best_cover_of_a_video_moves_in_two_formats_or_says_why_not(shop):
    rows = shop.lake.read(COVERS).to_pylist()
    told = {row["cover_id"]: json.loads(row["record"])["moving"] for row in rows}
    moving = [row for row in rows if row["moving"]]
    assert moving
    assert all(row["chosen"] for row in moving)
    assert all(told[row["cover_id"]]["reason"] for row in rows if not row["moving"])
    for row in moving:
        assert [kept["format"] for kept in row["moving"]] == ["mp4", "webp"]
        for kept in row["moving"]:
            with shop.lake.open_blob(kept["sha256"]) as blob:
                content = blob.read()
            assert len(content) == kept["bytes"]
            assert 0 <= kept["start_s"] <= row["frame_time_s"] <= kept["end_s"]
            with av.open(io.BytesIO(content)) if kept["format"] == "mp4" else Image.open(io.BytesIO(content)) as clip:
                size = clip.size if kept["format"] == "webp" else (clip.streams[0].width, clip.streams[0].height)
            assert size == (kept["width"], kept["height"])


def test_the_record_tells_of_the_same_cover(shop):
    for row in shop.lake.read(COVERS).to_pylist():
        record = json.loads(row["record"])
        assert (record["cover_id"], record["title"]["text"]) == (row["cover_id"], row["title"])
        assert record["frame"]["time_s"] == pytest.approx(row["frame_time_s"], abs=1e-3)
        assert record["score"]["total"] == pytest.approx(row["score"], abs=1e-3)


def test_a_video_that_got_none_is_in_quarantine_with_the_reason(shop):
    (refused,) = shop.lake.read(QUARANTINE).to_pylist()
    assert (refused["contract"], refused["rule"], refused["run"]) == (COVERS.name, "no_cover", "run 1")
    assert "not a video" in refused["reason"]
    assert json.loads(refused["row"])["name"] == "broken.mp4"
    assert json.loads(refused["row"])["attempts"] == []


def test_what_was_tried_in_vain_is_kept_with_the_refusal(copy, shop):
    """Nobody is in the street with bicycles near enough to have a face."""
    counts = publish.make_batch(copy, [shop.bikes], "必须露脸", CANDIDATES, "run 2", BASE_MODEL, moving=False)
    assert counts == {"covers": 0, "videos": 0, "refused": 1}
    (refused,) = (row for row in copy.read(QUARANTINE).to_pylist() if row["run"] == "run 2")
    attempts = json.loads(refused["row"])["attempts"]
    assert [attempt["number"] for attempt in attempts] == list(range(1, len(attempts) + 1))
    assert len(attempts) > 1
    assert all(attempt["tried"] and attempt["reasons"] and "cost_s" not in attempt for attempt in attempts)
    assert find_due(copy, "必须露脸", ["bikes.mp4"]) == [shop.bikes]  # as a moving cover it was not tried yet
    assert publish.find_due(copy, "必须露脸", ["bikes.mp4"], BASE_MODEL, moving=False) == []


def test_another_layout_model_makes_every_video_due(shop):
    assert set(publish.find_due(shop.lake, "", [], BASE_MODEL, layout=3)) == {shop.face, shop.bikes, shop.broken}
    assert publish.read_layout_model(None) is None


def test_nothing_is_due_after_a_batch_and_making_it_again_changes_nothing(shop):
    assert find_due(shop.lake, "", []) == []
    version = shop.lake.version(COVERS)
    again = make_batch(shop.lake, [shop.face, shop.bikes, shop.broken], "run 2")
    assert again == {"covers": 0, "videos": 0, "refused": 0}
    assert shop.lake.version(COVERS) == version


def test_another_requirement_makes_every_video_due(shop):
    assert set(find_due(shop.lake, "标题不超过8个字", [])) == {shop.face, shop.bikes, shop.broken}
    assert find_due(shop.lake, "标题不超过8个字", ["bikes.mp4"]) == [shop.bikes]


def test_another_price_makes_the_products_video_due(copy, shop):
    copy.write(PRODUCTS, [product_row("zh", "随行保温杯", price=99.0)], "run 2")
    assert find_due(copy, "", []) == [shop.face]


def test_a_new_video_alone_is_due(copy, shop):
    late = video_row(copy, "late.mp4", b"late", None)
    copy.write(VIDEOS, [late], "run 2")
    assert find_due(copy, "", []) == [late["video_id"]]


def test_new_criteria_make_a_new_generation(copy, shop):
    copy.write(MEMORY_CRITERIA, [criterion_row("title_length", high=8.0, effect=0.2)], "run 2")
    assert set(find_due(copy, "", [])) == {shop.face, shop.bikes, shop.broken}
    make_batch(copy, [shop.face], "run 2")
    make_batch(copy, [shop.bikes], "run 2")  # the next batch of the same criteria
    rows = copy.read(COVERS, where="generation = 2").to_pylist()
    assert {row["video_id"] for row in rows} == {shop.face, shop.bikes}
    assert all(row["criteria_key"] != "none" and row["criteria_version"] > 0 for row in rows)
    assert copy.read(COVERS, where="generation > 2").num_rows == 0
    assert find_due(copy, "", []) == [shop.broken]

    stronger = criterion_row("title_length", high=8.1, effect=0.3)
    copy.write(MEMORY_CRITERIA, [stronger], "run 3")  # the same is asked, a little more strongly
    assert find_due(copy, "", []) == [shop.broken]


def test_wrong_wishes_are_named(shop):
    with pytest.raises(ImpossibleRequirement, match=r"要标价格，不要价格: .*价格"):
        find_due(shop.lake, "要标价格，不要价格", [])
    with pytest.raises(ValueError, match="no such video: nothing"):
        find_due(shop.lake, "", ["nothing.mp4"])


def test_a_machine_that_never_trained_needs_no_tracking_database(lake, own_home):
    now = read_circumstances(lake, "竖版", BASE_MODEL)
    assert (now.criteria, now.plan.ratio) == ((), "3:4")
    assert (publish.find_title_model(lake), publish.find_layout_version()) == (BASE_MODEL, None)
    assert not (own_home / "mlflow.db").exists()


def test_covers_are_by_the_version_that_served_when_the_run_began(copy, shop, own_home, monkeypatch):
    """Another is promoted, then taken off again, before the batches of a run are made."""
    monkeypatch.setenv("COVERLOOP_LAKE_URI", copy.uri)
    monkeypatch.setenv("COVERLOOP_BLOB_URI", copy.blob_uri)
    monkeypatch.setenv("COVERLOOP_COVER_CANDIDATES", str(CANDIDATES))
    first, second = (register_title_model(own_home, number) for number in (1, 2))
    tracking.set_alias(TITLE_COPY, first, registry.CHAMPION)
    (due,) = steps.find_due_videos("", ["face.mp4", "bikes.mp4"])
    assert (set(due["videos"]), due["titles"]["version"]) == ({shop.face, shop.bikes}, first)

    tracking.set_alias(TITLE_COPY, second, registry.CHAMPION)
    assert steps.make_batch({**due, "videos": [shop.face]}, "", "run 2")["title_version"] == first
    tracking.remove_alias(TITLE_COPY, registry.CHAMPION)
    assert steps.make_batch({**due, "videos": [shop.bikes]}, "", "run 2")["covers"] > 0

    rows = copy.read(COVERS, where=f"title_model LIKE '%{TITLE_COPY.name}/{first}-%'").to_pylist()
    assert {row["video_id"] for row in rows} == {shop.face, shop.bikes}
    assert {json.loads(row["record"])["models"]["titles"] for row in rows} == {rows[0]["title_model"]}
    assert copy.read(COVERS, where=f"title_model LIKE '%{TITLE_COPY.name}/{second}-%'").num_rows == 0
    with pytest.raises(NothingToDo):  # no version serves: those of the base model are there already
        steps.find_due_videos("", ["face.mp4", "bikes.mp4"])


def test_after_a_rollback_covers_are_made_anew_although_the_version_made_some_before(copy, shop, own_home, monkeypatch):
    monkeypatch.setenv("COVERLOOP_LAKE_URI", copy.uri)
    version = register_title_model(own_home, 1)
    with open_ledger(copy, TITLE_COPY) as ledger:
        ledger.serve(promotion("promoted", version, None))
        ledger.serve(promotion("rolled_back", None, version))
    (due,) = steps.find_due_videos("", ["face.mp4", "bikes.mp4"])
    assert set(due["videos"]) == {shop.face, shop.bikes}
    publish.make_batch(copy, [shop.face], "", CANDIDATES, "run 2", TitleModel(**due["titles"]))

    face = [row for row in copy.read(COVERS).to_pylist() if row["video_id"] == shop.face]
    assert len(face) == 2 * CANDIDATES
    assert len({row["inputs_key"] for row in face}) == 2
    assert [row["title_model"] for row in face] == ["tiny-qwen2"] * len(face)
    (rest,) = steps.find_due_videos("", ["face.mp4", "bikes.mp4"])
    assert rest == {**due, "videos": [shop.bikes]}


def promotion(kind: str, version: int | None, before: int | None) -> Event:
    return Event(TITLE_COPY.name, kind, version, before, NOW, "a test", "ada", "run")


def register_title_model(home: Path, number: int) -> int:
    """A registered adapter of random weights for the tiny model."""
    model = AutoModelForCausalLM.from_pretrained(pretrained.locate(pretrained.TINY))
    folder = home / f"adapter {number}"
    adapted = get_peft_model(model, LoraConfig(target_modules=["q_proj"], init_lora_weights=False))
    adapted.peft_config["default"].base_model_name_or_path = pretrained.TINY
    adapted.save_pretrained(folder, save_embedding_layers=False)
    with tracking.run(TITLE_COPY, f"adapter {number}") as run:
        return run.register(folder)
