"""A cover's record: every score and reason as plain JSON, for the lake, the gallery and ``cover.json``.

Boxes are left, top, right, bottom in pixels of their picture.
"""

from dataclasses import asdict
from typing import Any

from inference.covers.candidate import Cover, Picture
from inference.covers.coverset import Brief, CoverSet
from inference.covers.frames.select import FrameChoice
from inference.covers.make import AGENT_VERSION
from inference.covers.motion import MovingCover
from inference.covers.plan import Plan
from inference.covers.titles.facts import MAX_SPOKEN

DECIMALS = 4

MODELS = {
    "frames": "frame measures, blazeface, efficientnet-lite0",
    "burnt_in_text": "pp-ocr-v6-small",
    "fonts": "noto-sc",
}


def describe(
    made: CoverSet, cover: Cover, plan: Plan, title_model: str, criteria_version: int, skipped: dict[str, str]
) -> dict[str, Any]:
    """Everything that led to one cover. ``skipped`` names tasks not done and why."""
    short = outline(cover)
    return _rounded(
        {
            "cover_id": cover.cover_id,
            "trace_id": made.trace_id,
            "video": {"name": made.brief.name, "video_id": made.brief.video_id, "duration_s": made.brief.duration_s},
            "product": _product(made.brief),
            "known": _known(made.brief),
            "plan": describe_plan(plan),
            "watched": [asdict(answer) for answer in made.answers],
            "attempts": [asdict(attempt) for attempt in made.attempts],
            "demands": [asdict(demand) for demand in cover.demands],
            "frame": {
                **short["frame"],
                "scores": cover.frame.scores,
                "reasons": cover.frame.reasons,
                "considered": made.selection.considered,
                "refused": made.selection.refused,
                "cost_s": made.selection.cost_s,
                "alternatives": [_alternative(choice) for choice in made.selection.choices],
            },
            "title": {**asdict(cover.title), "candidates": [asdict(title) for title in made.titles]},
            "style": cover.style,
            "pictures": short["pictures"],
            "moving": _describe_moving(made.moving.get(cover.cover_id), made.unmoved),
            "features": cover.features,
            "score": short["score"],
            "criteria": [
                {
                    "criterion_id": each.criterion_id,
                    "sentence_zh": each.sentence_zh,
                    "sentence_en": each.sentence_en,
                    "effect": each.effect,
                    "met": each.met(cover.features),
                }
                for each in made.criteria
            ],
            "refused_candidates": [asdict(each) for each in made.dropped],
            "skipped": [{"task": task, "reason": reason} for task, reason in skipped.items()],
            "models": {"titles": title_model, **MODELS},
            "versions": {"criteria_version": criteria_version, "agent": AGENT_VERSION},
            "cost_s": made.cost_s,
        }
    )


def outline(cover: Cover, file_prefix: str = "") -> dict[str, Any]:
    """What sets one candidate of a video apart from the others. ``score`` adds up from its weighted parts."""
    return _rounded(
        {
            "cover_id": cover.cover_id,
            "frame": {
                "time_s": float(cover.frame.frame.time),
                "score": cover.frame.score,
                "faults": cover.frame.faults,
            },
            "title": {"text": cover.title.text, "source": cover.title.source, "score": cover.title.score},
            "style": cover.style,
            "pictures": {
                ratio: {"file": f"{file_prefix}{file_name(ratio)}", **_describe_picture(picture)}
                for ratio, picture in cover.pictures.items()
            },
            "score": {"total": cover.score, **cover.scores},
        }
    )


def describe_plan(plan: Plan) -> dict[str, Any]:
    """A plan's tasks with the spans they come from, and its constraints by the names that older records use."""
    return {
        **plan.describe(),
        "ratio": plan.ratio,
        "title_max_chars": plan.title_max_chars,
        "language": plan.language,
        "must_show": list(plan.must_show),
        "must_not_show": list(plan.must_not_show),
    }


def file_name(ratio: str, ending: str = "jpg") -> str:
    """``cover_3x4.jpg``"""
    return f"cover_{ratio.replace(':', 'x')}.{ending}"


def _product(brief: Brief) -> dict[str, Any] | None:
    if brief.product_id is None:
        return None
    facts = brief.facts
    return {"product_id": brief.product_id, "title": facts.title, "price": facts.price, "currency": facts.currency}


def _known(brief: Brief) -> dict[str, Any]:
    """What the video itself gave to write titles from."""
    facts = brief.facts
    spoken = facts.spoken[:MAX_SPOKEN] if facts.spoken else None
    return {"spoken": spoken, "on_screen": facts.on_screen, "file_words": facts.file_words}


def _alternative(choice: FrameChoice) -> dict[str, Any]:
    return {"time_s": float(choice.frame.time), "score": choice.score, "faults": choice.faults}


def _describe_moving(moving: MovingCover | None, unmoved: str) -> dict[str, Any]:
    """Of the loop without its bytes, or why there is none."""
    if moving is None:
        return {"reason": unmoved or "another candidate moves"}
    return {
        "start_s": moving.start_s,
        "end_s": moving.end_s,
        "fps": moving.fps,
        "width": moving.width,
        "height": moving.height,
        "loop": moving.loop,
        "bytes": {"mp4": len(moving.mp4), "webp": len(moving.webp)},
        "checks": [asdict(check) for check in moving.checks],
        "cost_s": moving.cost_s,
    }


def _describe_picture(picture: Picture) -> dict[str, Any]:
    layout = picture.layout
    return {
        "width": layout.width,
        "height": layout.height,
        "style": picture.style,
        "title_shown": layout.wording.title,
        "text_boxes": [block.outer.as_list() for block in layout.blocks],
        "face_boxes": [face.as_list() for face in layout.faces],
        "product_box": layout.product.as_list() if layout.product else None,
        "checks": [asdict(check) for check in picture.checks],
        "route": layout.route,
        "alternatives": layout.alternatives,
        "costs": layout.costs,
        "tried_before": picture.failures,
    }


def _rounded(value: Any) -> Any:
    """Numbers to four decimals, so that a record can be read."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value.item() if hasattr(value, "item") else value
