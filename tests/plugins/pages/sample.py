"""A handful of covers, with everything that other datasets know of them, some of it hostile."""

import hashlib
import io
import json
import tempfile
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from data_contracts.catalog import COVERS, MEMORY_CRITERIA, OUTCOMES, PRODUCTS, VIDEOS
from data_contracts.store import Lake
from inference.covers.features import FEATURES
from tests.clips import write_clip

NOW = datetime.now(UTC)
HOSTILE = """<script>alert('1')</script>" onerror="x" javascript:alert(1) {{7*7}} '&"""
VIDEO_NAMES = ("travel_backpack.mp4", "保温杯_开箱.mp4", f"{HOSTILE}.mp4")
TITLES = (
    ("轻便旅行双肩包，说走就走", "20升大容量，出差一包搞定", "防泼水面料，雨天不怕", "只有0.8公斤"),
    ("12小时保温，早上泡晚上喝", "316不锈钢内胆", "一键开盖，单手就能喝", "小巧不占包"),
    (HOSTILE, "Second title", "Third title", "Fourth title"),
)
ATTEMPTS = [
    {
        "number": 1,
        "tried": "headline on the frame at 0:02.0",
        "why": "the best frame and title",
        "outcome": "dropped",
        "reasons": ["no face was found", HOSTILE],
        "cost_s": 1.25,
    },
    {
        "number": 2,
        "tried": "card on the frame at 0:03.8",
        "why": "another frame, for a face is wanted",
        "outcome": "chosen",
        "reasons": [],
        "cost_s": 0.75,
    },
]
SIZES = {"3:4": (540, 720), "1:1": (540, 540), "16:9": (640, 360)}


def make_covers() -> list[dict]:
    """3 videos × 2 generations × 4 candidates, without pictures in any store."""
    return [make_cover(video, generation, rank) for generation in (1, 2) for video in range(3) for rank in range(4)]


def fill(lake: Lake, covers: list[dict]) -> Lake:
    """A lake with covers and their pictures, products, outcomes, criteria and refused videos."""
    lake.write(VIDEOS, [video_row(number) for number in range(3)], run="test")
    lake.write(PRODUCTS, product_rows(), run="test")
    for cover in covers:
        for image in cover["images"]:
            assert lake.put_blob(picture(cover, image["ratio"])) == image["sha256"]
        for image in cover["webp_images"]:
            assert lake.put_blob(picture(cover, image["ratio"], "WEBP")) == image["sha256"]
    for clip in moving().values():
        lake.put_blob(clip)
    lake.write(COVERS, covers, run="test")
    lake.write(OUTCOMES, outcome_rows(covers), run="test")
    lake.write(MEMORY_CRITERIA, criterion_rows(), run="test")
    for name, reason in (("broken.mp4", "the file is empty"), (HOSTILE, "no picture stream: a sound file")):
        file = {"name": name, "uri": f"/landing/{name}", "fingerprint": "0"}
        lake.quarantine(VIDEOS, [file], rule="bad_media", reason=reason, run="scheduled__1")
    no_cover = {"video_id": digest("video", 9), "name": "no_face.mp4", "inputs_key": "k", "attempts": ATTEMPTS[:1]}
    lake.quarantine(COVERS, [no_cover], rule="no_cover", reason="show face: no face was found", run="scheduled__1")
    return lake


def digest(*parts: object, length: int = 16) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:length]


def video_row(number: int) -> dict:
    return {
        "video_id": digest("video", number),
        "name": VIDEO_NAMES[number],
        "uri": f"/landing/{number}.mp4",
        "fingerprint": "1",
        "sha256": digest("video", number, length=64),
        "size_bytes": 1000,
        "duration_s": 12.5,
        "width": 1920,
        "height": 1080,
        "rotation_deg": 0,
        "fps": 25.0,
        "variable_fps": False,
        "has_audio": True,
        "product_id": f"P{number}",
        "product_match": "catalogue",
    }


