"""A requirement's plan as JSON.

    python -m inference.covers.plan REQUIREMENT [--price AMOUNT] [--category NAME] [--no-language-model]

The profile's language model is asked for what rules cannot read when its weights are on the shelf, or
it is served; nothing is fetched for it. Criteria are those that the lake holds. The exit status is 0 also
for a requirement that contradicts itself: its plan says so under ``conflicts``.
"""

import argparse
import json
import logging
import math
from datetime import UTC, datetime

from inference.covers.plan import read_requirement
from inference.covers.titles.facts import Facts
from inference.memory.criteria import Criterion
from inference.models.language import LanguageModel


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m inference.covers.plan",
        description="Print a requirement's plan as JSON: tasks, constraints, criteria, conflicts, unread clauses.",
    )
    parser.add_argument("requirement", metavar="REQUIREMENT", help="in Chinese or English")
    parser.add_argument(
        "--language-model",
        action=argparse.BooleanOptionalAction,
        help="ask the profile's model about clauses that no rule reads; default: if it is there already",
    )
    parser.add_argument("--price", type=_price, metavar="AMOUNT", help="what the product costs; 0 if it has no price")
    parser.add_argument("--category", metavar="NAME", help="the product's category, whose criteria then apply")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    plan = read_requirement(
        arguments.requirement,
        model=_language_model(arguments.language_model),
        facts=None if arguments.price is None else Facts(price=arguments.price or None),
        criteria=_criteria(),
        category=arguments.category,
    )
    print(json.dumps(plan.describe(), ensure_ascii=False, indent=2))  # noqa: T201


def _price(text: str) -> float:
    amount = float(text)
    if not (math.isfinite(amount) and amount >= 0):
        raise argparse.ArgumentTypeError("a price is no less than 0")
    return amount


def _criteria() -> list[Criterion]:
    from data_contracts.store import open_lake
    from inference.memory import criteria

    return criteria.active(open_lake(), datetime.now(UTC))


def _language_model(wanted: bool | None) -> LanguageModel | None:
    from inference.models import profile, shelf

    if wanted is False:
        return None
    choice = profile.load().language
    entry = shelf.read_shelf().get(choice.model)
    if wanted or choice.endpoint or (entry is not None and shelf.is_present(entry)):
        return profile.language_model()
    return None


if __name__ == "__main__":
    main()
