from pathlib import Path

import pytest

from inference.media.geometry import Box
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox, Malformed
from training.corpora.layout_annotations.importers.pku import read

FIXTURE = Path(__file__).parent / "fixtures" / "pku.csv"


def test_every_good_poster_is_read_and_every_bad_one_named_with_its_line():
    records = {each.name: each for each in read(str(FIXTURE))}
    assert records["train/1.png"] == Known(
        "train/1.png",
        (
            KnownBox(Kind.TEXT, Box(57, 71, 452, 148)),
            KnownBox(Kind.UNDERLAY, Box(40, 60, 470, 160)),
            KnownBox(Kind.LOGO, Box(200, 10, 300, 50)),
        ),
    )
    assert isinstance(records["train/3.png"], Known)
    reasons = {name: each.reason for name, each in records.items() if isinstance(each, Malformed)}
    assert reasons == {
        "train/2.png": "line 5: cls_elem '0' is none of 1 (text), 2 (logo), 3 (underlay)",
        "train/4.png": "line 7: box_elem '[100, 600, 400]': [100, 600, 400] is no list of four numbers",
        "train/5.png": "line 8: box_elem '[400, 600, 100, 640]': [400, 600, 100, 640] has no area; "
        "a box is [left, top, right, bottom]",
        "train/6.png": "line 9: total_elem is '2', but the poster has 1 lines",
        "": "line 10: poster_path is empty",
    }
    assert records["train/2.png"].record[0]["box_elem"] == "[10, 10, 50, 50]"


def test_another_csv_is_refused_with_the_columns_it_lacks(tmp_path):
    (tmp_path / "products.csv").write_text("product_id,title,total_elem\n1,a,2\n")
    with pytest.raises(ValueError, match=r"products\.csv has no column poster_path, cls_elem, box_elem; PKU"):
        list(read(str(tmp_path / "products.csv")))


def test_code_in_a_box_is_text_and_is_not_run(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("poster_path,total_elem,cls_elem,box_elem\na.png,1,1,\"__import__('os').abort()\"\n")
    (bad,) = read(str(file))
    assert isinstance(bad, Malformed)
