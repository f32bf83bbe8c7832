"""Steps of the DAG ``ingest_media``."""

from typing import Any

from data_contracts import settings
from data_contracts.catalog import POSTERS, PRODUCTS, TRANSCRIPTS, VIDEOS
from data_contracts.errors import NothingToDo
from data_contracts.store import open_lake
from inference.media import catalogue, ingest, posters
from inference.media.landing import LandedFile


def read_catalogue(run: str) -> dict[str, Any]:
    """Merge the product catalogue, if there is one, into ``products``."""
    where = settings.load()
    uri = catalogue.find_catalogue(where.landing, where.catalog_uri)
    if uri is None:
        return {"products": 0}
    landed = open_lake().write(PRODUCTS, catalogue.read_products(uri), run)
    return {"products": landed.inserted + landed.updated + landed.unchanged, "refused": landed.refused}


def find_new_media() -> list[list[dict[str, Any]]]:
    """Landed files never read before, in batches."""
    where = settings.load()
    files = [file.as_row() for file in ingest.find_new(open_lake(), where.landing)]
    return [files[i : i + where.media_batch_size] for i in range(0, len(files), where.media_batch_size)]


def probe_videos(batch: list[dict[str, Any]], run: str) -> list[str]:
    """Take a batch of files into ``videos`` and the blob store, or quarantine them with a reason."""
    return ingest.probe_batch(open_lake(), [LandedFile(**row) for row in batch], settings.load(), run)


def transcribe_videos(video_ids: list[str], run: str) -> dict[str, int]:
    """Write what each video says, aloud and on screen, to ``transcripts``."""
    return ingest.transcribe_batch(open_lake(), video_ids, run)


def tie_products(run: str) -> dict[str, int]:
    """Tie each video to the product it shows."""
    return ingest.tie_products(open_lake(), run)


def publish_media() -> dict[str, int]:
    """The versions of videos, products and transcripts that belong together."""
    lake = open_lake()
    return {dataset.name: lake.version(dataset) for dataset in (VIDEOS, PRODUCTS, TRANSCRIPTS)}


def take_in_posters(run: str) -> dict[str, Any]:
    """Take new pictures of the folder ``posters`` into ``posters`` and the blob store, or quarantine them."""
    lake, where = open_lake(), settings.load()
    posters.take_in(lake, posters.find_new(lake, where.landing), where, run)
    if not (version := lake.version(POSTERS)):
        raise NothingToDo(f"no pictures in {posters.poster_folder(where.landing)}")
    return {POSTERS.name: version}
