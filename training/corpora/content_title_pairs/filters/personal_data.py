"""What belongs to a person: nobody may be reached, paid or visited through a training set.

Each kind has a pattern and, where the pattern alone would take part numbers for it, a check: the check
digit of identity cards (GB 11643) and of bank cards (Luhn, ISO/IEC 7812). A drop tells the kind and
never the value, since reasons are shown where the data itself is not.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from training.corpora.content_title_pairs.pair import Drop, Pair

BEFORE, AFTER = r"(?<![A-Za-z0-9.-])", r"(?![A-Za-z0-9]|[.-]\d)"
"""Digits that no other digit, letter or hyphen continues: parts of a part number are no phone number."""

CODE_LABEL = re.compile(
    r"(型号|货号|款号|编号|条码|条形码|订单号|sku|model|part|item|serial|upc|ean|isbn|p/n|no\.?|#)\s*(号|no\.?|number)?[:：#.\s]*$",
    re.IGNORECASE,
)
LABEL_REACH = 20
"""Characters before a number in which a label says that it is a code."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
HAN = r"[\u4e00-\u9fff]"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"
PHONE = (
    rf"{BEFORE}(?:(?:\+?86[ -]?)?1[3-9]\d(?:\d{{8}}|[ -]\d{{4}}[ -]\d{{4}})|0\d{{2,3}}-\d{{7,8}}|"
    rf"400[ -]?\d{{3}}[ -]?\d{{4}}|(?:1[-. ])?(?:\([2-9]\d{{2}}\) ?|[2-9]\d{{2}}-)[2-9]\d{{2}}-\d{{4}}){AFTER}|"
    rf"\+\d{{1,3}}(?:[ -]\(?\d{{1,4}}\)?){{2,4}}\d{{2,4}}{AFTER}"
)
IDENTITY_CARD = (
    rf"{BEFORE}[1-9]\d{{5}}(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx](?![A-Za-z0-9])"
)
BANK_CARD = rf"{BEFORE}(?:4\d|5[1-5]|2[2-7]|3[47]|6\d)\d{{2}}(?:[ -]?\d{{4}}){{2,3}}(?:[ -]?\d{{1,3}})?{AFTER}"
ADDRESS = (
    rf"{HAN}{{2}}(?:(?<![公铁线网电油])路|[街巷弄]|大道|胡同)[\d一二三四五六七八九十百]{{1,5}}[号弄](?![线色机码电针钢油])|"
    r"\d{1,3}(?:号楼|栋|幢)\d{0,2}(?:单元)?\d{2,4}室|\d{1,2}单元\d{2,4}室?|\b[Pp]\.? ?[Oo]\.? [Bb]ox \d+|"
    r"\b\d{1,5} (?:[A-Z][a-z]+\.? ){1,3}(?:St(?:reet)?|R(?:oa)?d|Ave(?:nue)?|Boulevard|Blvd|Lane|Ln|Dr(?:ive)?|"
    r"Court|Way|Place|Square)\b\.?(?=,? (?:Apt|Suite|Unit|#) ?\d|,[A-Za-z .,]{0,40}\b[A-Z]{2} \d{5}\b)"
)
NAME = (
    rf"(?:联系人|收件人|收货人|寄件人|姓名)\s*[:：]?\s*[{SURNAMES}](?:{HAN}{{0,2}}(?:先生|女士|小姐|经理|老师)|"
    rf"(?<=[:：][{SURNAMES}]){HAN}{{1,2}}(?!{HAN}))|"
    r"\b(?:[Cc]ontact [Pp]erson|[Cc]ontact [Nn]ame|[Aa]ttn\.?|[Rr]ecipient)\s?: ?[A-Z][a-z]+ [A-Z][a-z]+|"
    r"\b[Cc]ontact:? (?:Mr|Mrs|Ms|Dr)\.? [A-Z][a-z]+|"
    r"\b[Cc]ontact: (?!(?:Gold|Silver|Nickel|Copper|Brass|Us|Lens|Screw|Solid|Type)\b)[A-Z][a-z]+ [A-Z][a-z]+"
    r"(?=[,.;\n]|$)"
)
LICENCE_PLATE = (
    rf"[{PROVINCES}][A-HJ-NP-Z][·•][A-HJ-NP-Z0-9]{{5,6}}|"
    rf"车牌号?码?(?:[:：是为]|\s)?\s*[{PROVINCES}][A-HJ-NP-Z]\s?[A-HJ-NP-Z0-9]{{5,6}}|"
    r"\b[Ll]icen[cs]e [Pp]late(?: [Nn]umber| [Nn]o\.?)?: ?(?=[A-Z -]*\d)[A-Z0-9][A-Z0-9 -]{3,8}\b"
)
PASSPORT = r"护照号?码?\s*[:：]?\s*[A-Z]{1,2}\d{7,8}|\b[Pp]assport (?:[Nn]o\.?|[Nn]umber)\s?:? ?[A-Z]{0,2}\d{7,9}\b"
MANY_DIGITS = re.compile(r"\d[\d ()-]{5,}\d")


