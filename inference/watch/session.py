"""A session: one video, watched once, asked any number of times, saved and taken up again.

session = Session(model, folder, Budgets(device_bytes=40 << 30, memory_bytes=60 << 30, disk_bytes=200 << 30))
session.see(pixels, time_s)                  # a frame as it comes; several at once: session.see_all(frames, times)
session.ask("What is in her hand?").text
session.save()
session.close()
session = Session.load(model, folder)        # asks, and sees on from where it was saved
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from inference.watch.answer import Answer, rank_frames
from inference.watch.asking import AskingStep
from inference.watch.budgets import Budgets, BudgetTooSmall
from inference.watch.disk import BlockFile, Entry, bytes_of, from_bytes
from inference.watch.encoding import EncodingStep, OpeningStep
from inference.watch.folder import Folder, Saved
from inference.watch.models import VisionLanguage
from inference.watch.retrieval import ImageTextEncoder, Representatives
from inference.watch.rotary import rotate
from inference.watch.tiers import Tiers
from inference.watch.window import Window

WINDOW_FRAMES = 64
"""Frames that see each other: 12.5 thousand tokens at 196 a frame; the paper's window is 15 thousand."""
RETRIEVE_BLOCKS = 64
"""Frames that a layer looks back at for a question, as in the paper."""
CHUNK_FRAMES = 8
"""Most frames in one forward of `see_all`."""
MOST_FRAMES = 8
"""Frames named by an answer: as many as a person looks through."""
WORDS = 1024
"""Tokens that there is room for in a question and its answer."""


