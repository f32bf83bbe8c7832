"""The shelf at the shell: what is there, what is missing, how large it is.

python -m inference.models                   list
python -m inference.models --fetch           fetch and check everything
python -m inference.models --fetch NAME…     fetch and check some
"""

import argparse
import logging

from rich.console import Console
from rich.table import Table

from inference.models import shelf


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m inference.models", description="List or fetch the model shelf.")
    parser.add_argument("--fetch", nargs="*", metavar="NAME", help="fetch and check these entries, or all of them")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if arguments.fetch is not None:
        for name in arguments.fetch or shelf.read_shelf():
            shelf.resolve(name)
    Console().print(_overview())


def _overview() -> Table:
    table = Table("model", "role", "licence", "MB", "state")
    for entry in shelf.read_shelf().values():
        state = "[green]present" if shelf.is_present(entry) else "[yellow]missing"
        table.add_row(entry.name, entry.role, entry.licence, f"{entry.size / 1e6:.0f}", state)
    return table


if __name__ == "__main__":
    main()
