from pathlib import Path

from data_contracts.catalog import LAYOUT_ANNOTATIONS
from tests.training.corpora.layout_annotations.annotations import PLAIN
from tests.training.corpora.layout_annotations.drawn import draw_poster
from training import tracking
from training.corpora.layout_annotations.record import record
from training.corpora.layout_annotations.rows import TRUTH, to_row


def write(lake, digest: str, group: str) -> int:
    poster = {"poster_id": digest[:16], "sha256": digest, "day": "2026-11-21"}
    return lake.write(LAYOUT_ANNOTATIONS, [to_row(poster, PLAIN, TRUTH, "a-1", "landing", group)], "run 1").version


def test_a_version_is_recorded_once_with_a_card_that_shows_its_posters(lake, tmp_path):
    digest = lake.put_blob(draw_poster(tmp_path / "a.png"))
    version = write(lake, digest, digest[:16])
    first = record(lake, version)
    assert first == record(lake, version)
    logged = tracking.newest(LAYOUT_ANNOTATIONS)
    assert (first["mlflow_run"], logged.metrics["posters by status/verified"]) == (logged.run_id, 1)
    page = Path(first["card"].removeprefix("file://")).read_text(encoding="utf-8")
    assert page.count("data:image/jpeg") == 1
    assert PLAIN.blocks[0].text in page

    second = record(lake, write(lake, "f" * 64, digest[:16]))  # its picture is gone, and it is counted all the same
    assert second["mlflow_run"] != first["mlflow_run"]
    assert tracking.newest(LAYOUT_ANNOTATIONS).metrics["posters"] == 2
