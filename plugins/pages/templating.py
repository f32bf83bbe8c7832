"""Templates in, pages out. Everything that comes from data is escaped: titles and file names are untrusted."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, Environment, FileSystemLoader

STATIC = {path.name: path for path in sorted((Path(__file__).parent / "static").iterdir())}
NOTHING = "–"
Number = int | float


def render(template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A page. A key that a record lacks is shown as nothing, for old records stay while their format grows."""
    return HTMLResponse(ENVIRONMENT.get_template(template).render(context), status_code)


def number(value: Any, digits: int = 2) -> str:
    """1234.5 as 1,234.5: at most so many digits behind the point, none of them a needless zero."""
    if not isinstance(value, Number):
        return NOTHING if value is None or isinstance(value, ChainableUndefined) else str(value)
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def score(value: Any) -> str:
    """Two digits always, so that a column of them can be compared at a glance."""
    return f"{value:,.2f}" if isinstance(value, Number) else NOTHING


def percent(value: Any, digits: int = 1) -> str:
    return f"{value * 100:.{digits}f} %" if isinstance(value, Number) else NOTHING


def points(value: Any, digits: int = 2) -> str:
    """A difference of probabilities in percentage points, with its sign."""
    if not isinstance(value, Number):
        return NOTHING
    return f"{value * 100:+.{digits}f}".replace("-", "−") if round(value * 100, digits) else "0"


def moment(value: Any) -> str:
    """A time within a video: minutes, seconds and tenths."""
    if not isinstance(value, Number):
        return NOTHING
    minutes, tenths = divmod(round(value * 10), 600)
    return f"{minutes}:{tenths // 10:02}.{tenths % 10}"


def day(value: datetime) -> str:
    return value.strftime("%Y-%m-%d")


def minute(value: datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M UTC")


def share(value: Any, of: Any = 1.0) -> float:
    """A length in percent, 0 to 100, of a bar for a value."""
    if not isinstance(value, Number) or not isinstance(of, Number) or of <= 0:
        return 0.0
    return round(100 * min(1.0, max(0.0, value / of)), 2)


def words(name: Any) -> str:
    """An identifier as words."""
    return str(name).replace("_", " ")


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=ChainableUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals["version"] = hashlib.sha256(b"".join(path.read_bytes() for path in STATIC.values())).hexdigest()[:8]
ENVIRONMENT.filters |= {f.__name__: f for f in (number, score, percent, points, moment, day, minute, share, words)}
