"""The second look: shortlisted frames at full size, for faces, eyes, burnt-in text and what they show."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from inference.covers.frames import captions, judges
from inference.covers.frames.costs import Costs
from inference.covers.frames.glance import Clip, Glance
from inference.covers.frames.wanted import Wanted
from inference.media import decode
from inference.media.decode import Still
from inference.media.geometry import Box
from inference.models import image_features, ocr
from inference.models.faces import Face, eye_openness, find_faces

WIDTH = 960
"""Pixels. More shows nothing new to the networks, and takes memory."""

CAPTION_SHARE = 0.05
"""Share of the picture under burnt-in text at which nothing is left to the judge's goodwill."""

MIN_CAPTION = 0.003
"""Share of the picture; less text that comes and goes is no fault."""

LETTERED = 0.6
"""Share of frames with large print from which it belongs to the product, and should be seen whole."""

PRINT_COVERED = 0.8
"""Share of the usual energy of its edges that is left of print when something lies over it."""

CLOSED, OPEN = 0.7, 0.95
"""Shares of the clip's median openness under which eyes are closed or closing, and from which they are open."""

HEAD_INSIDE = 0.8
"""Share of a head inside the picture below which it is cut off."""

UNSTEADY = 0.56
"""Where both stillness and sharpness are judged below this, things are blurred by their motion: on twenty
clips, between the sharpest frame that is and the least sharp one that is not."""

RUSHED = 0.2
"""Stillness judged below this: half of the picture is as it was neither before nor after. What passes the gate for
cross-fades, the last of a short one into a dark scene, is caught here."""

PRODUCT_SHOWN = 0.02
"""Share of the picture from which a product that was to be hidden can be seen."""

FAULT_FACTOR = 0.6
"""What a fault leaves of a score: less than the judges ever differ by."""


@dataclass(frozen=True, eq=False)
class Closeup:
    """A frame seen at full size, at most ``WIDTH`` wide; boxes are in its pixels.

    ``openness`` is the mean of both eyes for each face. ``captions`` are thin lines of text that may
    be burnt in, ``passing`` those of them that can be read and that other frames are free of.
    ``lettering`` is the energy of edges in larger print. ``certainty`` is how surely the frame shows
    something recognisable, 0 to 1. ``said`` holds what judges said in words of their own.
    """

    glance: Glance
    still: Still
    faces: tuple[Face, ...]
    openness: tuple[float, ...]
    captions: tuple[Box, ...]
    lettering: float
    vector: np.ndarray
    certainty: float
    passing: tuple[Box, ...] = ()
    product: Box | None = None
    scores: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    @property
    def image(self) -> np.ndarray:
        return self.still.image

    @property
    def picture(self) -> Box:
        return Box(0, 0, self.image.shape[1], self.image.shape[0])

    @property
    def score(self) -> float:
        return judges.score(self.scores, self.glance.weights) * FAULT_FACTOR ** len(self.faults)


@dataclass(frozen=True)
class Usual:
    """What a shortlist usually shows: a frame is held against it.

    ``people`` is how many faces the judge looks for, ``faces`` how many at least half of the frames
    show; ``clear`` tells whether in most nothing reaches in.
    """

    people: int
    faces: int
    clear: bool
    openness: float
    lettering: float


def look_closely(
    path: Path, clip: Clip, shortlist: Sequence[Glance], wanted: Wanted, costs: Costs | None = None
) -> list[Closeup]:
    """Judge a shortlist of a clip's glances, in order of time, and name each frame's faults."""
    costs = Costs() if costs is None else costs
    shortlist = sorted(shortlist, key=lambda glance: glance.sample.time)
    with costs.of("decode"):
        stills = list(decode.stills_at(path, [glance.sample.time for glance in shortlist], WIDTH))
    seen = [_see(glance, still, costs) for glance, still in zip(shortlist, stills, strict=True)]
    with costs.of("text"):
        seen = _with_passing_text(seen, wanted.no_text)
    usual = _usual(seen, clip, wanted.face)
    return [replace(each, scores=_scores(each, usual), faults=_faults(each, usual, wanted)) for each in seen]


def locate_products(closeups: Sequence[Closeup], wanted: Wanted) -> list[Closeup]:
    """The closeups with the product's box, where there is one, and a judge's word on it."""
    located = []
    for closeup in closeups:
        product = image_features.locate_product(closeup.image)
        worth = judges.judge_product(product, closeup.picture) if product else judges.NO_PRODUCT
        faults = {
            "product missing": wanted.product and not product,
            "product shown": wanted.no_product and product and product.area > PRODUCT_SHOWN * closeup.picture.area,
        }
        found = tuple(fault for fault, is_found in faults.items() if is_found)
        scores = closeup.scores | {"product": 1 - worth if wanted.no_product else worth}
        located.append(replace(closeup, product=product, scores=scores, faults=closeup.faults + found))
    return located


