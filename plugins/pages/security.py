"""Who may look and who may review: Airflow's own login and permissions, on every route."""

from typing import Annotated
from urllib.parse import quote, urlsplit

from airflow.api_fastapi.app import API_ROOT_PATH
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import get_user, requires_access_dag, requires_access_view
from airflow.configuration import conf
from fastapi import Depends, HTTPException, Request, status

from data_contracts.catalog import COVERS, LAYOUT_ANNOTATIONS
from data_contracts.contract import load

User = Annotated[BaseUser, Depends(get_user)]


def sign_in(request: Request, user: User) -> None:
    """Remember that the login was good: what is refused after this is refused for want of permission."""
    request.state.signed_in = True


may_look = requires_access_view(AccessView.PLUGINS)
may_review = requires_access_dag("PUT", param_dag_id=load(COVERS).dag)
"""Whoever may change the DAG that makes covers may judge them."""
may_fix = requires_access_dag("PUT", param_dag_id=load(LAYOUT_ANNOTATIONS).dag)
"""Whoever may change the DAG that builds layout annotations may correct them."""


def refuse_cross_site(request: Request) -> None:
    """Airflow has no CSRF token, so a form that another site made the browser send is told by its headers.

    ``Sec-Fetch-Site`` is absent from plain HTTP except on localhost; there ``Origin`` decides.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    ours = {request.url.netloc, urlsplit(conf.get("api", "base_url", fallback="")).netloc}
    if site not in (None, "same-origin") or (site is None and origin and urlsplit(origin).netloc not in ours):
        raise HTTPException(status.HTTP_403_FORBIDDEN, "This form was sent from another site.")


def needs_login(request: Request, status_code: int) -> bool:
    """Whether a refusal means nobody is signed in; Airflow answers a damaged cookie with 403, not 401."""
    refused = status_code in (status.HTTP_401_UNAUTHORIZED, status.HTTP_403_FORBIDDEN)
    return refused and not getattr(request.state, "signed_in", False)


def login_url(request: Request) -> str:
    """Airflow's login page, which leads back to where the request wanted to go."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{API_ROOT_PATH}api/v2/auth/login?next={quote(request.url.path + query, safe='')}"
