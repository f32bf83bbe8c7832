"""The steps of ``ingest_media`` in the DAG's order, on a landing folder with a catalogue."""

from pathlib import Path

import pytest
from PIL import Image

from data_contracts.catalog import POSTERS, PRODUCTS, QUARANTINE, TRANSCRIPTS, VIDEOS
from data_contracts.errors import NothingToDo
from inference.media import steps
from tests.clips import street, write_clip

CATALOGUE = "product_id,title,videos\ncup,随行保温杯,one.mp4\nlamp,Desk lamp,\n,no id,\nmug,A mug,\npot,A pot,\n"


@pytest.fixture
def landing(own_home, monkeypatch) -> Path:
    folder = own_home / "landing"
    folder.mkdir(parents=True)
    monkeypatch.setenv("COVERLOOP_MEDIA_BATCH_SIZE", "2")
    return folder


def ingest(run: str) -> tuple[dict, list[list[str]], dict | None]:
    catalogue = steps.read_catalogue(run)
    probed = [steps.probe_videos(batch, run) for batch in steps.find_new_media()]
    for video_ids in probed:
        steps.transcribe_videos(video_ids, run)
    try:
        tied = steps.tie_products(run)
    except NothingToDo:
        tied = None
    return catalogue, probed, tied


def test_media_come_in_batches_and_are_tied_to_products(landing, lake):
    (landing / "products.csv").write_text(CATALOGUE, encoding="utf-8")
    for seed, name in enumerate(("one.mp4", "live_lamp_2.mp4", "other.mp4")):
        write_clip(landing / name, pictures=list(street(10, seed=seed)))
    (landing / "broken.mp4").write_bytes(b"broken")

    catalogue, probed, tied = ingest("run 1")
    assert catalogue == {"products": 4, "refused": 1}
    assert [len(batch) for batch in probed] == [1, 2]  # the first batch held the broken file
    assert tied == {"catalogue": 1, "file_name": 1, "none": 1}
    products = {row["name"]: row["product_id"] for row in lake.read(VIDEOS).to_pylist()}
    assert products == {"one.mp4": "cup", "live_lamp_2.mp4": "lamp", "other.mp4": None}
    assert steps.publish_media() == {dataset.name: lake.version(dataset) for dataset in (VIDEOS, PRODUCTS, TRANSCRIPTS)}


def test_a_second_run_changes_no_dataset(landing, lake):
    (landing / "products.csv").write_text(CATALOGUE, encoding="utf-8")
    write_clip(landing / "one.mp4")
    ingest("run 1")
    versions, refused = steps.publish_media(), lake.version(QUARANTINE)
    _, probed, tied = ingest("run 2")
    assert (probed, tied) == ([], None)
    assert (steps.publish_media(), lake.version(QUARANTINE)) == (versions, refused)


def test_a_video_whose_transcript_a_crash_prevented_is_taken_up_again(landing, lake):
    write_clip(landing / "one.mp4")
    ((video_id,),) = [steps.probe_videos(batch, "run 1") for batch in steps.find_new_media()]
    assert lake.read(TRANSCRIPTS).num_rows == 0
    _, probed, _ = ingest("run 2")
    assert probed == [[video_id]]
    assert lake.read(TRANSCRIPTS, ["video_id"])["video_id"].to_pylist() == [video_id]


def test_videos_are_tied_anew_when_products_change(landing, lake):
    write_clip(landing / "one.mp4")
    assert ingest("run 1")[2] == {"none": 1}
    (landing / "products.csv").write_text(CATALOGUE, encoding="utf-8")
    assert ingest("run 2")[2] == {"catalogue": 1}


def test_an_empty_landing_folder_without_a_catalogue_is_no_error(landing):
    assert ingest("run 1") == ({"products": 0}, [], None)
    assert set(steps.publish_media().values()) == {0}


def test_posters_are_published_when_there_are_any_and_again_as_they_were(landing, lake):
    with pytest.raises(NothingToDo, match="no pictures"):
        steps.take_in_posters("run 1")
    (landing / "posters").mkdir()
    Image.new("RGB", (60, 40), "red").save(landing / "posters" / "a.png")
    first = steps.take_in_posters("run 2")
    assert first == {POSTERS.name: lake.version(POSTERS)}
    assert steps.take_in_posters("run 3") == first
