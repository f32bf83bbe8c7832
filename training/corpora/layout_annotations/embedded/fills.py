"""Which of the colours in a line's window is the fill of its glyphs.

Colours are clustered, the half-tones of edges given to the colours they lie between. Ground is what
the line's rim shows; of the rest the fill is what has most substance, unless another colour lies
within it: an outline or a panel encloses the fill, a shadow is a sliver beside it.
"""

import cv2
import numpy as np

from training.corpora.layout_annotations.embedded.window import LINE_HEIGHT, Window, dilate, erode

CLUSTERS = 6

SAMPLES = 4000
"""Colours that are looked for at most, and pixels that they are looked for in."""

SAME_COLOUR = 14.0
"""Difference in CIELAB under which two clusters are one colour, uneven light and JPEG allowed for."""

MIN_SHARE = 0.03
"""Share of the line's area that a glyph's fill covers at least, thin strokes with blanks included."""

GROUND_SHARE = 0.5
"""A colour is ground from this share of its share of the line that it covers of the rim."""

BLEND_DEPTH = 2.2
"""Mean pixels from the edge, at the working size, under which a colour may be but the half-tone of edges."""

MIN_FILL = 0.08
"""Share of the area of what lies around it that a fill has at least."""

THICK = 2.5
"""Times the depth of clean strokes from which a patch of their colour is ground that they run into."""

ENCLOSED = 0.8
"""Share of a colour's surroundings that another colour makes up, from which it lies inside that one."""

PANEL_SHARE, PANEL_FILLED = 0.35, 0.75
"""Shares of a line's area that one part covers at least, without and with what is cut out of it, to be
a panel behind the text: no letter is that large."""

SPECK = 0.004
"""Share of the squared line height under which a connected part is noise, not a dot or a comma."""


def fill_mask(window: Window) -> np.ndarray:
    labels = _without_blends(*_cluster(window), window)
    fill = _fill(window, labels)
    return labels == fill if fill is not None else np.zeros(labels.shape, bool)


