"""Daft, the engine of what grows with data, as it is to behave in our logs."""

import logging


def quiet() -> None:
    """Keep Daft from logging a line for every operator it runs; to be called before it runs any."""
    logging.getLogger("tracing").setLevel(logging.WARNING)
