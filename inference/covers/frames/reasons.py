"""What each judge has to say of a frame, as a sentence with its figure."""

from inference.covers.frames.closeup import Closeup

GOOD, FAIR = 0.75, 0.4
"""Verdicts from which a judge praises, and from which it has but a reservation."""

SENTENCES = {
    "stillness": ("nothing is on the move", "some of it is on the move", "much of it is on the move"),
    "sharpness": ("as sharp as the clip gets", "a little softer than the clip usually is", "soft for this clip"),
    "light": ("well exposed, with full contrast", "exposure or contrast could be better", "badly lit"),
    "colour": ("vivid colours", "muted colours", "hardly any colour"),
    "composition": ("what stands out lies well inside", "what stands out is near the edge", "the middle is empty"),
    "subject": (
        "its subject is whole and inside the picture",
        "nothing stands out before the background",
        "something is cut off, missing or reaching in",
    ),
    "recognisable": ("plainly shows something", "it is not quite clear what it shows", "shows nothing recognisable"),
    "uncaptioned": ("free of passing captions", "a little caption text", "text is burnt in"),
    "lettering": ("the print on things is seen whole", "print on things is partly hidden", "print on things is hidden"),
    "viewer": ("the vision model ranks it high", "the vision model has reservations", "the vision model ranks it low"),
    "critic": ("the vision model likes it", "the vision model has reservations", "the vision model advises against it"),
}
"""For verdicts that are good, fair and poor."""


def explain(closeup: Closeup) -> dict[str, str]:
    """A sentence for every judge that spoke, by its name."""
    return {judge: f"{_sentence(judge, value, closeup)} ({value:.2f})" for judge, value in closeup.scores.items()}


def _sentence(judge: str, value: float, closeup: Closeup) -> str:
    if judge in closeup.said:
        return closeup.said[judge]
    if judge == "faces":
        return _of_faces(value, closeup)
    if judge == "product":
        return _of_product(closeup)
    return SENTENCES[judge][0 if value >= GOOD else 1 if value >= FAIR else 2]


def _of_faces(value: float, closeup: Closeup) -> str:
    count = len(closeup.faces)
    if not count:
        return "no face is seen"
    seen = "one face" if count == 1 else f"{count} faces"
    flaws = [fault for fault in closeup.faults if fault in ("eyes closed", "head cut off", "face missing")]
    if flaws:
        return f"{seen}, but {' and '.join(flaws)}"
    return f"{seen}, {'frontal, whole, eyes open' if value >= GOOD else 'small, turned away or half hidden'}"


def _of_product(closeup: Closeup) -> str:
    if closeup.product is None:
        return "no object stands out as the product"
    return f"the product takes {closeup.product.area / closeup.picture.area:.0%} of the picture"