class Session:
    """model: see `inference.watch.models`. folder: this session's own, made when it is not there.

    window_frames: how many frames see each other while they are encoded. retrieve_blocks: how many older ones each
    layer looks back at for a question, besides the window. encoder: chooses them for all layers (external retrieval)
    instead of each layer for itself (internal). Raises `BudgetTooSmall` naming what is needed at least, and ValueError
    when the folder already holds a session.
    """

    def __init__(
        self,
        model: VisionLanguage,
        folder: Path,
        budgets: Budgets,
        window_frames: int = WINDOW_FRAMES,
        retrieve_blocks: int = RETRIEVE_BLOCKS,
        chunk_frames: int = CHUNK_FRAMES,
        encoder: ImageTextEncoder | None = None,
    ) -> None:
        if window_frames < 1 or retrieve_blocks < 0 or chunk_frames < 1:
            raise ValueError("window_frames and chunk_frames are 1 or more, retrieve_blocks 0 or more")
        embeddings = model.embed_opening()
        saved = Saved(
            model=model.name,
            fingerprint=model.fingerprint(),
            encoder=encoder.name if encoder else "",
            blocks=0,
            opening_tokens=embeddings.shape[1],
            opening_sum=0,
            window_frames=window_frames,
            retrieve_blocks=retrieve_blocks,
            chunk_frames=chunk_frames,
            budgets=budgets,
        )
        place = Folder(Path(folder))
        if place.session.exists():
            raise ValueError(f"{folder} already holds a session; use Session.load, or another folder")
        self._lay_out(model, place, saved, encoder)
        step = OpeningStep(self.places, self.rotary)
        model.hidden(embeddings, step)
        self.opening = step.block()
        place.take()
        self.file.create()
        self._save_as(0, opening_sum=place.write_opening(bytes_of(self.opening).tobytes()))

    @classmethod
    def load(
        cls,
        model: VisionLanguage,
        folder: Path,
        budgets: Budgets | None = None,
        encoder: ImageTextEncoder | None = None,
    ) -> "Session":
        """The session as it was saved last; frames seen after that are gone. budgets: others than it had.

        Raises FileNotFoundError when there is none, RuntimeError when it is open elsewhere, and `DamagedSession` when
        it was made with another model or encoder, or is not whole.
        """
        place = Folder(Path(folder))
        saved = place.read(model.name, model.fingerprint(), encoder.name if encoder else "")
        place.take()
        session = cls.__new__(cls)
        try:
            if budgets:
                saved = replace(saved, budgets=budgets)
            session._lay_out(model, place, saved, encoder)
            session._take_up()
        except BaseException:
            place.release()
            raise
        return session

    @property
    def seen(self) -> int:
        """How many frames were taken in."""
        return len(self.times_s)

    def see(self, pixels: np.ndarray, time_s: float) -> None:
        """Takes in one frame [height, width, 3], RGB 0…255 of any size, shown `time_s` seconds into the video.

        Raises ValueError for other pixels or a time not after the last one, `NoRoom` when budgets or disk are full.
        """
        self.see_all(np.asarray(pixels)[None], [time_s])

    def see_all(self, pixels: np.ndarray, times_s: Sequence[float]) -> None:
        """Takes in frames [frames, height, width, 3], several in one forward. Raises as `see`; what came in, stays."""
        if len(pixels) != len(times_s):
            raise ValueError(f"{len(pixels)} frames come with {len(times_s)} times")
        self._check_times(times_s)
        at_once = min(self.window.chunk, self.store.most_at_once)
        for first in range(0, len(pixels), at_once):
            self._encode(np.asarray(pixels[first : first + at_once]), times_s[first : first + at_once])

    def ask(self, question: str, max_new_tokens: int = 64) -> Answer:
        """The model's answer, each word the likeliest; nothing that was seen changes.

        `Answer.frames` are times of the frames, retrieved or in the window, that most layers find likest the question.
        Raises ValueError before the first frame and for more words than there is room for.
        """
        embeddings = self.model.embed_question(question)
        step = self._asking(question, embeddings.shape[1] + max_new_tokens)
        ends, ids = self.model.ends(), []
        for _ in range(max_new_tokens):
            step.next_words(embeddings.shape[1])
            hidden = self.model.hidden(embeddings, step)
            chosen = self.model.logits(hidden[:, -1]).argmax(-1)
            if int(chosen) in ends:
                break
            ids.append(int(chosen))
            embeddings = self.model.embed_ids(chosen[None])
        text = self.model.tokenizer.decode(ids, skip_special_tokens=True).strip()
        chosen_by = self.encoder.name if self.encoder else "its own attention"
        frames = rank_frames(step.votes, self.times_s, MOST_FRAMES)
        return Answer(text, frames, f"{self.model.name}; frames found again by {chosen_by}")

    def read(self, question: str) -> tuple[torch.Tensor, list[list[int]]]:
        """Logits [tokens, vocabulary] of a question's tokens, and for each layer the blocks retrieved, by number."""
        embeddings = self.model.embed_question(question)
        step = self._asking(question, embeddings.shape[1])
        step.next_words(embeddings.shape[1])
        return self.model.logits(self.model.hidden(embeddings, step))[0], step.looked_back

    def tiers(self) -> dict[str, int]:
        """Bytes held now. device: the window, the opening and blocks there; memory and disk: blocks; representatives:
        what blocks stand for, in memory. Every block counts once, in the tier where it lives.
        """
        return {
            "device": self.window.bytes + self.opening.nbytes + self.store.on_device.bytes,
            "memory": self.store.in_memory.bytes,
            "disk": self.store.on_disk * self.shape.bytes,
            "representatives": self.representatives.bytes,
        }

    def save(self) -> None:
        """Writes what is not on disk yet, then that it counts. Raises `NoRoom`; the save before it stays good."""
        self.store.settle()
        for number in range(self.file.count, self.seen):
            self.file.append(self.store.block(number))
        self.file.sync()
        self._save_as(self.seen)

    def close(self) -> None:
        """Lets others open the folder. What was not saved is gone; the session is not to be used any more."""
        self.place.release()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _lay_out(self, model: VisionLanguage, place: Folder, saved: Saved, encoder: ImageTextEncoder | None) -> None:
        """Everything but what was seen. Raises `BudgetTooSmall`."""
        self.model, self.place, self.saved, self.encoder = model, place, saved, encoder
        self.shape = model.block_shape()
        self.places, self.rotary = model.places(saved.opening_tokens), model.rotary()
        self.times_s: list[float] = []
        spare = self._spare_device_bytes()
        vector_size = encoder.size if encoder else 0
        self.representatives = Representatives(
            self.shape.layers, self.shape.kv_heads * self.shape.head_dim, vector_size
        )
        self.file = BlockFile(place.path, self.shape, vector_size, saved.budgets.disk_bytes, self._entry)
        self.store = Tiers(self.shape, spare, saved.budgets.memory_bytes, model.device, self.file)
        self.window = Window(self.shape, saved.window_frames, saved.chunk_frames, model.device)

    def _spare_device_bytes(self) -> int:
        """What window, opening and a question leave of the device's budget. Raises `BudgetTooSmall`."""
        saved, budgets, shape = self.saved, self.saved.budgets, self.shape
        window = Window.bytes_needed(shape, saved.window_frames, saved.chunk_frames)
        asked_frames = saved.window_frames - 1 + saved.retrieve_blocks
        asked = (2 * saved.opening_tokens + asked_frames * shape.tokens + WORDS) * shape.token_bytes
        if window + asked > budgets.device_bytes:
            raise BudgetTooSmall(
                f"device_bytes={budgets.device_bytes} is too small: a window of {saved.window_frames} frames and "
                f"{saved.retrieve_blocks} retrieved ones need at least {window + asked}"
            )
        spare = budgets.device_bytes - window - asked
        if max(spare, budgets.memory_bytes) < shape.bytes:
            raise BudgetTooSmall(
                f"memory_bytes={budgets.memory_bytes} is too small: a frame of this model needs at least {shape.bytes}"
            )
        return spare

    def _take_up(self) -> None:
        """What was saved: index, opening, and the window worked out anew from its blocks."""
        content = self.place.read_opening(self.saved)
        size = (*self.shape.size[:3], self.saved.opening_tokens, self.shape.head_dim)
        self.opening = from_bytes(content, self.shape.dtype, size).to(self.model.device)
        entries = self.file.open(self.saved.blocks)
        self.times_s = [entry.time_s for entry in entries]
        if entries:
            rows = torch.from_numpy(np.stack([entry.representative for entry in entries]))
            vectors = torch.from_numpy(np.stack([entry.vector for entry in entries]))
            self.representatives.add(rows, vectors)
        self.store.start_at(self.seen)
        self.window.first_frame = max(0, self.seen - self.saved.window_frames + 1)
        for number in range(self.window.first_frame, self.seen):
            angles = self.rotary.angles(self.places.of_frames(number, 1))
            for layer in range(self.shape.layers):
                keys, values = self.store.read(layer, [number])
                self.window.write(layer, rotate(keys, angles), values)
            self.window.keep(1)

    def _encode(self, pixels: np.ndarray, times_s: Sequence[float]) -> None:
        """One forward. Nothing changes when it fails."""
        embeddings = self.model.embed_frames(pixels)
        vectors = [self.encoder.picture(one) for one in pixels] if self.encoder else np.empty((len(pixels), 0))
        self.store.make_room(len(pixels))
        self.window.make_room(len(pixels))
        step = EncodingStep(self.window, self.opening, self.places, self.rotary, self.seen, len(pixels))
        self.model.hidden(embeddings.flatten(0, 1)[None], step)
        self.representatives.add(step.vectors(), torch.as_tensor(np.asarray(vectors), dtype=torch.float))
        self.store.add(step.blocks())
        self.window.keep(len(pixels))
        self.times_s.extend(float(time_s) for time_s in times_s)

    def _asking(self, question: str, words: int) -> AskingStep:
        if not self.seen:
            raise ValueError("no frame was seen yet, so there is nothing to ask about")
        if words > WORDS:
            raise ValueError(f"question and answer take {words} tokens, and there is room for {WORDS}")
        outside = self.representatives.alike_outside(self.encoder.words(question)) if self.encoder else None
        return AskingStep(
            self.window,
            self.store,
            self.representatives,
            self.opening,
            self.places,
            self.rotary,
            self.saved.retrieve_blocks,
            words,
            outside,
        )

    def _check_times(self, times_s: Sequence[float]) -> None:
        for before, after in itertools.pairwise([*self.times_s[-1:], *times_s]):
            if not after > before:
                raise ValueError(f"a frame at {after} s comes after one at {before} s; times must rise")

    def _entry(self, number: int) -> Entry:
        representative, vector = self.representatives.of_block(number)
        return Entry(self.times_s[number], representative, vector)

    def _save_as(self, blocks: int, opening_sum: int | None = None) -> None:
        self.saved = replace(self.saved, blocks=blocks)
        if opening_sum is not None:
            self.saved = replace(self.saved, opening_sum=opening_sum)
        self.place.write(self.saved)