def _see(glance: Glance, still: Still, costs: Costs) -> Closeup:
    image = still.image
    picture = Box(0, 0, image.shape[1], image.shape[0])
    with costs.of("faces"):
        faces = tuple(judges.significant(find_faces(image, closely=False)))
        openness = tuple(float(np.mean(eye_openness(image, face))) for face in faces)
    with costs.of("text"):
        text = ocr.find_text(image)
    with costs.of("recognisable"):
        vectors, certainty = image_features.look([image])
    return Closeup(
        glance=glance,
        still=still,
        faces=faces,
        openness=openness,
        captions=tuple(box for box in text if captions.is_caption(box, picture)),
        lettering=_print_energy(image, [box for box in text if captions.is_print(box, picture)]),
        vector=vectors[0],
        certainty=float(certainty[0]),
    )


def _print_energy(image: np.ndarray, boxes: Sequence[Box]) -> float:
    """Energy of edges in boxes over the area of the picture: print that is hidden or blurred has less."""
    if not boxes:
        return 0.0
    luma = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 2).astype(np.float32)
    energy = cv2.Sobel(luma, cv2.CV_32F, 1, 0) ** 2 + cv2.Sobel(luma, cv2.CV_32F, 0, 1) ** 2
    printed = sum(energy[top:bottom, left:right].sum() for left, top, right, bottom in (b.as_list() for b in boxes))
    return float(printed) / luma.size


def _with_passing_text(seen: Sequence[Closeup], no_text: bool) -> list[Closeup]:
    """Closeups with those captions that another frame is free of; with ``no_text``, with all."""
    found = [closeup.captions for closeup in seen]
    avoidable = found if no_text else captions.passing(found, [closeup.image for closeup in seen])
    read = [ocr.read_lines(closeup.image, boxes) for closeup, boxes in zip(seen, avoidable, strict=True)]
    return [
        replace(closeup, passing=tuple(line.box for line in lines if captions.is_legible(line)))
        for closeup, lines in zip(seen, read, strict=True)
    ]


def _usual(seen: Sequence[Closeup], clip: Clip, must_show_face: bool) -> Usual:
    openness = [value for closeup in seen for value in closeup.openness]
    lettering = np.array([closeup.lettering for closeup in seen])
    return Usual(
        people=clip.people,
        faces=max(int(must_show_face), min(clip.people, int(np.median([len(closeup.faces) for closeup in seen])))),
        clear=clip.clear,
        openness=float(np.median(openness)) if openness else 1.0,
        lettering=float(np.percentile(lettering, 90)) if (lettering > 0).mean() >= LETTERED else 0.0,
    )


def _faults(closeup: Closeup, usual: Usual, wanted: Wanted) -> tuple[str, ...]:
    faults = {
        "face missing": len(closeup.faces) < usual.faces and not wanted.no_face,
        "face shown": wanted.no_face and len(closeup.faces) > 0,
        "eyes closed": any(value < CLOSED * usual.openness for value in closeup.openness),
        "head cut off": any(judges.wholeness(face, closeup.picture) < HEAD_INSIDE for face in closeup.faces),
        "burnt-in text": captions.covered_share(closeup.passing, closeup.picture) > MIN_CAPTION,
        "reaching in or cut off": usual.clear and closeup.glance.cut,
        "blurred": _is_motion_blurred(closeup.glance),
    }
    return tuple(fault for fault, found in faults.items() if found)


def _is_motion_blurred(glance: Glance) -> bool:
    stillness, sharpness = glance.scores["stillness"], glance.scores["sharpness"]
    return stillness < RUSHED or max(stillness, sharpness) < UNSTEADY


def _scores(closeup: Closeup, usual: Usual) -> dict[str, float]:
    captioned = captions.covered_share(closeup.passing, closeup.picture)
    scores = closeup.glance.scores | {
        "recognisable": judges.judge_recognition(closeup.certainty),
        "uncaptioned": 1 - min(1.0, captioned / CAPTION_SHARE),
    }
    if usual.lettering:
        scores["lettering"] = float(np.interp(closeup.lettering / usual.lettering, [PRINT_COVERED, 1], [0, 1]))
    if usual.people:
        openness = np.interp([value / usual.openness for value in closeup.openness], [CLOSED, OPEN], [0, 1])
        scores["faces"] = judges.judge_faces(closeup.faces, usual.people, closeup.picture, openness)
    return scores
