"""Pairs from a product catalogue, without a lake.

    python -m training.corpora.content_title_pairs --products FILE.csv --out DIR

Writes into DIR ``pairs.parquet``, a row for each kept pair as the contract has it, ``dropped.parquet``
with the rule, reason and detail for each dropped one, and ``card.html``, which tells what the filters
took and shows rows of both.
"""

import argparse
import logging
import sys
from pathlib import Path

from rich.logging import RichHandler


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.corpora.content_title_pairs",
        description="Build pairs of content and title from a product catalogue.",
        epilog="The exit status is 0 when the files are written, 1 when the catalogue gave no pair, "
        "2 when the command or the catalogue was wrong.",
    )
    parser.add_argument(
        "--products",
        type=Path,
        required=True,
        metavar="FILE",
        help="CSV or Parquet with product_id and title, and language, selling_points, description, price and so on",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler(show_path=False)])
    if not arguments.products.is_file():
        parser.error(f"--products {arguments.products}: there is no such file")
    from training.corpora.content_title_pairs import folder

    try:
        counts = folder.write_pairs(arguments.products, arguments.out)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    logging.getLogger(__name__).info("%(kept)d pairs, %(dropped)d dropped", counts)
    return 0 if counts["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