def product_rows() -> list[dict]:
    texts = (
        ("P0", "zh", "城市轻行双肩包 20L", "箱包"),
        ("P0", "en", "City Light Backpack 20 L", "bags"),
        ("P1", "zh", "随行保温杯 500ml", "水杯"),
        ("P2", "en", HOSTILE, "other"),
    )
    return [
        {
            "product_id": p,
            "language": language,
            "title": title,
            "category": category,
            "selling_points": [],
            "videos": [],
        }
        for p, language, title, category in texts
    ]


def make_cover(video: int, generation: int, rank: int) -> dict:
    identity = digest("cover", video, generation, rank)
    cover = {
        "cover_id": identity,
        "video_id": digest("video", video),
        "product_id": f"P{video}",
        "generation": generation,
        "rank": rank,
        "chosen": rank == 0,
        "score": 0.91 - 0.07 * rank - 0.05 * (generation == 1),
        "title": TITLES[video][rank],
        "title_source": ("model", "rule")[rank % 2],
        "language": "en" if video == 2 else "zh",
        "frame_time_s": 2.0 + 1.75 * rank,
        "images": [],
        "webp_images": [],
        "moving": moving_rows() if (generation, rank) == (2, 0) else None,
        "features": [{"name": f.name, "value": round(0.11 * (place + 1), 3)} for place, f in enumerate(FEATURES)],
        "inputs_key": digest("inputs", video, generation, length=64),
        "title_model": "title_copy 3",
        "criteria_version": generation - 1,
        "criteria_key": "none" if generation == 1 else "b1",
        "requirement": "标题不超过14个字",
        "record": "",
    }
    for ratio, (width, height) in SIZES.items():
        sha256 = hashlib.sha256(picture(cover, ratio)).hexdigest()
        cover["images"].append({"ratio": ratio, "sha256": sha256, "width": width, "height": height})
        if (generation, rank) == (2, 0):
            webp = hashlib.sha256(picture(cover, ratio, "WEBP")).hexdigest()
            cover["webp_images"].append({"ratio": ratio, "sha256": webp})
    cover["record"] = json.dumps(make_record(cover, video), ensure_ascii=False)
    return cover


@lru_cache
def moving() -> dict[str, bytes]:
    """A bright ball that crosses a dark ground in a second, by format."""
    frames = []
    for step in range(10):
        frame = Image.new("RGB", (180, 240), "#20242c")
        ImageDraw.Draw(frame).ellipse([20 + 10 * step, 100, 60 + 10 * step, 140], fill="#ffd166")
        frames.append(frame)
    with tempfile.TemporaryDirectory() as folder:
        mp4 = write_clip(Path(folder) / "ball.mp4", pictures=[np.asarray(frame) for frame in frames]).read_bytes()
    webp = io.BytesIO()
    frames[0].save(webp, "WEBP", save_all=True, append_images=frames[1:], duration=100, loop=0)
    return {"mp4": mp4, "webp": webp.getvalue()}


def moving_rows() -> list[dict]:
    place = {"width": 180, "height": 240, "start_s": 1.5, "end_s": 2.5}
    return [
        {"format": form, "sha256": hashlib.sha256(clip).hexdigest(), "bytes": len(clip), **place}
        for form, clip in moving().items()
    ]


