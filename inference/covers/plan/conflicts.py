"""What of a plan contradicts itself, or cannot be made by anybody: said in words, in the requirement's language."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations

from inference.covers.picture.style import RATIOS
from inference.covers.plan.formats import orientation
from inference.covers.plan.task import TITLE_LANGUAGES, Task
from inference.covers.titles.checks import MIN_WIDTH, is_in_language, width
from inference.covers.titles.facts import Facts

MOVING_S = (3.0, 6.0)
"""How long a moving cover is, in seconds."""

NAMES = {
    "face": ("人脸", "a face"),
    "person": ("人物", "a person"),
    "product": ("商品", "the product"),
    "price": ("价格", "the price"),
    "text": ("画面文字", "text in the picture"),
    "hand": ("手", "hands"),
}

Say = Callable[[str, str], str]
"""Of a sentence in Chinese and the same in English the one that the requirement's author reads."""


def find_conflicts(requirement: str, tasks: Sequence[Task], facts: Facts | None = None) -> tuple[str, ...]:
    """A sentence for each contradiction among the mandatory tasks and for each that cannot be met.

    ``facts`` are those of the video's product, if it is known.
    """
    chinese = re.search(r"[\u4e00-\u9fff]", requirement) is not None

    def say(zh: str, en: str) -> str:
        return zh if chinese else en

    demanded = [task for task in tasks if task.mandatory]
    found = [
        sentence
        for check in (_shown_and_hidden, _ratios, _lengths, _languages, _wording, _motion)
        for sentence in check(demanded, say)
    ]
    found += _orientations(requirement, demanded, say)
    if facts is not None:
        found += _against(facts, demanded, say)
    return tuple(dict.fromkeys(found))


def _values(tasks: Sequence[Task], what: str, name: str) -> list:
    return list(dict.fromkeys(task.parameters[name] for task in tasks if task.what == what and name in task.parameters))


def _has(tasks: Sequence[Task], what: str) -> bool:
    return any(task.what == what for task in tasks)


def _shown_and_hidden(tasks: Sequence[Task], say: Say) -> Iterator[str]:
    hidden = _values(tasks, "hide", "subject") + ["price"] * _has(tasks, "hide_price")
    shown = _values(tasks, "show", "subject") + ["price"] * (_has(tasks, "show_price"))
    for subject in hidden:
        if subject in shown:
            zh, en = NAMES[subject]
            yield say(f"既要求出现{zh}，又要求不出现{zh}", f"{en} is demanded and forbidden")
    faces = _values(tasks, "show", "count")
    if len(faces) > 1:
        said = "、".join(map(str, faces)), " and ".join(map(str, faces))
        yield say(f"要求的人数不一致：{said[0]}", f"different numbers of people are demanded: {said[1]}")


def _ratios(tasks: Sequence[Task], say: Say) -> Iterator[str]:
    demanded = _values(tasks, "ratio", "ratio")
    for ratio in demanded:
        if ratio not in RATIOS:
            made = ", ".join(RATIOS)
            yield say(f"不制作 {ratio} 的封面，能做的比例是 {made}", f"covers are not made in {ratio}, only in {made}")
        if ratio in _values(tasks, "avoid_ratio", "ratio"):
            yield say(f"既要求比例 {ratio}，又要求不用 {ratio}", f"the ratio {ratio} is demanded and forbidden")
    exclusive = [task for task in tasks if task.what == "ratio" and task.parameters.get("only")]
    apart = {task.source for task in exclusive}
    if exclusive and len(demanded) > 1 and not (len(apart) == 1 and len(exclusive) == len(demanded)):
        listed = ", ".join(demanded)
        yield say(f"只能要一种比例，却要求了 {listed}", f"only one ratio is wanted, but {listed} are demanded")


def _orientations(requirement: str, tasks: Sequence[Task], say: Say) -> Iterator[str]:
    """竖版16:9: an orientation and a ratio right beside it that has another one."""
    for one, other in permutations([task for task in tasks if task.what == "ratio"], 2):
        beside = re.search(rf"{re.escape(one.source)}(?:的|封面|图|\s)*{re.escape(other.source)}", requirement)
        explicit = re.search(r"\d", one.source) or re.search(r"\d", other.source)
        if beside and explicit and orientation(one.parameters["ratio"]) != orientation(other.parameters["ratio"]):
            yield say(f"画面方向与比例矛盾：{beside[0]}", f"orientation and ratio contradict each other: {beside[0]}")


