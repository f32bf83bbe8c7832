"""Whether what a clause names is wanted or not: what a negation governs, and what two of them make."""

from inference.covers.plan.patterns import as_pattern

NEGATION = as_pattern(
    r"(?<!要)不(?:要|能|得(?!不)|可以?|许|准|允许|带|含|出现|出镜|入镜|上镜|标|露|放|写|用|需要?|必|出|显示|展示|想|希望|应该?|该|宜|"
    r"建议|拍|打|加|留|见|让|展现|包含|突出|强调|裁|切|接受|喜欢|准备|考虑|做|有)|"
    r"禁止|严禁|禁用|切勿|请勿|勿|避免|杜绝|拒绝|谢绝|去掉|去除|去(?=字幕|水印)|删掉|删除|移除|隐藏|省略|省去|排除|没(?:有(?!的话|就|也行|也可|也没)|(?!有))|"
    r"无(?!线|糖|论|痕|缝|人机|限|所谓|敌|关|比|忧|油|尘|花果|添加)|(?<![特级区类性识个分])别(?!致|墅|人|的|具|样|针|出心裁)|少不了|缺少|忌|漏掉|遗漏|遗忘|忘记|忘|缺|"
    r"\bno\b|\bnot\b(?! only)|n't\b|\bcannot\b|\bwithout\b|\bavoid|\bnever\b|"
    r"\bexclud|\bremov|\bhid(?:e|ing|den)\b|\bomit|\bskip\b|"
    r"\bleave out\b|\bban\b|\bforbid|\bprohibit|\bnone\b|\bforget\b|\bdrop\b|"
    r"\bneither\b|\bnor\b|\bfree of\b|[- ]free\b|"
    r"\bget rid of\b|\b(?:keep|leave)\b(?=[^,]{0,30}\bout\b)|"
    r"\bnothing\b|\boff(?= the cover)|\bmiss(?:ing)?\b|\bminus\b|\babsent\b"
)
"""Words that forbid, and words that leave something out."""

DOUBLED = as_pattern(r"少不了|缺不了|离不开|不得不|不能不|不可不|不许不|can't do without|has to not be missing")
"""One word here, two negations: what it governs is wanted."""

NOT_REQUIRED = as_pattern(
    r"无需|无须|不需要?|不必|不用(?!.{0,4}(?:模板|滤镜))|用不着|\bno need\b|"
    r"\bno (?:\w+ ){1,2}(?:needed|required|necessary)|\bnot (?:necessary|needed|required)|"
    r"\bdon't need|"
    r"\bdoesn't need|\bneed not\b|\bneedn't"
)
"""What need not be there is better left out, and is no reason to refuse a cover."""

EXCEPTION = as_pattern(
    r"除了?(?!非)|\bexcept\b|\bother than\b|\bapart from\b|\bbut for\b|\bbesides\b|"
    r"只要(?!是)|只留|只保留|\bonly\b|\bjust\b"
)
"""What comes after it is spared from the negation before."""

DEGREE = as_pattern(
    r"太(?!阳)|过于|过(?=[大小多长亮暗曝])|那么|(?:不要|不能|别)(?:只|仅|光)|(?:not|n't) (?:just|only)|"
    r"\btoo\b|\bso\b|\bthat (?=big|small)|\boverly\b|\bmuch\b"
)
"""Not too much of something is no prohibition of it."""

NO_DEMAND = as_pattern(
    r"可有可无|可.{1,4}可不|不限|不做?要求|无要求|没有?要求|无所谓|随意|随便|任选|任意|都行|也行|也可以|没关系|没事|都可以|均可|皆可|都可|都好|都能接受|不强求|"
    r"with or without|doesn't matter|does not matter|don't (?:care|mind)|either (?:\w+ )?(?:is|"
    r"way)|\bany (?:ratio|language|length|size)|"
    r"no preference|up to you|your call|no (?:limit|requirement)s? (?:on|for)"
)
"""Clauses that leave it open: they are understood, and demand nothing."""


def is_forbidden(text: str, start: int, end: int, least: int = 0) -> bool:
    """Whether what stands at ``start`` to ``end`` of a clause is forbidden, looking back to ``least``.

    Two negations cancel each other (不能没有). A negation after it counts when none stands before it
    (横版不要) and nothing but a verb comes between.
    """
    if negations := count(text, least, start):
        return negations % 2 == 1
    return is_forbidden_after(text, end)


def is_forbidden_after(text: str, place: int) -> bool:
    """Whether a negation comes right after a place: 横版不要, 有字幕的帧不要用."""
    return AFTERWARDS.match(text, place) is not None


AFTERWARDS = as_pattern(
    rf"(?:[的图片封面版帧画镜头部分也就都一律请先\s:]|the|is|are|must|should|may|can|will|need|to|be)*(?:{NEGATION.pattern})"
)


def count(text: str, start: int = 0, end: int | None = None) -> int:
    """Negations that begin between two places of a text.

    One word that is two negations (少不了) counts as two. An exception spares what follows it from the
    negations after it (除了商品不要), not from those before.
    """
    end = len(text) if end is None else end
    found = [each for each in NEGATION.finditer(text) if start <= each.start() < end]
    doubled = [each for each in DOUBLED.finditer(text) if start <= each.start() < end]
    single = [each for each in found if not any(two.start() <= each.start() < two.end() for two in doubled)]
    return 2 * len(doubled) + len(single)
