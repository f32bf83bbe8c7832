from pathlib import Path

import pytest

from training.corpora.layout_annotations.importers.files import FORMATS, find_files, recognise

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("file", sorted(FIXTURES.iterdir()), ids=lambda file: file.name)
def test_a_file_tells_its_format(file):
    assert recognise(str(file)) == file.stem
    assert list(FORMATS[recognise(str(file))](str(file)))


def test_files_lie_beside_posters_and_links_are_not_followed(tmp_path):
    folder = tmp_path / "posters"
    (folder / "pku").mkdir(parents=True)
    for name in ("b.json", "pku/a.CSV", "notes.txt", ".hidden.json", "a.png"):
        (folder / name).touch()
    (tmp_path / "products.csv").touch()
    (folder / "link.json").symlink_to(folder / "b.json")
    assert find_files(str(tmp_path)) == [(folder / name).as_uri() for name in ("b.json", "pku/a.CSV")]
    assert find_files(str(tmp_path / "posters")) == []