def picture(cover: dict, ratio: str, form: str = "JPEG") -> bytes:
    """A drawn cover: sky, ground, a thing and two bars where a title would be; each one differs."""
    width, height = SIZES[ratio]
    seed = int(cover["cover_id"][:6], 16)
    hue = seed % 360
    image = Image.linear_gradient("L").resize((width, height))
    image = Image.merge(
        "HSV", (Image.new("L", image.size, hue * 255 // 360), image.point(lambda v: 60 + v // 3), image)
    )
    image = image.convert("RGB").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    draw = ImageDraw.Draw(image)
    centre, radius = (width * (0.35 + seed % 7 / 20), height * 0.42), height * 0.2
    draw.ellipse([centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius], fill="#f4efe6")
    for line in range(2):
        top = height * (0.74 + 0.1 * line)
        draw.rounded_rectangle([width * 0.08, top, width * (0.9 - 0.3 * line), top + height * 0.07], 8, fill="white")
    out = io.BytesIO()
    image.save(out, form, quality=85)
    return out.getvalue()


def make_record(cover: dict, video: int) -> dict:
    return {
        "video": {"name": VIDEO_NAMES[video], "video_id": cover["video_id"], "duration_s": 12.5},
        "product": {"product_id": f"P{video}", "title": "x", "price": 199.0},
        "plan": {
            "requirement": cover["requirement"],
            "tasks": [
                task("textual", "have_to_have", "title_max_chars", {"chars": 14}, "标题不超过14个字", "rule"),
                task("visual", "have_to_have", "show", {"subject": "face"}, HOSTILE, "rule"),
                task("layout", "better_to_have", "moving", {"seconds": None}, "", "model"),
            ],
            "constraints": {"ratio": "3:4", "title_max_chars": 14, "must_show": ["face"]},
            "conflicts": [],
            "unread": [HOSTILE],
        },
        "moving": {"checks": [check("text_readable", 5.1, 4.5, True, True, "")]}
        if cover["moving"]
        else {"reason": f"another candidate moves {HOSTILE}"},
        "trace_id": f"tr-{digest('trace', cover['cover_id'], length=32)}",
        "attempts": ATTEMPTS,
        "watched": [
            {"question": "Is there a face?", "answer": f"yes, {HOSTILE}", "frames": [2.0, 3.75], "by": "blazeface"}
        ],
        "demands": [
            {"wanted": "show product", "met": True, "found": "0.31 of the picture"},
            {"wanted": "no hands", "met": None, "found": HOSTILE},
        ],
        "frame": {
            "time_s": cover["frame_time_s"],
            "score": 0.82,
            "faults": ["reaching in or cut off"],
            "scores": {"sharpness": 0.91, "composition": 0.74, "product_visible": 0.88, "calm_area": 0.52},
            "considered": 50,
            "refused": {"dark": 4, "blurred": 7, "cross_fade": 2, HOSTILE: 1},
            "alternatives": [{"time_s": 4.25, "score": 0.79}, {"time_s": 9.0, "score": 0.61}],
        },
        "title": {
            "text": cover["title"],
            "source": cover["title_source"],
            "score": 0.77,
            "reasons": ["short enough", "every claim is in the catalogue"],
            "candidates": [
                {"text": text, "source": "model", "score": 0.77 - 0.1 * place, "kept": place < 2, "reasons": reasons}
                for place, (text, reasons) in enumerate(
                    zip(
                        TITLES[video],
                        (
                            ["short enough", "every claim is in the catalogue"],
                            ["names the size"],
                            ["claims “防泼水”, which the product's texts do not"],
                            [HOSTILE],
                        ),
                        strict=True,
                    )
                )
            ],
        },
        "style": "headline",
        "pictures": {
            ratio: {
                "file": f"cover_{ratio}.jpg",
                "width": width,
                "height": height,
                "text_boxes": [[width * 0.08, height * 0.74, width * 0.9, height * 0.81], [40, 500, 320, 550]],
                "face_boxes": [[width * 0.1, height * 0.1, width * 0.2, height * 0.25]],
                "product_box": [width * 0.3, height * 0.22, width * 0.7, height * 0.62],
                "checks": [
                    check("title_contrast", 8.2, 4.5, True, True, ""),
                    check("title_size", 0.062, 0.04, True, True, ""),
                    check("product_visible", 0.58, 0.6, False, False, "the title covers 2 % of the product"),
                ],
                "costs": {"covered_product": 0.12, "far_from_centre": 0.31, "small_text": 0.0},
                "route": "optimiser",
                "alternatives": {"optimiser": 0.43, "model": 0.97},
            }
            for ratio, (width, height) in SIZES.items()
        },
        "features": {item["name"]: item["value"] for item in cover["features"]},
        "score": {"total": cover["score"], "frame": 0.82, "title": 0.77, "layout": 0.9, "wishes": 0.1, "criteria": 0.4},
        "criteria": []
        if cover["generation"] == 1
        else [
            met_criterion("product_area", "Covers with a larger product", "商品占比更大的封面点击率更高", 0.012, True),
            met_criterion("title_y", f"Covers with {HOSTILE}", "标题在下方的封面点击率更高", 0.007, False),
        ],
        "refused_candidates": [{"style": "billboard", "title": TITLES[video][3], "reason": "text covers a face"}],
        "skipped": [{"task": "judge_look", "reason": "no vision-language model is on this machine"}],
        "models": {"language": "qwen2.5-coder-0.5b-instruct", "ocr": "pp-ocr"},
        "versions": {"criteria_version": cover["criteria_version"], "agent": 1},
        "cost_s": {"watch": 3.2, "frames": 2.1, "copy": 4.4, "layout": 1.9, "render": 0.8, "reflect": 0.3},
    }


def task(kind: str, need: str, what: str, parameters: dict, source: str, read_by: str) -> dict:
    return {
        "kind": kind,
        "need": need,
        "what": what,
        "parameters": parameters,
        "from": source,
        "read_by": read_by,
    }


def check(name: str, value: float, limit: float, passed: bool, mandatory: bool, reason: str) -> dict:
    return {"name": name, "passed": passed, "mandatory": mandatory, "value": value, "limit": limit, "reason": reason}


def met_criterion(feature: str, english: str, chinese: str, effect: float, met: bool) -> dict:
    identity = digest(feature, "all")
    return {"criterion_id": identity, "sentence_en": english, "sentence_zh": chinese, "effect": effect, "met": met}


def outcome_rows(covers: list[dict]) -> list[dict]:
    """Impressions of the covers of the first two videos; those of the first were simulated."""
    shown = [cover for cover in covers if cover["product_id"] in ("P0", "P1")]
    return [
        {
            "impression_id": f"{cover['cover_id']}-{view}",
            "video_id": cover["video_id"],
            "cover_id": cover["cover_id"],
            "clicked": view % (9 + 3 * cover["rank"]) == 0,
            "policy_version": "1",
            "propensity": 0.25,
            "position": view % 3,
            "network": "wifi",
            "device": "phone",
            "hour": view % 24,
            "shown_at": NOW - timedelta(hours=3),
            "simulated": cover["product_id"] == "P0",
        }
        for cover in shown
        for view in range(120 if cover["rank"] else 400)
    ]


def criterion_rows() -> list[dict]:
    told = (
        (
            "product_area",
            "all",
            0.012,
            0.004,
            "active",
            28,
            "商品占比更大的封面点击率更高",
            "Covers with a larger product",
        ),
        ("title_y", "all", 0.007, 0.0035, "active", 28, "标题在下方的封面点击率更高", "Covers with the title low"),
        ("text_area", "all", -0.009, 0.006, "active", 28, "文字更大的封面点击率更低", "Covers with larger text"),
        ("warmth", HOSTILE, 0.019, 0.013, "active", 28, HOSTILE, f"Covers with {HOSTILE}"),
        ("contrast", "箱包", 0.003, 0.008, "retired", 28, "对比更强的封面", "Covers with stronger contrast"),
        ("sharpness", "all", 0.004, 0.002, "active", -1, "画面更清晰的封面", "Covers with a sharper picture"),
    )
    return [
        {
            "criterion_id": digest(feature, scope),
            "feature": feature,
            "low": 0.2,
            "high": None,
            "scope": scope,
            "effect": effect,
            "interval_low": effect - half,
            "interval_high": effect + half,
            "support": 12345,
            "need": "have_to_have" if feature == "product_area" else "better_to_have",
            "status": status,
            "valid_from": NOW - timedelta(days=2),
            "valid_until": NOW + timedelta(days=days),
            "sentence_zh": chinese,
            "sentence_en": english,
            "click_model": "click_model 2",
            "outcomes_version": 1,
            "simulated": True,
        }
        for feature, scope, effect, half, status, days, chinese, english in told
    ]
