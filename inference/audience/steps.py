"""Step of the DAG ``simulate_audience``."""

from data_contracts import settings
from data_contracts.store import open_lake


def serve_crowd(run: str) -> dict[str, int]:
    """Show the newest covers to the simulated crowd; its impressions and clicks are stamped simulated."""
    from inference.audience import session
    from inference.audience.crowd import Crowd

    return session.serve(open_lake(), settings.load(), Crowd(session.SEED), run)
