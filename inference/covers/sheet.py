"""One page to look at everything that a run left in a folder: covers, reasons, refusals.

Plain HTML beside the folders it shows; it needs no server. Titles, file names and what OCR read are
untrusted and escaped.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from inference.covers.attempts import Attempt

TEMPLATE = "sheet.html"


def render(
    plan: Mapping[str, Any],
    made: Mapping[str, Mapping[str, Any]],
    refused: Mapping[str, str],
    attempts: Mapping[str, Sequence[Attempt]],
) -> str:
    """The page. ``made`` holds each folder's record by the folder's name, ``refused`` a reason by the video's path."""
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    pages.filters["address"] = quote
    return pages.get_template(TEMPLATE).render(plan=plan, made=made, refused=refused, attempts=attempts)
