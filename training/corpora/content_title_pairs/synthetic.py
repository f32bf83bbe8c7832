"""Further titles for the contents of other sources, written by a large model behind an endpoint.

The profile names the model, its ``teacher``; without one nothing is written. Every answer is kept
under a digest of model and prompt, so nothing is paid for twice, and titles written once stay when
the server is gone. What the model does not answer, or answers in another form than asked for, is
dropped with the reason; it costs its own content only.
"""

import json
import logging
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import httpx

from inference import kept
from inference.covers.titles.checks import Limits
from inference.covers.titles.copy import MAX_CONTENT
from inference.models.endpoint import EndpointModel
from inference.models.language import Prompt
from inference.models.profile import ServedModel
from training.corpora.content_title_pairs.pair import Drop, Pair
from training.corpora.content_title_pairs.split import SYNTHETIC

log = logging.getLogger(__name__)

TITLES = 3
"""For each content."""

INSTRUCTIONS = {
    "zh": "为下面的商品内容写{titles}个封面标题，角度各不相同，每个不超过{limit}个字。只用原文说到的事实和数字，"
    '不夸大，不用绝对化用语。只回答一个JSON字符串数组，例如["…", "…"]，不要别的文字。',
    "en": "Write {titles} cover titles for the product text below, each with another angle and of at most {limit} "
    "characters. Use only facts and numbers that the text states, no superlatives. Answer with one JSON array of "
    'strings, such as ["…", "…"], and nothing else.',
}
"""A changed text asks anew, for answers are kept by what was asked."""

MAX_NEW_TOKENS = 200
KIND = "synthetic_titles"
"""Of the answers among those kept."""

REQUESTS_AT_ONCE = 16
WAITS_S = (1.0, 5.0, 25.0)
"""Before each further attempt at a request, seconds; what fails then as well is left for the next build."""

PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
"""HTTP statuses that another attempt may not meet: the server is busy, limits the rate, or starts."""

FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)

NO_ANSWER = Drop("no_answer", "the model that writes titles did not answer; the next build asks again")
BAD_ANSWER = Drop("bad_answer", "the model that writes titles answered in another form than asked for")


def from_model(
    pairs: Iterable[Pair], teacher: ServedModel | None, waits_s: Sequence[float] = WAITS_S
) -> Iterator[tuple[Pair, Drop | None]]:
    """Pairs with titles that a model wrote for the contents of ``pairs``, and why one is no pair, or None.

    Each content is asked for once. A dropped pair has the model's whole answer for its title.
    """
    if teacher is None:
        log.info("no synthetic titles: the profile names no teacher")
        return
    ordered = sorted(pairs, key=lambda pair: (pair.content, pair.language, pair.product_id or "", pair.video_id or ""))
    contents = {(pair.content, pair.language): pair for pair in reversed(ordered) if pair.language in INSTRUCTIONS}
    asked = list(reversed(contents.values()))
    answers = _answer(teacher, [prompt(pair.content, pair.language) for pair in asked], waits_s)
    for pair, answer in zip(asked, answers, strict=True):
        bare = replace(pair, source=SYNTHETIC, shown=None, rejected=(), simulated=False, cleaned_from=None)
        titles = parse(answer or "")
        for title in titles:
            yield replace(bare, title=title), None
        if not titles:
            yield replace(bare, title=answer or ""), NO_ANSWER if answer is None else BAD_ANSWER


def prompt(content: str, language: str) -> list[dict[str, str]]:
    """The chat messages that ask for titles."""
    limit = f"{Limits.of(language).max_width:g}"
    return [
        {"role": "system", "content": INSTRUCTIONS[language].format(titles=TITLES, limit=limit)},
        {"role": "user", "content": content[:MAX_CONTENT]},
    ]


def parse(answer: str) -> list[str]:
    """The titles of an answer that is one JSON array of lines, fenced as code or not; else none."""
    fenced = FENCE.fullmatch(answer.strip())
    try:
        titles = json.loads(fenced[1] if fenced else answer)
    except (ValueError, RecursionError):
        return []
    if not isinstance(titles, list) or not 1 <= len(titles) <= TITLES:
        return []
    if not all(isinstance(title, str) and title.strip() and len(title.splitlines()) == 1 for title in titles):
        return []
    return list(dict.fromkeys(title.strip() for title in titles))


def _answer(teacher: ServedModel, prompts: Sequence[Prompt], waits_s: Sequence[float]) -> list[str | None]:
    """An answer for each prompt: the one kept, else the model's; None where it gave none."""
    answers: list[str | None] = [kept.read(KIND, [teacher.model, each]) for each in prompts]
    new = [place for place, answer in enumerate(answers) if answer is None]
    log.info("%s is asked for titles of %d contents, %d are known", teacher.model, len(new), len(prompts) - len(new))
    model = _connect(teacher) if new else None
    if model is None:
        return answers
    ask = partial(_ask, model, waits_s)
    with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
        for start in range(0, len(new), REQUESTS_AT_ONCE):
            batch = new[start : start + REQUESTS_AT_ONCE]
            written = list(pool.map(ask, [prompts[place] for place in batch]))
            for place, answer in zip(batch, written, strict=True):
                answers[place] = answer
            if written == [None] * REQUESTS_AT_ONCE:
                left = len(new) - start - len(batch)
                log.warning("%d requests in a row failed: the other %d are not tried", len(batch), left)
                break
    return answers


def _connect(teacher: ServedModel) -> EndpointModel | None:
    try:
        return EndpointModel.connect(teacher.endpoint, teacher.model)
    except httpx.HTTPError as error:
        log.warning("%s does not answer, so no new titles are written: %s", teacher.endpoint, error)
        return None


def _ask(model: EndpointModel, waits_s: Sequence[float], prompt: Prompt) -> str | None:
    """The model's answer, kept before it is returned; None when it has none after all attempts."""
    for wait_s in (0.0, *waits_s):
        time.sleep(wait_s)
        try:
            ((answer,),) = model.generate([prompt], MAX_NEW_TOKENS)
        except (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError) as error:
            log.warning("no titles yet: %r", error)
            if not _may_pass(error):
                break
        else:
            kept.write(KIND, [model.name, prompt], answer)
            return answer
    return None


def _may_pass(error: Exception) -> bool:
    """Whether another attempt may succeed. What is no answer of this kind of server at all will not."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in PASSING
    return isinstance(error, httpx.TransportError)
