import io

import numpy as np
import pytest
from PIL import Image

from data_contracts.catalog import LAYOUT_ANNOTATIONS, POSTERS
from inference.media.picture import read_picture
from inference.media.posters import row_of
from inference.models.layout import Annotation
from training.corpora.layout_annotations.posters.photos import packaged
from training.corpora.layout_annotations.posters.render import render
from training.corpora.layout_annotations.rendered import FIRST_SEED, add_rendered
from training.corpora.layout_annotations.rows import to_annotation
from training.layout.grounds import LONGER_SIDE, from_lake, from_renderer, paint_over

COUNT = 4


@pytest.fixture(scope="module")
def posters():
    photos = packaged()
    return [render(FIRST_SEED + number, photos) for number in range(COUNT)]


def shrunk(image: np.ndarray, like: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(image).resize(like.shape[1::-1], Image.Resampling.BOX)).astype(float)


def test_what_is_drawn_for_a_training_is_the_ground_and_says_what_stood_on_it(tmp_path, posters):
    rows = from_renderer(COUNT, tmp_path)
    assert len({row["example_id"] for row in rows}) == COUNT
    for row, poster in zip(rows, posters, strict=True):
        ground = read_picture(tmp_path / row["picture"])
        assert max(ground.shape) <= LONGER_SIDE
        assert np.abs(ground - shrunk(poster.ground, ground)).mean() < 4
        assert (
            np.abs(ground - shrunk(poster.image, ground)).mean() > np.abs(ground - shrunk(poster.ground, ground)).mean()
        )
        assert to_annotation(row) == poster.annotation


def test_the_lake_s_rendered_posters_are_drawn_again_without_their_words(lake, tmp_path):
    add_rendered(lake, COUNT, "run")
    rows = from_lake(lake, lake.read(LAYOUT_ANNOTATIONS).to_pylist(), tmp_path / "lake")
    drawn = from_renderer(COUNT, tmp_path / "drawn")
    grounds = [
        {(folder / row["picture"]).read_bytes() for row in made}
        for folder, made in ((tmp_path / "lake", rows), (tmp_path / "drawn", drawn))
    ]
    assert grounds[0] == grounds[1]


def land(lake, poster, status: str = "confirmed") -> None:
    """The finished picture of a poster as if it had been landed and annotated."""
    from datetime import UTC, datetime

    from training.corpora.layout_annotations import rows as annotation_rows

    file = io.BytesIO()
    Image.fromarray(poster.image).save(file, "PNG")
    now = datetime.now(UTC)
    row = row_of(
        poster.image,
        lake.put_blob(file.getvalue()),
        now,
        name="a.png",
        uri="u",
        fingerprint="f",
        size_bytes=1,
        source="landing",
    )
    lake.write(POSTERS, [row], "run")
    annotation = annotation_rows.to_row(
        row, poster.annotation, annotation_rows.TRUTH, "person-1", "landing", row["poster_id"]
    )
    lake.write(LAYOUT_ANNOTATIONS, [annotation | {"status": status}], "run")


def test_a_landed_poster_is_painted_over_and_only_if_it_can_be_believed(lake, tmp_path, posters):
    land(lake, posters[0])
    (row,) = from_lake(lake, lake.read(LAYOUT_ANNOTATIONS).to_pylist(), tmp_path)
    ground = read_picture(tmp_path / row["picture"])
    truth = to_annotation(row)
    headline = next(b for b in truth.blocks if b.role == "headline").box.scaled(ground.shape[1] / truth.width)
    left, top, right, bottom = headline.as_list()
    finished, wanted = shrunk(posters[0].image, ground), shrunk(posters[0].ground, ground)
    there = np.s_[top:bottom, left:right]
    assert np.abs(ground[there] - wanted[there]).mean() < np.abs(finished[there] - wanted[there]).mean() / 2
    land(lake, posters[0], "needs_review")
    assert from_lake(lake, lake.read(LAYOUT_ANNOTATIONS).to_pylist(), tmp_path) == []


def test_a_picture_that_is_gone_is_left_out_and_named(lake, tmp_path, posters, caplog):
    land(lake, posters[1])
    rows = lake.read(LAYOUT_ANNOTATIONS).to_pylist()
    assert from_lake(lake, [row | {"sha256": "0" * 64} for row in rows], tmp_path) == []
    assert rows[0]["poster_id"] in caplog.text


def test_painting_over_leaves_the_rest_alone():
    image = np.full((100, 80, 3), 200, np.uint8)
    assert (paint_over(image, Annotation(80, 100, ())) == image).all()
