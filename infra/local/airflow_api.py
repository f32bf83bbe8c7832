"""The few calls of Airflow's REST API that watching a loop takes."""

import time
from datetime import datetime
from typing import Any

import httpx

PAGE = 100
WAITS_S = (2.0, 10.0)
"""Before what failed within the server is asked for again."""
TIMEOUT_S = 180
"""More than twice what a request may wait for SQLite's lock while the scheduler writes (see ``services``)."""


class AirflowApi:
    """A logged-in client. Raises ``httpx.HTTPStatusError`` when Airflow refuses a call."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_S, transport=httpx.HTTPTransport(retries=3))
        answer = self._client.post("/auth/token", json={"username": user, "password": password})
        answer.raise_for_status()
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def dag_ids(self) -> set[str]:
        return {dag["dag_id"] for dag in self._pages("/dags", "dags")}

    def import_errors(self) -> list[dict[str, Any]]:
        return self._pages("/importErrors", "import_errors")

    def set_pool(self, name: str, slots: int, description: str) -> None:
        body = {"slots": slots, "description": description, "include_deferred": False}
        answer = self._ask("POST", "/api/v2/pools", json={"name": name, **body})
        if answer.status_code == httpx.codes.CONFLICT:
            answer = self._ask("PATCH", f"/api/v2/pools/{name}", json={"pool": name, **body})
        answer.raise_for_status()

    def trigger(self, dag_id: str, conf: dict[str, Any] | None = None) -> str:
        """Start a run by hand, as the form in the UI does; its id."""
        body = {"logical_date": None, "conf": conf or {}}
        answer = self._client.post(f"/api/v2/dags/{dag_id}/dagRuns", json=body)
        answer.raise_for_status()
        return answer.json()["dag_run_id"]

    def retry_failed(self) -> list[str]:
        """Give the failed tasks of every DAG whose newest run failed another try; the names of those DAGs."""
        newest: dict[str, dict[str, Any]] = {}
        for run in self._pages("/dags/~/dagRuns", "dag_runs", order_by="run_after"):
            newest[run["dag_id"]] = run
        failed = {dag_id: run["dag_run_id"] for dag_id, run in newest.items() if run["state"] == "failed"}
        for dag_id, run_id in failed.items():
            body = {"dry_run": False, "only_failed": True, "dag_run_id": run_id}
            self._client.post(f"/api/v2/dags/{dag_id}/clearTaskInstances", json=body).raise_for_status()
        return sorted(failed)

    def runs(self, since: datetime) -> list[dict[str, Any]]:
        """DAG runs that were active at or after a moment, oldest first."""
        return self._pages("/dags/~/dagRuns", "dag_runs", updated_at_gte=since.isoformat(), order_by="run_after")

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        return self._pages(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances")

    def asset_events(self, since: datetime) -> list[dict[str, Any]]:
        return self._pages("/assets/events", "asset_events", timestamp_gte=since.isoformat())

    def _pages(self, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            answer = self._ask("GET", f"/api/v2{path}", params={**query, "limit": PAGE, "offset": len(found)})
            answer.raise_for_status()
            page = answer.json()
            found += page[key]
            if not page[key] or len(found) >= page["total_entries"]:
                return found

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer to what may be asked twice: SQLite under a writing scheduler fails now and then."""
        answer = self._client.request(method, path, **options)
        for wait_s in WAITS_S:
            if not answer.is_server_error:
                break
            time.sleep(wait_s)
            answer = self._client.request(method, path, **options)
        return answer
