"""Watching: what a plan wants to know of a video is asked, and who answered is said.

Where the profile names a model that understands video, it watches the whole of it once and answers
from its memory (ReKV); elsewhere faces, burnt-in text, main objects and speech answer. What either saw
is kept under ``HOME/watched``, so that asking again needs no second look.
"""

import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from data_contracts import settings
from inference.covers.frames.select import FrameChoice, FrameSelection
from inference.covers.plan import Plan
from inference.media import decode
from inference.media.answers import MediaWatcher
from inference.media.evidence import Sighting, is_legible
from inference.media.time import MediaTime
from inference.models import profile
from inference.models.profile import WatchChoice
from inference.watch.answer import Answer

if TYPE_CHECKING:
    from inference.covers.coverset import Brief
    from inference.watch import Session
    from inference.watch.models import VisionLanguage as WatchModel

log = logging.getLogger(__name__)

FEWEST_LOOKS, MOST_LOOKS, SECONDS_PER_LOOK = 8, 24, 15
"""Frames, spread evenly, that are looked at where no model watches: a third of a second each."""

LOOK_WIDTH = 640
"""Pixels at which captions are read and faces found."""

NOTES_VERSION = 1
"""Raised when looking at a frame notes something else, so that videos are looked at anew."""

FRAMES_AT_ONCE = 8
"""Frames that a model sees in one forward."""

SAVE_EVERY = 16
"""Forwards after which what was seen is saved, so that a killed task goes on and does not begin again."""

NOTES = "notes"
"""Folder of what was noted without a model: a few kilobytes a video."""

WHOLE = "whole"
"""File in a session's folder once it has seen its video to the end."""

TOPICS = {
    "face": ("哪里有人脸？有几个人？", "Where is a face seen, and how many people are there?"),
    "product": ("商品在哪里看得最清楚？", "Where is the product seen best?"),
    "price": ("价格出现在哪里？", "Where is a price shown?"),
    "text": ("画面上有什么文字？", "What text is on screen?"),
    "hand": ("哪里有“手”？", "Where is a “hand” seen?"),
    "eyes_open": ("哪里眼睛是睁开的？", "Where are the eyes open?"),
    "expression": ("哪里在笑？", "Where is somebody smiling?"),
}
"""What is asked about what a plan names, in Chinese and English."""

SAME_TOPIC = {"person": "face", "show_price": "price", "hide_price": "price"}


class Watcher(Protocol):
    """Has seen a video and answers questions about it."""

    def ask(self, question: str) -> Answer: ...


@dataclass(frozen=True)
class Answered:
    """A question and its answer. ``frames`` are times in seconds, those that weigh most first; ``by`` says
    which model, or which evidence, answered."""

    question: str
    answer: str
    frames: tuple[float, ...]
    by: str


def watch(brief: "Brief", plan: Plan, selection: FrameSelection) -> tuple[Answered, ...]:
    """The questions that a plan raises about a video, and a few that are always asked, with their answers.

    ``selection`` lends what was found in the chosen frames. Raises ``BadMedia`` when the video cannot
    be decoded, ``BudgetTooSmall`` when the profile gives its model less room than one frame takes, and
    ``NoRoom`` when the disk has none for the first.
    """
    questions = ask_about(plan, plan.language or brief.language, brief.facts.title)
    with _watcher(brief, selection) as watcher:
        answers = [watcher.ask(question) for question in questions]
    log.info("%s: %d questions answered by %s", brief.name, len(answers), answers[-1].by)
    return tuple(
        Answered(question, answer.text, answer.frames, answer.by)
        for question, answer in zip(questions, answers, strict=True)
    )


def ask_about(plan: Plan, language: str, title: str | None = None) -> tuple[str, ...]:
    """Questions in zh or en, each once: what is shown, what is said of the product, then what the plan names."""
    place = 0 if language == "zh" else 1
    said = ("关于“{}”说了什么？", "What is said about “{}”?") if title else ("视频里说了什么？", "What is said?")
    shown = ("视频里拍了什么？", "What is shown in the video?")
    questions = [shown[place], said[place].format(title), TOPICS["product"][place]]
    for topic in _topics(plan):
        unusual = (f"哪里有“{topic}”？", f"Where is “{topic}” seen?")
        questions.append(TOPICS.get(topic, unusual)[place])
    return tuple(dict.fromkeys(questions))


def _topics(plan: Plan) -> Iterator[str]:
    """What the plan's tasks are about, as far as a video can be asked about it."""
    for task in plan.tasks:
        topic = task.parameters.get("subject", task.what) if task.kind == "visual" else task.what
        topic = SAME_TOPIC.get(topic, topic)
        if topic in TOPICS or "subject" in task.parameters:
            yield topic


