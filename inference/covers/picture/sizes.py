"""How large each role is set, beside the title and at least."""

from inference.covers.picture.style import Style
from inference.covers.picture.typography import Role

SHARES: dict[Role, float] = {
    "subheadline": 0.5,
    "selling_point": 0.4,
    "price": 0.5,
    "call_to_action": 0.4,
    "brand": 0.32,
}
"""Em of each role as a share of the title's."""

EMPHASIS = 1.75
"""An emphasised role is so many times as large."""

SMALLEST: dict[Role, float] = {
    "title": 0.055,
    "subheadline": 0.045,
    "selling_point": 0.042,
    "price": 0.05,
    "call_to_action": 0.042,
    "brand": 0.036,
}
"""Least em of each role as a share of the canvas's short side; below it a thumbnail cannot be read."""


def share_of(role: Role, style: Style) -> float:
    """Em of a role in a style, as a share of the title's."""
    return SHARES.get(role, 1.0) * (EMPHASIS if style.emphasis == role else 1.0)