class Detector(NamedTuple):
    """``signs``: one of them stands in every text that holds this kind; none given, many digits do."""

    kind: str
    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    is_one: Callable[[str], bool] | None = None


def holds_no_personal_data(pair: Pair) -> Pair | Drop:
    for text in (pair.title, pair.content):
        if kind := find_personal_data(text):
            return Drop("personal_data", "title or content holds personal data", kind)
    return pair


def find_personal_data(text: str) -> str:
    """The first kind of personal data in a text; empty when there is none."""
    many_digits = MANY_DIGITS.search(text) is not None
    if not many_digits and not any(sign in text for sign in SIGNS):  # as in most texts
        return ""
    for detector in DETECTORS:
        may_hold = any(sign in text for sign in detector.signs) if detector.signs else many_digits
        if may_hold and any(_is_one(match, detector) for match in detector.pattern.finditer(text)):
            return detector.kind
    return ""


def passes_luhn(number: str) -> bool:
    """Whether the last digit of a card number checks the others; blanks and hyphens do not count."""
    digits = [int(each) for each in number if each.isdigit()]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def passes_identity_check(number: str) -> bool:
    """Whether the last character of an 18-character identity number checks the others."""
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    remainder = sum(weight * int(digit) for weight, digit in zip(weights, number, strict=False)) % 11
    return number[-1].upper() == "10X98765432"[remainder]


def _is_one(match: re.Match[str], detector: Detector) -> bool:
    if detector.signs:
        return True
    label = CODE_LABEL.search(match.string[max(0, match.start() - LABEL_REACH) : match.start()])
    return not label and (detector.is_one is None or detector.is_one(match[0]))


DETECTORS = (
    Detector("e-mail address", ("@",), re.compile(EMAIL)),
    Detector("identity card", (), re.compile(IDENTITY_CARD), passes_identity_check),
    Detector("bank card", (), re.compile(BANK_CARD), passes_luhn),
    Detector("phone number", (), re.compile(PHONE)),
    Detector("name", ("联系人", "件人", "收货人", "姓名", "ontact", "ttn", "ecipient"), re.compile(NAME)),
    Detector(
        "address",
        (
            "号",
            "弄",
            "室",
            "单元",
            "ox ",
            "St",
            "Rd",
            "Road",
            "Ave",
            "Blvd",
            "Boulevard",
            "Lane",
            "Dr",
            "Court",
            "Way",
            "Pl",
            "Sq",
        ),
        re.compile(ADDRESS),
    ),
    Detector("licence plate", ("·", "•", "车牌", "late"), re.compile(LICENCE_PLATE)),
    Detector("passport", ("护照", "assport"), re.compile(PASSPORT)),
)
SIGNS = tuple({sign for detector in DETECTORS for sign in detector.signs})
