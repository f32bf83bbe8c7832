"""Steps of the DAG ``build_content_title_pairs``."""

from typing import Any


def build_pairs(run: str, day: str | None = None) -> dict[str, Any]:
    """Build the pairs of a day, or all; what a filter drops goes to ``quarantine``, what came of it on the card."""
    from data_contracts.store import open_lake
    from training.corpora.content_title_pairs import publish

    return publish.build_from_lake(open_lake(), run, day)
