"""A version's model card (Mitchell et al. 2019, *Model Cards for Model Reporting*) as plain Markdown.

It says what somebody must know who meets the version in MLflow without having seen this code: what
it is for, what it learned from, how it was trained and scored, what it is bad at, whose licence
holds, and how to take it back.
"""

from data_contracts.catalog import Model
from inference.models import shelf
from training.promotion.challenge import Challenge, Facts
from training.promotion.gate import Verdict


def write_card(challenge: Challenge, verdict: Verdict) -> str:
    """The card of the challenger's version, whatever the gate said."""
    model, facts = challenge.model, challenge.facts
    sections = {
        "What it is for": f"{model.about} {facts.purpose}",
        "What it learned from": _tell_data(facts),
        "How it was trained": _tell_recipe(facts),
        "How good it is": _tell_scores(challenge, verdict),
        "What it is bad at": "\n".join(f"- {limit}" for limit in facts.limits),
        "Licence": f"- Data: {facts.data_licence}\n- Base model: {_licence_of(facts.base_model)}",
        "How to take it back": _tell_rollback(model),
        "Where it comes from": f"MLflow run `{challenge.run_id}`: curves, samples, recipe, environment and git commit.",
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"# {model.name}, version {challenge.version}\n\n{body}\n"


def _tell_data(facts: Facts) -> str:
    data = facts.data
    version = f"version {data.version}" if data.version else f"a file, `{data.uri}`"
    counts = ", ".join(f"{count:,} {what}" for what, count in facts.rows.items())
    return f"Dataset `{data.dataset.name}`, {version}, digest `{data.digest[:12]}`: {counts}."


def _tell_recipe(facts: Facts) -> str:
    base = f"Base model `{facts.base_model}`." if facts.base_model else "Trained from nothing, no base model."
    said = {name: value for name, value in facts.recipe.items() if value is not None}
    return f"{base} Recipe: {', '.join(f'{name} {value}' for name, value in said.items())}."


def _tell_scores(challenge: Challenge, verdict: Verdict) -> str:
    card = challenge.challenger
    rows, groups, main = len(card.groups), len(set(card.groups)), card.mean(challenge.gate.main)
    own = f"{challenge.gate.main} {main.mean:.4f} (95 % interval {main.low:.4f} to {main.high:.4f})"
    where = f"{own} on {rows:,} held-out rows in {groups:,} groups: {card.held_out}."
    outcome = "was refused by" if verdict.faults else "passed"
    return f"{where}\n\n{verdict.table}\n\nIt {outcome} the gate: {verdict.reason}."


def _licence_of(base_model: str | None) -> str:
    if base_model is None:
        return "none was used."
    entry = shelf.read_shelf().get(base_model)
    if entry is None:
        return f"`{base_model}` is not on our shelf; its own model card has its licence."
    return f"`{base_model}`, {entry.licence}."


def _tell_rollback(model: Model) -> str:
    return (
        f"Trigger the DAG `revert_promotion` with the model `{model.name}` and a reason, or run\n\n"
        f'    python -m training.promotion {model.name} --why "…"\n\n'
        "What served before serves again, and what the model feeds is made anew."
    )