def _lengths(tasks: Sequence[Task], say: Say) -> Iterator[str]:
    most, least = _values(tasks, "title_max_chars", "chars"), _values(tasks, "title_min_chars", "chars")
    if most and min(most) < 1:
        yield say("标题没有可用的字数", "there is no room for a title")
        return
    if most and least and max(least) > min(most):
        yield say(
            f"标题至少 {max(least)} 个字，却又至多 {min(most)} 个字",
            f"the title has at least {max(least)} characters and at most {min(most)}",
        )
    elif len(most) > 1:
        listed = ", ".join(map(str, most))
        yield say(f"标题的字数上限不一致：{listed}", f"the title has different limits: {listed} characters")
    if most and (languages := _values(tasks, "language", "language")):
        for language in languages:
            if language in TITLE_LANGUAGES and min(most) < MIN_WIDTH[language]:
                needed = f"{MIN_WIDTH[language]:g}"
                yield say(
                    f"标题至多 {min(most)} 个字，{'英文' if language == 'en' else '中文'}标题至少要 {needed} 个字",
                    f"a title of at most {min(most)} characters is too short: in {language} it takes {needed}",
                )


def _languages(tasks: Sequence[Task], say: Say) -> Iterator[str]:
    languages = _values(tasks, "language", "language")
    for language in languages:
        if language not in TITLE_LANGUAGES:
            yield say(
                f"标题只写中文或英文，不写 {language}", f"titles are written in Chinese or English, not in {language}"
            )
        if language in _values(tasks, "avoid_language", "language"):
            yield say(
                f"既要求用 {language}，又要求不用 {language}", f"the language {language} is demanded and forbidden"
            )
    if len(languages) > 1:
        listed = ", ".join(languages)
        yield say(f"标题只能用一种语言，却要求了 {listed}", f"a title has one language, but {listed} are demanded")


def _wording(tasks: Sequence[Task], say: Say) -> Iterator[str]:
    mentions, avoided = _values(tasks, "mention", "words"), _values(tasks, "avoid_words", "words")
    most = min(_values(tasks, "title_max_chars", "chars"), default=None)
    for words in mentions:
        if any(each.lower() in words.lower() for each in avoided):
            yield say(f"既要求写“{words}”，又要求不写", f"the words “{words}” are demanded and forbidden")
        size = width(words, "en" if is_in_language(words, "en") else "zh")
        if most is not None and 0 < most < size:
            yield say(
                f"“{words}”有 {size:g} 个字，标题却至多 {most} 个字",
                f"the words “{words}” take {size:g} characters, the title has at most {most}",
            )
    if _has(tasks, "no_title"):
        yield say("每张封面都有标题，不能没有标题", "every cover has a title, it cannot be left out")


def _motion(tasks: Sequence[Task], say: Say) -> Iterator[str]:
    if _has(tasks, "moving") and _has(tasks, "still"):
        yield say("既要求动态封面，又要求不要动态封面", "a moving cover is demanded and forbidden")
    shortest, longest = MOVING_S
    for task in tasks:
        if task.what == "moving" and task.parameters:
            most = task.parameters.get("most_seconds", task.parameters.get("seconds"))
            least = task.parameters.get("seconds", min(most, shortest))
            if least > most or most < shortest or least > longest:
                asked = f"{most:g}" if least >= most else f"{least:g}–{most:g}"
                yield say(
                    f"动态封面长 {shortest:g} 到 {longest:g} 秒，做不了 {asked} 秒",
                    f"moving covers last {shortest:g} to {longest:g} seconds, not {asked}",
                )


def _against(facts: Facts, tasks: Sequence[Task], say: Say) -> Iterator[str]:
    """A price that the product does not have cannot be shown."""
    if not _has(tasks, "show_price"):
        return
    if facts.price is None:
        yield say("要求标出价格，但商品没有价格", "the price is demanded, but the product has none")
        return
    for amount in _values(tasks, "show_price", "amount"):
        if abs(amount - facts.price) > CENT:
            yield say(
                f"要求的价格是 {amount:g}，商品的价格是 {facts.price_tag}",
                f"the price demanded is {amount:g}, the product's is {facts.price_tag}",
            )


CENT = 0.005
"""Prices nearer to each other than this are the same."""
