"""The sentences in which a question about a video is answered, in Chinese and English."""

from collections.abc import Sequence

NAMED = 5
"""Times, lines or sentences that an answer names before it says how many more there are."""

LONGEST_QUOTE = 80
"""Characters after which a quotation is cut."""

PHRASES = {
    "faces": (
        "看过的{looks}个画面中有{count}个出现人脸，同一画面最多{most}张，最大的占画面{share}，时间：{times}。",
        "A face is seen in {count} of the {looks} frames looked at, {most} at most in one, the largest {share} of the "
        "picture: {times}.",
    ),
    "no_face": (
        "看过的{looks}个画面中没有找到人脸；背对镜头或离得太远的人看不出来。",
        "No face was found in the {looks} frames looked at; people turned away or far off would not be seen.",
    ),
    "subject": (
        "画面主体（视为商品）在{count}个画面（共看{looks}个）中可见，最大时占画面{share}，由大到小：{times}。",
        "The picture's main object, taken for the product, is seen in {count} of the {looks} frames looked at, {share} "
        "of the picture where largest; from the largest down: {times}.",
    ),
    "no_subject": (
        "看过的{looks}个画面中没有可以指认的主体。",
        "No main object could be made out in the {looks} frames looked at.",
    ),
    "text": ("屏幕上能读到：{lines}{moments}。", "On screen stands {lines}{moments}."),
    "no_text": (
        "看过的{looks}个画面中没有读到文字。",
        "No text was read in the {looks} frames looked at.",
    ),
    "said": ("视频里说：{lines}{moments}。", "It is said: {lines}{moments}."),
    "silent": ("视频里没有听到有人说话。", "Nobody is heard speaking."),
    "price_shown": ("屏幕上有价格：{lines}{moments}。", "A price stands on screen: {lines}{moments}."),
    "price_said": (
        "屏幕上没有读到价格，但口播提到：{lines}{moments}。",
        "No price was read on screen, but one is spoken: {lines}{moments}.",
    ),
    "no_price": (
        "看过的{looks}个画面和口播中都没有价格。",
        "No price was found in the {looks} frames looked at, nor in what is said.",
    ),
    "exact": ("原话如此，{sources}：{lines}{moments}。", "Word for word, {sources}: {lines}{moments}."),
    "nearest": (
        "没有原话，意思最接近的，{sources}：{lines}{moments}。",
        "Not word for word; nearest in meaning, {sources}: {lines}{moments}.",
    ),
    "absent_written": ("屏幕文字里没有找到“{about}”。", "Nothing about “{about}” was read on screen."),
    "absent_said": ("口播里没有提到“{about}”。", "Nothing is said about “{about}”."),
    "only_words": (
        "画面本身是怎样的，没有视觉语言模型无法判断。",
        "What the picture itself shows of it cannot be told without a vision-language model.",
    ),
    "unknown": (
        "没有视觉语言模型，无法判断；文字和口播里也没有提到。",
        "That cannot be told without a vision-language model, and neither text nor speech says it.",
    ),
    "unnamed": (
        "画面里的东西叫什么、在做什么，没有视觉语言模型无法判断。",
        "What the things in the picture are called, and what happens, cannot be told without a vision-language model.",
    ),
}
"""Each in Chinese and in English. ``lines`` are quotations, ``moments`` says when they are seen or begin."""

SOURCES = {"screen": ("屏幕文字", "on screen"), "speech": ("口播", "in speech")}


def say(phrase: str, language: str, **values: object) -> str:
    """One of ``PHRASES``, filled in; ``language`` is zh or en."""
    return PHRASES[phrase][_place(language)].format(**values)


def name_source(source: str, language: str) -> str:
    return SOURCES[source][_place(language)]


def list_times(times: Sequence[float], language: str) -> str:
    """``1.0 s, 2.5 s and 3 more``"""
    told = list(dict.fromkeys(f"{time:.1f}{'秒' if language == 'zh' else ' s'}" for time in times))
    return _listed(told, language)


def say_when(times: Sequence[float], language: str) -> str:
    """``, at 1.0 s, 2.5 s``; nothing where nobody noted the time."""
    if not times:
        return ""
    return f"{'，时间：' if language == 'zh' else ', at '}{list_times(times, language)}"


def quote(texts: Sequence[str], language: str) -> str:
    """``“one”, “two” and 3 more``"""
    cut = [f"{text[:LONGEST_QUOTE]}…" if len(text) > LONGEST_QUOTE else text for text in texts]
    return _listed([f"“{text}”" for text in cut], language)


def join(sentences: Sequence[str], language: str) -> str:
    return ("" if language == "zh" else " ").join(sentences)


def _listed(items: Sequence[str], language: str) -> str:
    named, left = items[:NAMED], len(items) - NAMED
    if language == "zh":
        return "、".join(named) + (f"等{len(items)}处" if left > 0 else "")
    return ", ".join(named) + (f" and {left} more" if left > 0 else "")


def _place(language: str) -> int:
    return 0 if language == "zh" else 1
