from data_contracts.catalog import LAYOUT_ANNOTATIONS, POSTERS
from training.corpora.layout_annotations import steps
from training.corpora.layout_annotations.posters.photos import packaged
from training.corpora.layout_annotations.posters.render import render
from training.corpora.layout_annotations.rendered import FIRST_SEED
from training.corpora.layout_annotations.rows import to_annotation


def test_rendered_posters_come_with_their_truth_and_come_once(lake):
    assert steps.render_posters(2, "run 1") == 2
    posters = {row["name"]: row for row in lake.read(POSTERS).to_pylist()}
    rows = {row["poster_id"]: row for row in lake.read(LAYOUT_ANNOTATIONS).to_pylist()}
    assert sorted(posters) == [f"renderer-1/{FIRST_SEED}", f"renderer-1/{FIRST_SEED + 1}"]
    row = rows[posters[f"renderer-1/{FIRST_SEED}"]["poster_id"]]
    assert to_annotation(row) == render(FIRST_SEED, packaged()).annotation
    assert (row["source"], row["status"], row["annotator"]) == ("rendered", "verified", "renderer-1")

    versions = lake.version(POSTERS), lake.version(LAYOUT_ANNOTATIONS)
    assert steps.render_posters(2, "run 2") == 0
    assert (lake.version(POSTERS), lake.version(LAYOUT_ANNOTATIONS)) == versions
    assert steps.render_posters(3, "run 3") == 1
    assert lake.read(LAYOUT_ANNOTATIONS).num_rows == 3
