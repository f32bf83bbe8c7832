"""Which role a block plays, from its words, its size against the others', its place and what it stands on."""

import re
from collections.abc import Sequence

from inference.media.geometry import Box
from inference.models.layout import Role
from training.corpora.layout_annotations.embedded import prices
from training.corpora.layout_annotations.embedded.blocks import Block

CALL = re.compile(
    r"(?:立即|马上|点击|立刻|限时|免费|现在|一键|赶紧|抓紧|即刻|我要)"
    r"(?:购买|抢购|下单|领取|参与|拼团|查看|了解|试用|体验|预订|预约|预定|加入|抢|咨询|报名|开抢|订购|购|领)"
    r"|(?:选购|购买|抢购|下单|加购)$|去看看|去逛逛|加入购物车|了解更多|查看详情|抢先|点击.{0,4}$|^(?:购买|下单|抢购)"
    r"|^(?:shop|buy|order|get|learn|grab|add|pre-?order|try|start|claim|book|join|discover|explore|see|find"
    r"|sign|subscribe|download|reserve|view|order|click|tap)\b",
    re.IGNORECASE,
)
SHORT_CALL = re.compile(r"[购买抢领拼]")
"""On a button of its own, one of these characters is enough."""

CALL_LENGTH = {"zh": 8, "en": 20}
TWO_SCRIPTS = re.compile(r"^[A-Z][A-Za-z]+\s*[\u4e00-\u9fff]{1,4}$")
"""A name in Latin letters and in Chinese is a brand's."""

APART = 2.5
"""Em around a block that are free of others, where it stands apart."""

PEER = 0.08
"""Difference in size up to which blocks are set alike."""

SAYS_MORE = 1.4
"""Times the characters of the next longest that a subheadline has among blocks set alike."""

BESIDE = 2.5
"""Em of the headline between it and its subheadline at most."""

NO_NAME = re.compile(r"[\d，。！？、%!?]")
"""No brand's name holds one of these."""

BRAND_LENGTH = {"zh": 8, "en": 18}
SUBHEADLINE_LENGTH = {"zh": 7, "en": 20}
"""Characters that a call and a brand have at most, and a subheadline at least."""

Roles = dict[int, Role]


def assign(blocks: Sequence[Block], framed: Sequence[bool]) -> list[Role]:
    """A role for each block; ``framed`` tells which stand on a panel or in a frame of their own."""
    roles: dict[int, Role] = {}
    for number, block in enumerate(blocks):
        if prices.names_price(block.text):
            roles[number] = Role.PRICE
        elif _is_call(block, framed[number]):
            roles[number] = Role.CALL_TO_ACTION
    rest = [number for number in range(len(blocks)) if number not in roles]
    for role, choose in ((Role.HEADLINE, _headline), (Role.BRAND, _brand), (Role.SUBHEADLINE, _subheadline)):
        chosen = choose(blocks, framed, [number for number in rest if number not in roles], roles)
        if chosen is not None:
            roles[chosen] = role
    return [roles.get(number, Role.SELLING_POINT) for number in range(len(blocks))]


def _is_call(block: Block, framed: bool) -> bool:
    text = block.text.strip()
    if block.bulleted or re.search(r"\d", text) or len(text) > CALL_LENGTH[block.language]:
        return False
    return bool(CALL.search(text) or (framed and SHORT_CALL.search(text)))


def _headline(blocks: Sequence[Block], framed: Sequence[bool], rest: Sequence[int], roles: Roles) -> int | None:
    return max(rest, key=lambda number: (blocks[number].size, -blocks[number].box.top), default=None)


def _brand(blocks: Sequence[Block], framed: Sequence[bool], rest: Sequence[int], roles: Roles) -> int | None:
    """The short name that stands first, last or apart; in two scripts it is one anywhere."""
    marks = {number: _brand_marks(blocks, number, framed, roles) for number in rest if _may_be_name(blocks[number])}
    best = max(marks, key=lambda number: marks[number], default=None)
    return best if best is not None and marks[best] >= 1 else None


def _may_be_name(block: Block) -> bool:
    text = block.text
    return (
        len(block.lines) == 1
        and not block.bulleted
        and len(text) <= BRAND_LENGTH[block.language]
        and not NO_NAME.search(text)
    )


def _brand_marks(blocks: Sequence[Block], number: int, framed: Sequence[bool], roles: Roles) -> float:
    """How much speaks for a brand; from 1 on it is one."""
    block, others = blocks[number], [*blocks[:number], *blocks[number + 1 :]]
    words = [blocks[other] for other in range(len(blocks)) if other != number and roles.get(other) is not Role.PRICE]
    first = all(block.box.bottom <= other.box.top + 0.3 * other.size for other in words)
    apart = _is_apart(block, others)
    return (
        2.0 * bool(TWO_SCRIPTS.match(block.text))
        + 1.5 * apart
        + 1.2 * first
        + 1.0 * _is_imprint(blocks, number, framed, roles)
        - 0.5 * (framed[number] and not apart)
    )


def _is_imprint(blocks: Sequence[Block], number: int, framed: Sequence[bool], roles: Roles) -> bool:
    """Whether a block closes the poster, after its price, its call or points in frames."""
    block = blocks[number]
    above = [other for other in range(len(blocks)) if blocks[other].box.bottom <= block.box.top + 0.3 * block.size]
    if len(above) < len(blocks) - 1 or not above:
        return False
    nearest = max(above, key=lambda other: blocks[other].box.bottom)
    return framed[nearest] or roles.get(nearest) in (Role.PRICE, Role.CALL_TO_ACTION)


def _is_apart(block: Block, others: Sequence[Block]) -> bool:
    """Whether a block stands away from all others, as a badge or an imprint does."""
    around = block.box.grown(*[APART * block.size] * 4)
    return all(around.intersection(other.box).area == 0 for other in others)


def _subheadline(blocks: Sequence[Block], framed: Sequence[bool], rest: Sequence[int], roles: Roles) -> int | None:
    """The largest of what is left beside the headline; of several alike, one that says far more than the others."""
    plain = [number for number in rest if not framed[number] and not blocks[number].bulleted]
    headline = next((blocks[number] for number, role in roles.items() if role is Role.HEADLINE), None)
    if not plain or headline is None:
        return None
    largest = max(blocks[number].size for number in plain)
    alike = sorted(
        (number for number in plain if blocks[number].size > (1 - PEER) * largest),
        key=lambda number: -len(blocks[number].text),
    )
    if len(alike) > 1 and len(blocks[alike[0]].text) < SAYS_MORE * len(blocks[alike[1]].text):
        return None
    best = blocks[alike[0]]
    near = _distance(best.box, headline.box) < BESIDE * headline.size
    return alike[0] if near and len(best.text) >= SUBHEADLINE_LENGTH[best.language] else None


def _distance(one: Box, other: Box) -> float:
    """Pixels of height between two boxes, one over the other."""
    return max(one.top - other.bottom, other.top - one.bottom, 0.0)
