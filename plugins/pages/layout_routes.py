"""The routes of the review queue for layouts.

Annotations must stay real objects here, or FastAPI cannot read them: no postponed evaluation.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response, status
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from data_contracts.errors import ContractViolation
from data_contracts.store import Lake, open_lake
from plugins.pages import blobs
from plugins.pages.annotation import (
    CHOICES,
    Opened,
    Verdict,
    find_obstacle,
    open_annotation,
    with_drafts,
    write_layout_review,
)
from plugins.pages.layout_form import new_draft, read_drafts
from plugins.pages.layouts import STATUSES, Status, next_in_queue, open_queue
from plugins.pages.security import User, may_fix, refuse_cross_site
from plugins.pages.templating import render

Last = Annotated[str, Query(pattern=r"^([0-9a-f]{16})?$")]
"""The annotation that was just reviewed, to offer a way back to it."""


async def _read_form(request: Request) -> FormData:
    return await request.form()


SentForm = Annotated[FormData, Depends(_read_form)]


def add_layout_routes(app: FastAPI) -> None:
    """Queue, one picture, its form, and the pictures of posters."""
    app.get("/layouts")(show_layouts)
    app.get("/layouts/{annotation_id}")(show_layout)
    app.post("/layouts/{annotation_id}", dependencies=[Depends(refuse_cross_site), Depends(may_fix)])(review_layout)
    app.get("/posters/{digest}")(send_poster)


def show_layouts(
    chosen: Annotated[Status, Query(alias="status")] = "needs_review",
    page: Annotated[int, Query(ge=1)] = 1,
    last: Last = "",
) -> HTMLResponse:
    """The review queue, or the pictures of another status."""
    queue = open_queue(open_lake(), chosen, page)
    return render("layouts.html", root="./", queue=queue, chosen=chosen, statuses=STATUSES, last=last)


def show_layout(annotation_id: str, last: Last = "") -> HTMLResponse:
    """One annotated picture, and the form to correct it."""
    lake = open_lake()
    return _page(lake, _open(lake, annotation_id), last=last)


def review_layout(annotation_id: str, form: SentForm, user: User) -> Response:
    """Keep what a reviewer decided and lead on to the next picture, or show what cannot be kept."""
    lake = open_lake()
    opened, verdict = _read(_open(lake, annotation_id), form)
    if verdict == "add":
        return _page(lake, replace(opened, drafts=[*opened.drafts, new_draft(opened.row)]))
    following = next_in_queue(lake, annotation_id)
    if problem := find_obstacle(opened, verdict) or _keep(lake, opened, verdict, user.get_name()):
        return _page(lake, opened, status.HTTP_422_UNPROCESSABLE_CONTENT, problem)
    return RedirectResponse(f"{following or '../layouts'}?last={annotation_id}", status.HTTP_303_SEE_OTHER)


def send_poster(request: Request, digest: str, preview: bool = False) -> Response:
    """An annotated picture as it came, or small."""
    lake = open_lake()
    if not blobs.is_poster(lake, digest):
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No poster has this picture.")
    return blobs.send(request, lake, digest, preview)


def _open(lake: Lake, annotation_id: str) -> Opened:
    opened = open_annotation(lake, annotation_id)
    if opened is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no annotation {annotation_id}.")
    return opened


def _read(opened: Opened, form: FormData) -> tuple[Opened, str]:
    """The page as it was sent, and which button was pressed."""
    verdict = str(form.get("verdict"))
    try:
        drafts = read_drafts(form)
    except ValueError as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, f"This cannot be understood: {error}.") from error
    if verdict not in ("add", "confirmed", "fixed", "refused"):
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, f"There is no verdict {verdict}.")
    return with_drafts(opened, drafts), verdict


def _keep(lake: Lake, opened: Opened, verdict: Verdict, reviewer: str) -> str:
    """Write the review; what the contract has against it, empty when it was kept."""
    try:
        write_layout_review(lake, opened, verdict, reviewer)
    except ContractViolation as error:
        return str(error)
    return ""


def _page(
    lake: Lake, opened: Opened, status_code: int = status.HTTP_200_OK, problem: str = "", last: str = ""
) -> HTMLResponse:
    following = next_in_queue(lake, opened.row["annotation_id"])
    return render(
        "annotation.html",
        status_code,
        root="../",
        opened=opened,
        blank=new_draft(opened.row),
        choices=CHOICES,
        statuses=STATUSES,
        following=following,
        problem=problem,
        last=last,
    )
