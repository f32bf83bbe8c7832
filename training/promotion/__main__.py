"""Which version of a model served when, and back to the one before.

    python -m training.promotion                          what serves of every model
    python -m training.promotion title_copy               its whole history
    python -m training.promotion title_copy --why TEXT    roll back to what served before

In Airflow the DAG revert_promotion does the same and has covers made anew.
"""

import argparse
import getpass
import logging
from datetime import datetime

from rich.console import Console
from rich.table import Table

from data_contracts.catalog import MODEL_NAMES, MODELS, Model
from data_contracts.store import Lake, open_lake


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.promotion", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("model", nargs="?", choices=MODEL_NAMES, help="which model (default: all, what serves)")
    parser.add_argument("--why", metavar="TEXT", help="roll back, for this reason, which everybody can read")
    parser.add_argument("--version", type=int, help="roll back to this version instead; 0: no version, the base model")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    if arguments.why is None and arguments.version is not None:
        parser.error("--version rolls back and needs a reason: --why TEXT")
    if arguments.why is not None and arguments.model is None:
        parser.error("name the model to roll back")
    lake, console = open_lake(), Console()
    if arguments.model is None:
        for model in MODELS:
            _say_what_serves(lake, model, console)
        return
    (model,) = (model for model in MODELS if model.name == arguments.model)
    if arguments.why is not None:
        _revert(parser, lake, model, arguments.why, arguments.version)
    console.print(_list_events(lake, model))


def _say_what_serves(lake: Lake, model: Model, console: Console) -> None:
    from training.promotion import status
    from training.promotion.ledger import open_ledger

    with open_ledger(lake, model) as ledger:
        told = [event for event in ledger.events if event.kind != "refused"]
        since = f" since {told[-1].happened_at:%Y-%m-%d %H:%M} UTC: {status.describe(told[-1])}" if told else ""
        console.print(f"{model.name}: {status.name_of(ledger.serving)} serves{since}", markup=False)


def _revert(parser: argparse.ArgumentParser, lake: Lake, model: Model, why: str, version: int | None) -> None:
    from training.promotion.revert import revert

    try:
        revert(lake, model, why, getpass.getuser(), f"shell-{datetime.now():%Y%m%d-%H%M%S.%f}", version)
    except ValueError as error:
        parser.error(str(error))


def _list_events(lake: Lake, model: Model) -> Table:
    from rich.text import Text

    from training.promotion import status
    from training.promotion.ledger import open_ledger

    table = Table("when (UTC)", "what", "why", "decided by", title=model.name)
    with open_ledger(lake, model) as ledger:
        for event in ledger.events:
            cells = (f"{event.happened_at:%Y-%m-%d %H:%M:%S}", status.describe(event), event.why, event.decided_by)
            table.add_row(*map(Text, cells))
    return table


if __name__ == "__main__":
    main()
