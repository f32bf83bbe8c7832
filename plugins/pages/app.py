"""The web app: its routes, each a few lines. Airflow mounts it at ``/coverloop``.

Annotations must stay real objects here, or FastAPI cannot read them: no postponed evaluation.
"""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Form, HTTPException, Query, Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from data_contracts import settings
from data_contracts.catalog import TITLE_COPY
from data_contracts.errors import ContractViolation
from data_contracts.store import open_lake
from inference.covers import traces
from plugins.pages import blobs, moving
from plugins.pages.cover import open_cover
from plugins.pages.criteria import open_criteria
from plugins.pages.gallery import SORTS, Sort, open_gallery
from plugins.pages.layout_routes import add_layout_routes
from plugins.pages.reviews import Verdict, longest_reason, write_review
from plugins.pages.security import (
    User,
    login_url,
    may_look,
    may_review,
    needs_login,
    refuse_cross_site,
    sign_in,
)
from plugins.pages.templating import STATIC, render

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; "
    "script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Should a hostile title ever slip through the escaping, no browser would run what is in it."""


def create_app() -> FastAPI:
    """The app. Every route needs Airflow's login and the right to see plugins."""
    app = FastAPI(
        title="Coverloop",
        dependencies=[Depends(sign_in), Depends(may_look)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.middleware("http")(_add_headers)
    app.exception_handler(AnyHTTPException)(_show_error)
    app.exception_handler(RequestValidationError)(_show_invalid)
    app.get("/")(show_gallery)
    app.get("/covers/{cover_id}")(show_cover)
    app.post("/covers/{cover_id}/review", dependencies=[Depends(refuse_cross_site), Depends(may_review)])(review_cover)
    app.get("/criteria")(show_criteria)
    add_layout_routes(app)
    app.get("/blobs/{digest}.jpg")(send_picture)
    app.get("/blobs/{digest}.webp")(send_picture)
    app.get("/moving/{digest}.{form}")(send_moving)
    app.get("/static/{name}")(send_static)
    return app


def show_gallery(q: str = "", sort: Sort = "newest", page: Annotated[int, Query(ge=1)] = 1) -> HTMLResponse:
    """The covers whose title, video or product contain the words of ``q``."""
    gallery = open_gallery(open_lake(), q, sort, page)
    return render("gallery.html", root="./", gallery=gallery, q=q, sort=sort, sorts=SORTS)


def show_cover(cover_id: str) -> HTMLResponse:
    """One cover with every reason, and the form to review it."""
    cover = open_cover(open_lake(), cover_id)
    if cover is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no cover {cover_id}.")
    trace = traces.address(cover.trace_id)
    return render(
        "cover.html",
        root="../",
        cover=cover,
        longest_reason=longest_reason(),
        experiment=_experiment_url(),
        trace=trace,
    )


def review_cover(
    cover_id: str, verdict: Annotated[Verdict, Form()], user: User, reason: Annotated[str, Form()] = ""
) -> RedirectResponse:
    """Keep a review and lead back to its cover."""
    try:
        write_review(open_lake(), cover_id, verdict, reason, user.get_name())
    except LookupError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error)) from error
    except ContractViolation as error:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
    return RedirectResponse(f"../{cover_id}#review", status.HTTP_303_SEE_OTHER)


def show_criteria() -> HTMLResponse:
    """What clicks have taught so far."""
    return render("criteria.html", root="./", criteria=open_criteria(open_lake()))


def send_picture(request: Request, digest: str, preview: bool = False) -> Response:
    """A cover's picture as rendered, or small; the address holds its digest, so it never changes."""
    lake = open_lake()
    if not blobs.is_cover_picture(lake, digest):
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No cover has this picture.")
    return blobs.send(request, lake, digest, preview)


def send_moving(request: Request, digest: str, form: moving.Format) -> Response:
    """A moving cover, whole or the part that a player asks for."""
    lake = open_lake()
    if not moving.is_moving_cover(lake, digest, form):
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No cover moves like this.")
    return moving.send(request, lake, digest, form)


def send_static(name: str, v: str = "") -> FileResponse:
    """A file of static/; an address with a version never changes what it holds."""
    if name not in STATIC:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no file {name}.")
    return FileResponse(STATIC[name], headers=blobs.FOR_EVER if v else {"Cache-Control": "no-cache"})


def _experiment_url() -> str:
    """The title model's experiment in MLflow, empty where MLflow is only a file."""
    server = settings.load().mlflow
    if not server.startswith(("http://", "https://")):
        return ""
    return f"{server.rstrip('/')}/#/experiments?experimentSearchFilter={TITLE_COPY.name}"


async def _add_headers(request: Request, call_next: Any) -> Response:
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


async def _show_error(request: Request, error: AnyHTTPException) -> Response:
    """A page that says what is wrong, or the login page where that is what is missing."""
    if not needs_login(request, error.status_code):
        return _error_page(request, error.status_code, str(error.detail))
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(login_url(request))
    return _error_page(request, status.HTTP_401_UNAUTHORIZED, "You are not signed in to Airflow.")


async def _show_invalid(request: Request, error: RequestValidationError) -> Response:
    wrong = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
    return _error_page(request, status.HTTP_422_UNPROCESSABLE_CONTENT, f"This cannot be understood. {wrong}.")


def _error_page(request: Request, status_code: int, words: str) -> HTMLResponse:
    mount = request.scope["root_path"]
    depth = request.url.path.removeprefix(mount).count("/") - 1
    return render("error.html", status_code, root="../" * depth or "./", words=words)