def _cluster(window: Window) -> tuple[np.ndarray, np.ndarray]:
    """A label for every pixel, and the clusters' colours in CIELAB; colours near one another are one."""
    pixels = window.lab[window.reach]
    step = max(1, len(pixels) // SAMPLES)
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    sample = np.ascontiguousarray(pixels[::step])
    count = min(CLUSTERS, len(sample))
    _, labels, centres = cv2.kmeans(sample, count, np.empty(0, np.int32), criteria, 1, cv2.KMEANS_PP_CENTERS)
    weights = np.bincount(labels.ravel(), minlength=count).astype(np.float64)
    centres = _merged(centres.astype(np.float64), weights)
    distances = ((window.lab[..., None, :] - centres.astype(np.float32)) ** 2).sum(axis=-1)
    return distances.argmin(axis=-1), centres


def _merged(centres: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Join the two nearest centres, by weight, until none are nearer than ``SAME_COLOUR``."""
    while len(centres) > 1:
        gaps = np.linalg.norm(centres[:, None] - centres[None], axis=-1) + 1e9 * np.eye(len(centres))
        one, other = np.unravel_index(gaps.argmin(), gaps.shape)
        if gaps[one, other] > SAME_COLOUR:
            break
        total = weights[one] + weights[other]
        centres[one] = (weights[one] * centres[one] + weights[other] * centres[other]) / max(total, 1e-9)
        weights[one] = total
        centres, weights = np.delete(centres, other, axis=0), np.delete(weights, other)
    return centres


def _without_blends(labels: np.ndarray, centres: np.ndarray, window: Window) -> np.ndarray:
    """Labels in which the half-tones of edges have gone to the nearer of the two colours they lie between."""
    kept = list(range(len(centres)))
    present = np.bincount(labels[window.inside], minlength=len(kept)) / max(window.inside.sum(), 1)
    depth = {label: _depth(labels == label) for label in kept}
    for label in sorted(kept, key=lambda label: depth[label]):
        others = [other for other in kept if other != label]
        near = [other for other in others if present[other] > MIN_SHARE]
        if depth[label] < BLEND_DEPTH and _is_between(centres[label], centres[near]):
            kept = others
    if len(kept) == len(centres):
        return labels
    distances = ((window.lab[..., None, :] - centres[kept].astype(np.float32)) ** 2).sum(axis=-1)
    return np.array(kept)[distances.argmin(axis=-1)]


def _depth(mask: np.ndarray) -> float:
    """Mean distance of a mask's pixels from its edge."""
    framed = np.pad(mask, 1)  # what fills the window has no edge in it, and would be infinitely deep
    return float(cv2.distanceTransform(framed.astype(np.uint8), cv2.DIST_L2, 3)[framed].mean()) if mask.any() else 0.0


def _is_between(colour: np.ndarray, others: np.ndarray) -> bool:
    for one in range(len(others)):
        for other in range(one):
            along = others[other] - others[one]
            place = (colour - others[one]) @ along / (along @ along)
            if 0.15 < place < 0.85 and np.linalg.norm(others[one] + place * along - colour) < SAME_COLOUR:
                return True
    return False


def _fill(window: Window, labels: np.ndarray) -> int | None:
    """The label of the glyphs' fill."""
    count = int(labels.max()) + 1
    inner = np.bincount(labels[window.inside], minlength=count) / max(window.inside.sum(), 1)
    outer = np.bincount(labels[window.rim], minlength=count) / max(window.rim.sum(), 1)
    present = [label for label in range(count) if inner[label] > MIN_SHARE]
    candidates = [label for label in present if outer[label] < GROUND_SHARE * inner[label]]
    if not candidates:
        return min(present, key=lambda label: outer[label] / inner[label], default=None)
    worth = {label: _substance((labels == label) & window.inside) for label in candidates}
    area = {label: int(((labels == label) & window.inside).sum()) for label in candidates}
    best = max(candidates, key=lambda label: worth[label])
    while True:
        candidates = [
            label
            for label in candidates
            if label != best and area[label] > MIN_FILL * area[best] and _encloses(labels, best, label, window)
        ]
        if not candidates:
            return best
        best = max(candidates, key=lambda label: worth[label])


def _substance(mask: np.ndarray) -> float:
    """Area of a mask weighed by how deep its pixels lie: blurred edges and slivers have little."""
    return float(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3).sum())


def _encloses(labels: np.ndarray, outer: int, inner: int, window: Window) -> bool:
    mask = (labels == inner) & window.inside
    about = dilate(mask, 2) & ~dilate(mask, 1)
    return bool(about.any()) and float((labels[about] == outer).mean()) > ENCLOSED


def find_panel(mask: np.ndarray, window: Window) -> np.ndarray | None:
    """The whole panel, where what seemed the fill is one, about as large as the line; else None."""
    count, labels, found, _ = cv2.connectedComponentsWithStats((mask & window.reach).astype(np.uint8))
    largest = 1 + int(found[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else 0
    if not largest or found[largest, cv2.CC_STAT_AREA] < PANEL_SHARE * window.inside.sum():
        return None
    outlines, _ = cv2.findContours((labels == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    whole = cv2.drawContours(np.zeros(mask.shape, np.uint8), outlines, -1, 1, cv2.FILLED)
    return erode(whole, 2) if (whole[window.inside] > 0).mean() > PANEL_FILLED else None


def clean(mask: np.ndarray, window: Window) -> np.ndarray:
    """What of a mask lies in the line, without specks; what runs on beyond the line ends with it."""
    count, labels, found, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    area = found[:, cv2.CC_STAT_AREA]
    inside = np.bincount(labels[window.inside], minlength=count)
    beyond = np.bincount(labels[~window.reach], minlength=count)
    kept = (area >= SPECK * LINE_HEIGHT**2) & (inside >= 0.5 * area)
    kept[0] = False
    runs_on = beyond > 0.1 * area
    whole = (kept & ~runs_on)[labels] & window.reach
    cut = ((inside >= SPECK * LINE_HEIGHT**2) & runs_on & (np.arange(count) > 0))[labels] & window.inside
    return whole | _thin(cut, whole) if cut.any() else whole


def _thin(mask: np.ndarray, strokes: np.ndarray) -> np.ndarray:
    """A mask without the patches that are far thicker than strokes are."""
    usual = 0.08 * LINE_HEIGHT
    if strokes.any():
        usual = float(np.percentile(cv2.distanceTransform(strokes.astype(np.uint8), cv2.DIST_L2, 3)[strokes], 90))
    patches = dilate(erode(mask, THICK * usual), THICK * usual + 1)
    return mask & ~patches
