"""The trained adapter compared on held-out pairs with all that it must be better than, and shown in MLflow."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.catalog import CONTENT_TITLE_PAIRS, TITLE_COPY
from inference.covers.titles.copy import write_titles_for
from inference.covers.titles.facts import Facts
from inference.models import registry
from inference.models.answers import Remembering
from inference.models.language import base_of
from inference.models.serving import Serving
from inference.models.transformers_model import TransformersModel
from training import tracking
from training.finetune.examples import digest_of, load_lines, read_examples
from training.finetune.job import Job, Result
from training.finetune.preference import PREFERENCES_FILE
from training.intervals import Interval
from training.promotion.scorecard import HeldOut, Scorecard
from training.title_copy.baselines import Neighbours, cut, first_words
from training.title_copy.click_judge import CannotJudge
from training.title_copy.examples import as_prompt
from training.title_copy.judge import WinRate, open_judge, win_rate
from training.title_copy.promote import CHALLENGER_FILE, INCUMBENT_FILE
from training.title_copy.recipes import TitleRecipe
from training.title_copy.report import Report
from training.title_copy.scores import Pair, Scored, score
from training.title_copy.scores.invention import Names

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Compared:
    """The challenger and what serves now, each as it writes and as serving publishes it, and the baselines."""

    trained: Scored
    incumbent: Scored
    trained_published: Scored
    incumbent_published: Scored
    others: tuple[Scored, ...]
    incumbent_version: int | None

    @property
    def systems(self) -> tuple[Scored, ...]:
        return (self.incumbent, self.trained, *self.others, self.incumbent_published, self.trained_published)

    @property
    def as_written(self) -> tuple[Scored, ...]:
        """What the trained model as it writes can be compared with."""
        return (self.incumbent, *self.others)

    @property
    def verdict(self) -> str:
        """What came of it, in one sentence for each question."""
        gain = self.trained.gain(self.incumbent)
        published = self.trained_published.gain(self.incumbent_published)
        means, old = self.trained.means(), self.incumbent.means()
        times = f", {means['rouge_l'] / old['rouge_l'] - 1:+.0%}" if old["rouge_l"] else ""
        return (
            f"**Against {self.incumbent.name}:** ROUGE-L {old['rouge_l']:.3f} → {means['rouge_l']:.3f}{times}; the "
            f"difference is {gain.mean:+.3f}, 95 % interval {gain.low:+.3f} to {gain.high:+.3f}. As published: "
            f"{published.mean:+.3f}, {published.low:+.3f} to {published.high:+.3f}.\n\n"
            f"**Invention:** of the titles as the trained model writes them {means['unsupported_numbers']:.1%} hold an "
            f"unsupported number and {means['unsupported_brands']:.1%} an unsupported brand "
            f"({self.incumbent.name}: {old['unsupported_numbers']:.1%} and {old['unsupported_brands']:.1%})."
        )


def evaluate(work: Path, result: Result) -> dict[str, Any]:
    """Score the trained adapter, the base model, the champion and the baselines; log all of it.

    The scores of the challenger and of what serves now are left in the training's folder for the gate.
    """
    job = Job.read(work, TitleRecipe)
    pairs = read_examples(work, "held_out")
    learned = [*read_examples(work, "train"), *read_examples(work, "validation")]
    neighbours = Neighbours.of(pairs, learned)
    compared = _compare(job, result, pairs, Names.of([*learned, *pairs]), neighbours)
    report = Report(
        compared.trained, compared.as_written, compared.systems, pairs, neighbours.parts(), job.recipe.max_new_tokens
    )
    _log(result, compared, report, neighbours, _ask_judge(work, compared, pairs))
    held_out = HeldOut(CONTENT_TITLE_PAIRS.name, job.dataset_version, digest_of(pairs))
    version = f"version {result.version}"
    _as_card(version, result.version, compared.trained, held_out).write(work / CHALLENGER_FILE)
    now = _as_card(compared.incumbent.name, compared.incumbent_version, compared.incumbent, held_out)
    now.write(work / INCUMBENT_FILE)
    return {
        "work": str(work),
        "run_id": result.run_id,
        "version": result.version,
        "model": job.recipe.model,
        "rouge_l": compared.trained.interval("rouge_l").mean,
        "gain": tuple(compared.trained.gain(compared.incumbent)),
    }


def _ask_judge(work: Path, compared: Compared, pairs: Sequence[Pair]) -> WinRate | CannotJudge:
    """Whether people would rather click the titles that would be published from now on."""
    titles = compared.trained_published.titles, compared.incumbent_published.titles
    contents, languages, groups = ([pair[name] for pair in pairs] for name in ("content", "language", "group"))
    try:
        return win_rate(open_judge(load_lines(work / PREFERENCES_FILE)), contents, *titles, languages, groups)
    except CannotJudge as reason:
        return reason


def _log(
    result: Result, compared: Compared, report: Report, neighbours: Neighbours, judged: WinRate | CannotJudge
) -> None:
    told = str(judged) if isinstance(judged, CannotJudge) else judged.sentence
    page = report.page(f"{compared.verdict}\n\n**What people would click:** {told}")
    log.info("%s", page)
    measured = report.metrics() | _named("gain", compared.trained.gain(compared.incumbent))
    if isinstance(judged, WinRate):
        measured |= _named("win_rate", judged.rate)
    with tracking.resume(TITLE_COPY, result.run_id) as run:
        run.metrics(measured)
        if isinstance(judged, WinRate):
            run.tags({"judge": judged.judge, "judge.simulated": judged.simulated})
        run.text(page, "evaluation/evaluation.md")
        run.table(report.scores(), "evaluation/scores")
        run.table(report.differences(), "evaluation/differences")
        run.table(report.by_distance(), "evaluation/by_distance")
        run.table(report.titles(neighbours.similarity), "evaluation/titles")
        run.figure(report.figure(), "evaluation/scores.png")


def _named(name: str, found: Interval) -> dict[str, float]:
    return {f"held_out/{name}{suffix}": each for suffix, each in zip(("", "_low", "_high"), found, strict=True)}


def _as_card(name: str, version: int | None, scored: Scored, held_out: HeldOut) -> Scorecard:
    return Scorecard(name, version, held_out, scored.groups, scored.values, scored.weights)


def _compare(
    job: Job[TitleRecipe], result: Result, pairs: Sequence[Pair], names: Names, neighbours: Neighbours
) -> Compared:
    model, adapter = job.recipe.model, registry.fetch(TITLE_COPY, result.version)
    exam = _Exam(pairs, names, job.recipe.max_new_tokens, Serving.read(adapter))
    champion = registry.champion(TITLE_COPY)
    if champion and champion.version == result.version:
        champion = None  # a retry after the gate
    base, base_published = exam.ask("base model", model, None)
    trained, published = exam.ask("trained", model, adapter)
    others = list(exam.mark_baselines(model, neighbours))
    if champion is None:
        return Compared(trained, base, published, base_published, tuple(others), None)
    name = f"champion (version {champion.version})"
    serving, serving_published = exam.ask(name, base_of(champion.path), champion.path)
    return Compared(trained, serving, published, serving_published, (base, *others), champion.version)


@dataclass(frozen=True)
class _Exam:
    """The held-out pairs, asked and marked alike whoever answers; all titles end after ``cap`` tokens.

    A model without an adapter is asked as the trained adapter is.
    """

    pairs: Sequence[Pair]
    names: Names
    cap: int
    serving: Serving | None

    def ask(self, name: str, model: str, adapter: Path | None) -> tuple[Scored, Scored]:
        """A model's titles as it writes them, the likeliest word each time, and as serving would publish them,
        were the content all that is known of the product; no title where serving has only its invitation."""
        log.info("%s writes titles for %d contents, one each and several each", name, len(self.pairs))
        answering = TransformersModel(model, adapter)
        answering.serving = answering.serving or self.serving
        remembering = Remembering(answering)
        answers = remembering.generate([as_prompt(pair, answering.serving) for pair in self.pairs], self.cap)
        facts = [Facts(description=pair["content"]) for pair in self.pairs]
        candidates = write_titles_for(facts, [pair["language"] for pair in self.pairs], model=remembering)
        published = ["" if best.source == "fallback" else best.text for best, *_ in candidates]
        log.info("%s, published, by writer: %s", name, dict(Counter(best.source for best, *_ in candidates)))
        return self._mark(name, [text for (text,) in answers]), self._mark(f"{name}, published", published)

    def mark_baselines(self, model: str, neighbours: Neighbours) -> Iterator[Scored]:
        """What needs no model, cut after as many tokens of the model's tokenizer."""
        tokenizer = TransformersModel(model).tokenizer
        whole = {
            "first six words": [first_words(pair) for pair in self.pairs],
            "nearest training title": neighbours.titles,
        }
        for name, titles in whole.items():
            yield self._mark(name, [cut(title, tokenizer, self.cap) for title in titles])

    def _mark(self, name: str, titles: Sequence[str]) -> Scored:
        return score(name, titles, self.pairs, self.names)
