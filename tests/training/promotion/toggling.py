"""Promotes one of two versions after the other until it is killed; says a line of each."""

import sys
from itertools import count

from data_contracts.catalog import Model
from data_contracts.store import open_lake
from training.promotion.ledger import Event, now, open_ledger

if __name__ == "__main__":
    name, who = sys.argv[1:]
    lake, model = open_lake(), Model(name)
    for number in count():
        with open_ledger(lake, model) as ledger:
            serving = ledger.serving
            ledger.serve(Event(name, "promoted", 3 - serving, serving, now(), "a test", who, f"{who} {number}"))
        sys.stdout.write("promoted\n")
        sys.stdout.flush()
