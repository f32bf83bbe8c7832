"""What a question about a video asks for, in Chinese or English, read by rules.

A question has a kind and, often, something that it is about: what is left when the words that make
it a question are taken away, or what stands in quotation marks.
"""

import re
import unicodedata
from dataclasses import dataclass

CHINESE = re.compile(r"[\u4e00-\u9fff]")

KINDS = {
    "written": r"字幕|水印|文字|什么字|写|"
    r"\b(text|written|caption(s|ed)?|subtitles?|watermarks?|reads?|lettering)\b|\bsays? .*on (the )?screen\b",
    "said": r"说|讲(?!台)|提到|提及|介绍|口播|\b(sa(y|ys|id)|mention(s|ed)?|spoken|talk(s|ed|ing)?|tells?|told)\b",
    "price": r"价格|价钱|多少钱|到手价|售价|标价|\bprices?\b|\bhow much\b|\bcosts?\b",
    "looks": r"颜色|什么色|眼睛|闭眼|睁眼|笑|长什么样|款式|在做什么|在干什么|做什么|怎么样|为什么|"
    r"多大|多高|心情|表情|什么动作|"
    r"\b(eyes?|smil\w+|laugh\w*|colou?rs?|looks? like|doing|wearing|why|how (big|large|tall|old)|mood|style|kind of)\b",
    "people": r"人脸|露脸|出镜|主播|模特|真人|人物|几个人|多少人|有没有人|有人|谁|"
    r"\b(faces?|people|persons?|someone|somebody|anyone|anybody|hosts?|presenters?|who)\b",
    "product": r"商品|产品|货品|主体|\b(products?|items?|merchandise|main object)\b",
    "overview": r"(拍|有|讲|是)(了|的|到)?(些|的是)?什么|什么内容|"
    r"\bwhat (is|does|do|can)\b.*\b(show(n|s)?|seen?|video|picture|in it)\b",
}
"""Tried in this order. A question of no kind asks where something is seen."""

GENERIC = re.compile(
    r"(这(个|款|件)?)?(商品|产品|货品|主体|东西|它|视频)|"
    r"(the )?(products?|items?|it|this|video|merchandise|anything)",
    re.I,
)
"""Names of whatever the video is about."""

QUOTED = re.compile(r"[“\"「『《](.+?)[”\"」』》]")

FRAME_ZH = re.compile(
    r"请问|这个视频|视频|画面|屏幕|镜头|有没有|是不是|是否|在哪里|在哪儿|在哪|哪里|哪儿|哪些|哪个|什么时候|何时|"
    r"什么地方|什么|多少|怎么样|怎么|为什么|出现|显示|展示|看得到|看到|看见|可以|能够|说到|说过|说了|讲到|讲了|提到|"
    r"提及|介绍|口播|关于|拍了|拍的|拍到|写着|写了|写的|"
    r"文字|字幕|被"
)
EDGE_ZH = re.compile(
    r"^[里中上有是在的说讲写能会都了着过和对,，、\s]+|"
    r"[里中上吗呢吧啊了的是在说讲写着有都过,，、？?。！\s]+$"
)
FRAME_EN = re.compile(
    r"\b(where|when|what|which|whether|how|is|are|was|were|does|do|did|can|could|you|we|one|there|be|been|any|"
    r"sa(y|ys|id)|mention(s|ed)?|spoken|talk(s|ed|ing)?|tells?|told|written|text|words?|captions?|read(s)?|about|of|on|at|in|by|"
    r"shown|shows?|seen?|see|visible|appears?|located|anyone|anybody|anywhere|video|clip|screen|picture|frame|moment|"
    r"please|and|to|has|have|it|the|a|an)\b|[?!.,]",
    re.I,
)


@dataclass(frozen=True)
class Question:
    """``kind`` is one of ``KINDS`` or "seen"; ``about`` is empty where the question names nothing;
    ``language`` is zh or en."""

    text: str
    kind: str
    about: str
    language: str

    @property
    def is_generic(self) -> bool:
        """Whether it is about the whole video and not about one thing in it."""
        return not self.about or GENERIC.fullmatch(self.about) is not None


def read_question(text: str) -> Question:
    """Raises ``ValueError`` for a question without a word."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.search(r"\w", plain):
        raise ValueError("the question is empty")
    named = QUOTED.search(plain)
    outside = QUOTED.sub(" ", plain)
    language = "zh" if CHINESE.search(outside if re.search(r"\w", outside) else plain) else "en"
    kind = next((kind for kind, words in KINDS.items() if re.search(words, outside, re.I)), "seen")
    return Question(plain, kind, named[1].strip() if named else _subject(plain, language), language)


def _subject(text: str, language: str) -> str:
    """What is left of a question without the words that make it one."""
    if language == "en":
        return " ".join(FRAME_EN.sub(" ", text).split())
    parts = FRAME_ZH.sub(" ", text).split()
    return " ".join(filter(None, (EDGE_ZH.sub("", EDGE_ZH.sub("", part)) for part in parts)))
