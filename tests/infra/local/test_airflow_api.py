"""A server that fails for a moment is asked again; one that goes on failing is told of."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from infra.local import airflow_api
from infra.local.airflow_api import AirflowApi


@pytest.fixture
def server(monkeypatch):
    """A real server that answers with the statuses of its list, then with 200; it remembers what was asked."""
    monkeypatch.setattr(airflow_api, "WAITS_S", (0.0, 0.0))

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(f"{self.command} {self.path.split('?')[0]}")
            is_token = self.path == "/auth/token"
            status = 200 if is_token or not self.server.statuses else self.server.statuses.pop(0)
            body = {"access_token": "t"} if is_token else {"dags": [{"dag_id": "a"}], "total_entries": 1}
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        do_POST = do_PATCH = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as running:
        running.asked, running.statuses = [], []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def api(server) -> AirflowApi:
    return AirflowApi(f"http://127.0.0.1:{server.server_port}", "admin", "secret")


def test_what_fails_for_a_moment_is_asked_again(server):
    server.statuses += [500, 503]
    assert api(server).dag_ids() == {"a"}
    assert server.asked[1:] == ["GET /api/v2/dags"] * 3


def test_what_goes_on_failing_is_told(server):
    server.statuses += [500] * 3
    with pytest.raises(httpx.HTTPStatusError, match="500"):
        api(server).dag_ids()


def test_a_pool_that_is_there_is_changed(server):
    server.statuses += [409]
    api(server).set_pool("models", 2, "large models")
    assert server.asked[1:] == ["POST /api/v2/pools", "PATCH /api/v2/pools/models"]


def test_a_run_is_not_started_twice(server):
    server.statuses += [500]
    with pytest.raises(httpx.HTTPStatusError):
        api(server).trigger("make_covers")
    assert len(server.asked) == 2
