"""Steps of the DAG ``build_content_title_pairs``."""

from typing import Any


def build_pairs(run: str) -> dict[str, Any]:
    """Build the pairs from products and transcripts; what a filter drops goes to ``quarantine``."""
    from data_contracts.store import open_lake
    from training.corpora.content_title_pairs import publish

    return publish.build_from_lake(open_lake(), run)