@contextmanager
def _watcher(brief: "Brief", selection: FrameSelection) -> Iterator[Watcher]:
    folder = settings.load().home / "watched"
    choice, model = profile.load().watch, profile.watch_model()
    if choice is None or model is None:
        yield _open_notes(brief, selection, folder / NOTES / f"{brief.video_id}-{NOTES_VERSION}")
        return
    with _watched(brief, model, choice, folder_of(folder, choice, brief.video_id)) as session:
        yield session
    _forget(folder, choice.kept_gb)


def folder_of(home: Path, choice: WatchChoice, video_id: str) -> Path:
    """Where a model's session of a video lies."""
    return home / re.sub(r"\W+", "-", choice.model).strip("-") / video_id


@contextmanager
def _watched(brief: "Brief", model: "WatchModel", choice: WatchChoice, folder: Path) -> "Iterator[Session]":
    """A session that has seen the video to its end, or as far as there was room. What an earlier run saw is not
    watched again."""
    from inference.watch import NoRoom

    with _take_up(model, choice, folder) as session:
        whole = folder / WHOLE
        try:
            if not whole.exists():
                _see_rest(session, brief.path, choice.frames_per_s)
                whole.touch()
        except NoRoom as error:
            if not session.times_s:
                raise
            log.warning("%s was watched up to %.0f s: %s", brief.name, session.times_s[-1], error)
        os.utime(folder)
        yield session


def _take_up(model: "WatchModel", choice: WatchChoice, folder: Path) -> "Session":
    from inference.watch import Budgets, DamagedSession, Session

    budgets = Budgets(*(int(gigabytes * 1e9) for gigabytes in (choice.device_gb, choice.memory_gb, choice.disk_gb)))
    try:
        return Session.load(model, folder, budgets)
    except FileNotFoundError:
        pass
    except DamagedSession as error:
        log.warning("the video is watched again: %s", error)
    shutil.rmtree(folder, ignore_errors=True)
    return Session(model, folder, budgets, choice.window_frames, choice.retrieve_blocks)


def _see_rest(session: "Session", path: Path, frames_per_s: float) -> None:
    """Watch on from the last frame that was seen, saving now and then."""
    seen_s = session.times_s[-1] if session.times_s else -1.0
    coming = (frame for frame in decode.frames(path, 1 / frames_per_s, LOOK_WIDTH) if float(frame.time) > seen_s)
    for number, frames in enumerate(iter(lambda: list(islice(coming, FRAMES_AT_ONCE)), []), 1):
        session.see_all(np.stack([frame.image for frame in frames]), [float(frame.time) for frame in frames])
        if number % SAVE_EVERY == 0:
            session.save()
    session.save()


def _forget(folder: Path, kept_gb: float) -> None:
    """Delete the sessions that were not used for longest, until the rest takes no more than allowed."""
    sessions = [each for each in folder.glob("*/*") if each.parent.name != NOTES]
    sessions.sort(key=lambda each: -each.stat().st_mtime)
    held = 0
    for place, session in enumerate(sessions):
        held += sum(file.stat().st_size for file in session.rglob("*"))
        if place and held > kept_gb * 1e9:
            log.info("forgetting what was watched of %s", session.name)
            shutil.rmtree(session, ignore_errors=True)


def _open_notes(brief: "Brief", selection: FrameSelection, folder: Path) -> MediaWatcher:
    """The notes of a video, made if there are none, with what is known of the chosen frames and what is said."""
    watcher = _read_notes(folder)
    if watcher is None:
        watcher = MediaWatcher()
        for pixels, time_s in _spread(brief.path, brief.duration_s):
            watcher.see(pixels, time_s)
        watcher.save(folder)
    for choice in selection.choices:
        watcher.note(as_sighting(choice))
    watcher.hear(brief.words, brief.facts.spoken)
    return watcher


def _read_notes(folder: Path) -> MediaWatcher | None:
    try:
        return MediaWatcher.load(folder)
    except FileNotFoundError:
        return None
    except ValueError as error:
        log.warning("%s cannot be read, so the video is looked at anew: %s", folder, error)
        return None


def _spread(path: Path, duration_s: float | None) -> Iterator[tuple[np.ndarray, float]]:
    """Frames in the middle of equal stretches of a video."""
    length_s = duration_s or decode.probe(path).duration_s
    looks = min(MOST_LOOKS, max(FEWEST_LOOKS, round(length_s / SECONDS_PER_LOOK)))
    times = [MediaTime.from_seconds((place + 0.5) * length_s / looks) for place in range(looks)]
    for frame in decode.frames_at(path, times, LOOK_WIDTH):
        yield frame.image, float(frame.time)


def as_sighting(choice: FrameChoice) -> Sighting:
    """What is known of a chosen frame."""
    area = choice.frame.width * choice.frame.height
    return Sighting(
        time_s=float(choice.frame.time),
        faces=tuple(sorted((face.box.area / area for face in choice.faces), reverse=True)),
        writing=tuple(dict.fromkeys(line.text.strip() for line in choice.texts if is_legible(line.text, line.score))),
        subject=choice.product.area / area if choice.product else None,
    )
