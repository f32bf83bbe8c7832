"""Which files hold annotations, and in which format."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import fsspec

from inference.media.landing import poster_folder
from training.corpora.layout_annotations.importers import cgl, pku, plain
from training.corpora.layout_annotations.importers.known import Known, Malformed

FORMATS: dict[str, Callable[[str], Iterator[Known | Malformed]]] = {
    "pku": pku.read,
    "cgl": cgl.read,
    "plain": plain.read,
}
SUFFIXES = (".csv", ".json")


def find_files(landing: str) -> list[str]:
    """URIs of the files beside the landed posters that may hold annotations, sorted."""
    filesystem, folder = fsspec.url_to_fs(poster_folder(landing))
    if not filesystem.isdir(folder):
        return []
    paths = [path for path, facts in filesystem.find(folder, detail=True).items() if not facts.get("islink")]
    return [
        filesystem.unstrip_protocol(path)
        for path in sorted(paths)
        if PurePosixPath(path).suffix.lower() in SUFFIXES and not PurePosixPath(path).name.startswith(".")
    ]


def recognise(uri: str) -> str:
    """The format of a file: CSV is PKU's, a JSON object is CGL's, a JSON list is plain."""
    if PurePosixPath(uri).suffix.lower() == ".csv":
        return "pku"
    with fsspec.open(uri, "rb") as file:
        start = file.read(1024).decode("utf-8-sig", "replace").lstrip()
    return "cgl" if start.startswith("{") else "plain"
