"""The report of a lake as it is: empty, or with videos refused, covers shown and a crowd that clicked."""

from io import StringIO

import pytest
from rich.console import Console

from data_contracts import settings
from data_contracts.catalog import COVERS, TITLE_COPY, VIDEOS
from inference.audience.crowd import Crowd
from infra.local import report, services
from infra.local.services import Service
from tests import synthetic
from training import tracking

VIDEOS_SHOWN = 12
IMPRESSIONS = 2_000


def rendered(up: dict[str, Service] | None = None, failed: tuple[str, ...] = ()) -> str:
    console = Console(width=160, file=StringIO())
    console.print(report.render(settings.load(), up or {}, failed, seconds=90))
    return console.file.getvalue()


def line(text: str, title: str) -> str:
    (found,) = (row for row in text.splitlines() if row.strip("│ ").startswith(f"{title}  "))
    return " ".join(found.strip("│ ").removeprefix(title).split())


def test_of_an_empty_lake_nothing_is_claimed(own_home):
    text = rendered()
    assert "Coverloop: done in 1.5 minutes" in text
    assert line(text, "videos") == "0 taken in, 0 refused"
    assert line(text, "covers") == "none"
    assert line(text, "feedback") == "none"
    assert line(text, "criteria") == "none held up so far"


def test_what_failed_is_in_the_title(own_home):
    assert "Coverloop: failed: make_covers · make_batch 1" in rendered(failed=("make_covers · make_batch 1",))


def test_refused_videos_are_listed_with_their_reason_and_many_are_counted(lake):
    refused = [{"uri": f"file:///landing/[b]{i}.mp4"} for i in range(report.SHOWN + 2)]
    for row in refused:
        lake.quarantine(VIDEOS, [row], rule="bad_media", reason=f"cut off [/b] after {row['uri'][-5]} s", run="test")
    text = rendered()
    assert line(text, "videos") == f"0 taken in, {len(refused)} refused"
    assert "[b]0.mp4: cut off [/b] after 0 s" in text
    assert "… and 2 more" in text


def test_simulated_clicks_are_called_simulated_and_counted(lake):
    lake.write(COVERS, synthetic.covers(VIDEOS_SHOWN), "test")
    synthetic.show(lake, Crowd(seed=1), IMPRESSIONS)
    text = rendered()
    assert line(text, "covers") == f"generation 1: {VIDEOS_SHOWN * 6} candidates for {VIDEOS_SHOWN} videos"
    assert line(text, "feedback").startswith(f"simulated: {IMPRESSIONS:,} impressions, ")


@pytest.mark.parametrize(
    ("before", "gate", "verdict"),
    [
        ("base_model", {"gate": "promoted"}, "promoted: the base model writes titles"),
        (
            "champion",
            {"gate": "refused", "gate.reason": "may be luck"},
            "not promoted, the base model writes titles: may",
        ),
    ],
)
def test_what_the_newest_training_reached_is_told_with_the_verdict(own_home, before, gate, verdict):
    own_home.mkdir()
    scores = {f"{before}/rouge_l": 0.33, "trained/rouge_l": 0.7, "gain": 0.37, "gain_low": 0.28, "gain_high": 0.46}
    for system in (before, "trained"):
        scores |= {f"{system}/{name}": 0.02 for name in ("unsupported_numbers", "unsupported_brands")}
    with tracking.run(TITLE_COPY, "training") as run:
        run.metrics({f"held_out/{name}": value for name, value in scores.items()} | {"held_out/pairs": 24})
        run.tags(gate)
    text = rendered()
    assert f"24 held-out pairs: 0.330 ({before.replace('_', ' ')}) → 0.700 (trained), +0.370" in text
    assert "95 % interval +0.280 to +0.460" in text
    assert "with a brand it lacks 2% → 2%" in text
    assert verdict in text


def test_where_to_look_and_the_password_are_told_of_what_runs(own_home):
    services.airflow_environment(settings.load())
    up = {name: Service(name, 1, 0.0, port, {}) for name, port in (("airflow", 8080), ("mlflow", 5000))}
    text = rendered(up)
    assert "http://127.0.0.1:8080/plugin/coverloop" in text
    assert "http://127.0.0.1:5000" in text
    assert f"user admin, password {services.password(settings.load())}" in text
