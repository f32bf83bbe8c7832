import hashlib
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from inference.watch import Budgets, BudgetTooSmall, DamagedSession, NoRoom, Session
from tests.inference.watch import reference, small
from tests.inference.watch.small import AMPLE, FRAME, MAKERS

QUESTION = "What is in her hand?"


@pytest.fixture(scope="module", params=MAKERS)
def model(request):
    return MAKERS[request.param]()


@pytest.fixture
def watched(model, tmp_path):
    """Twenty frames, a window of four, three blocks retrieved, and memory for five blocks: all tiers hold some."""
    budgets = Budgets(small.least_device_bytes(model, window=4, retrieve=3), 5 * model.block_shape().bytes, 1 << 28)
    with Session(model, tmp_path / "session", budgets, window_frames=4, retrieve_blocks=3, chunk_frames=4) as session:
        session.see_all(small.frames(20), small.times(20))
        yield session


def reference_of(model, window: int, retrieve: int, pixels: np.ndarray) -> reference.Reference:
    if model.model.config.model_type == "llava_onevision":
        places = reference.in_a_row(model.tokens_per_frame)
    else:
        places = reference.on_a_grid(FRAME[0] // 28, FRAME[1] // 28, 1)
    plain = reference.Reference(model.model, places, window, retrieve)
    plain.take_opening(model.embed_opening())
    for frame in model.embed_frames(pixels):
        plain.take_frame(frame)
    return plain


def test_a_window_that_covers_everything_gives_the_logits_of_full_attention(model, tmp_path):
    pixels = small.frames(12)
    with Session(model, tmp_path / "session", AMPLE, window_frames=13) as session:
        session.see_all(pixels, small.times(12))
        logits, retrieved = session.read(QUESTION)
    embeddings = torch.cat(
        [model.embed_opening(), model.embed_frames(pixels).flatten(0, 1)[None], model.embed_question(QUESTION)], dim=1
    )
    places = None
    if model.model.config.model_type == "qwen2_5_vl":
        opening, video, words = reference.on_a_grid(2, 3, 1)(model.embed_opening().shape[1], 12, len(logits))
        places = torch.tensor(opening + video + words).T[:, None]
    with torch.no_grad():
        hidden = model.language_model(inputs_embeds=embeddings, position_ids=places).last_hidden_state
        stock = model.model.lm_head(hidden)[0, -len(logits) :]
    assert retrieved == [[]] * small.LAYERS
    assert stock.abs().max() > 1
    assert (logits - stock).abs().max() <= 1e-4


@pytest.mark.parametrize("retrieve", [100, 3])
def test_retrieved_blocks_give_the_logits_of_the_reference(model, tmp_path, retrieve):
    pixels = small.frames(14)
    with Session(model, tmp_path / "session", AMPLE, window_frames=4, retrieve_blocks=retrieve) as session:
        session.see_all(pixels, small.times(14))
        logits, retrieved = session.read(QUESTION)
    plain = reference_of(model, 4, retrieve, pixels)
    expected = plain.ask(model.embed_question(QUESTION))
    assert retrieved == plain.retrieved
    assert {len(blocks) for blocks in retrieved} == {min(retrieve, 11)}
    assert (logits - expected).abs().max() <= 1e-4


def test_several_frames_in_one_forward_are_as_one_after_the_other(model, tmp_path):
    pixels, times = small.frames(15), small.times(15)
    with Session(model, tmp_path / "one", AMPLE, window_frames=4, retrieve_blocks=3) as session:
        for frame, time_s in zip(pixels, times, strict=True):
            session.see(frame, time_s)
        one_by_one, _ = session.read(QUESTION)
    with Session(model, tmp_path / "many", AMPLE, window_frames=4, retrieve_blocks=3, chunk_frames=6) as session:
        session.see_all(pixels, times)
        together, _ = session.read(QUESTION)
    assert (one_by_one - together).abs().max() <= 1e-4


def test_an_answer_continues_word_for_word_as_the_reference_would(model, tmp_path):
    pixels = small.frames(10)
    with Session(model, tmp_path / "session", AMPLE, window_frames=4, retrieve_blocks=2) as session:
        session.see_all(pixels, small.times(10))
        answer = session.ask(QUESTION, max_new_tokens=6)
    plain, expected, blocks = reference_of(model, 4, 2, pixels), [], None
    words = model.embed_question(QUESTION)
    for _ in range(6):
        word = plain.ask(words, blocks)[-1].argmax()
        blocks = plain.retrieved
        expected.append(int(word))
        words = torch.cat([words, model.embed_ids(word[None, None])], dim=1)
    assert answer.text == model.tokenizer.decode(expected, skip_special_tokens=True).strip()


def test_stored_bytes_are_those_of_the_keys_and_values_exactly(model, watched):
    tokens = 20 * model.tokens_per_frame
    expected = small.LAYERS * small.KV_HEADS * small.HEAD_DIM * 2 * 4 * tokens
    held = watched.tiers()
    assert held["memory"] + held["disk"] == expected
    assert held["disk"] == (watched.place.path / "blocks.bin").stat().st_size == expected * 15 // 20
    watched.save()
    assert (watched.place.path / "blocks.bin").stat().st_size == expected


def test_device_bytes_stay_flat_as_the_video_grows_tenfold(model, watched):
    before = watched.tiers()
    strip, opening = watched.window.strip.nbytes, watched.opening.nbytes
    watched.see_all(small.frames(180, seed=1), [10 + time_s for time_s in small.times(180)])
    after = watched.tiers()
    assert after["device"] == before["device"] == strip + opening == watched.window.strip.nbytes + opening
    assert after["memory"] == before["memory"]
    assert after["disk"] == 195 * model.block_shape().bytes


def test_a_saved_session_answers_bit_for_bit_the_same_and_sees_on(model, watched):
    logits, retrieved = watched.read(QUESTION)
    answer = watched.ask(QUESTION, max_new_tokens=8)
    watched.save()
    watched.close()
    more, times = small.frames(7, seed=2), [10 + time_s for time_s in small.times(7)]
    with Session.load(model, watched.place.path) as again:
        logits_again, retrieved_again = again.read(QUESTION)
        assert torch.equal(logits_again, logits)
        assert retrieved_again == retrieved
        assert again.ask(QUESTION, max_new_tokens=8) == answer
        again.see_all(more, times)
        continued, _ = again.read(QUESTION)
        again.save()
    watched.see_all(more, times)
    never_stopped, _ = watched.read(QUESTION)
    assert (continued - never_stopped).abs().max() <= 1e-5
    with Session.load(model, watched.place.path) as third:
        assert third.seen == 27
        assert torch.equal(third.read(QUESTION)[0], continued)


def test_asking_changes_nothing(watched):
    first = watched.ask(QUESTION, max_new_tokens=4)
    watched.ask("And what about the floor?", max_new_tokens=4)
    assert watched.ask(QUESTION, max_new_tokens=4) == first


def test_a_planted_frame_is_retrieved_by_every_layer(tmp_path):
    """The letter w means white to this model: its embedding is a white frame's, and queries are made like keys."""
    model = small.llava()
    white = np.full((48, 80, 3), 255, np.uint8)
    with torch.no_grad():
        for layer in model.language_model.layers:
            heads = layer.self_attn.k_proj.weight.unflatten(0, (small.KV_HEADS, 1, -1))
            layer.self_attn.q_proj.weight.copy_(heads.expand(-1, small.HEADS // small.KV_HEADS, -1, -1).flatten(0, 2))
            for part in (layer.self_attn.q_proj.bias, layer.self_attn.k_proj.bias):
                part.zero_()
            for part in (layer.self_attn.o_proj.weight, layer.mlp.down_proj.weight):
                part.mul_(0.2)
        word = model.tokenizer("w", add_special_tokens=False)["input_ids"][0]
        model.language_model.embed_tokens.weight[word] = model.embed_frames(white[None])[0].mean(0)
    for planted in (0, 9, 16):
        pixels = small.frames(24, seed=planted)
        pixels[planted] = white
        with Session(model, tmp_path / f"{planted}", AMPLE, window_frames=4, retrieve_blocks=1) as session:
            session.see_all(pixels, small.times(24))
            retrieved = session.read("w" * 60)[1]
            assert retrieved == [[planted]] * small.LAYERS
            assert session.ask("w" * 60, max_new_tokens=2).frames == (0.5 * planted,)


def test_budgets_too_small_name_the_least_that_does(model, tmp_path):
    block = model.block_shape().bytes
    least = small.least_device_bytes(model, window=4, retrieve=3)
    settings = {"window_frames": 4, "retrieve_blocks": 3, "chunk_frames": 4}
    with pytest.raises(BudgetTooSmall, match=f"device_bytes={least - 1} .* at least {least}"):
        Session(model, tmp_path / "session", Budgets(least - 1, block, 0), **settings)
    with pytest.raises(BudgetTooSmall, match=f"memory_bytes={block - 1} .* at least {block}"):
        Session(model, tmp_path / "session", Budgets(least, block - 1, 0), **settings)
    assert not (tmp_path / "session").exists()
    with Session(model, tmp_path / "session", Budgets(least, block, 0), **settings) as session:
        session.see(small.frames(1)[0], 0)
        before = session.ask(QUESTION, max_new_tokens=4)
        with pytest.raises(NoRoom, match="disk_bytes=0"):
            session.see(small.frames(1)[0], 1)
        assert session.ask(QUESTION, max_new_tokens=4) == before


def test_spare_device_bytes_hold_blocks_and_answers_stay_the_same(model, watched, tmp_path):
    block = model.block_shape().bytes
    budgets = Budgets(small.least_device_bytes(model, window=4, retrieve=3) + 6 * block, 4 * block, 1 << 28)
    settings = {"window_frames": 4, "retrieve_blocks": 3, "chunk_frames": 4}
    with Session(model, tmp_path / "three tiers", budgets, **settings) as session:
        session.see_all(small.frames(20), small.times(20))
        held = session.tiers()
        assert held["device"] == watched.tiers()["device"] + 6 * block
        assert (held["memory"], held["disk"]) == (4 * block, 10 * block)
        assert torch.equal(session.read(QUESTION)[0], watched.read(QUESTION)[0])


def test_a_full_disk_loses_no_answer_and_leaves_a_session_to_load(model, watched):
    watched.save()
    saved = watched.read(QUESTION)[0]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (watched.place.path / "blocks.bin").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + model.block_shape().bytes // 2, before[1]))
    try:
        with pytest.raises(NoRoom, match="full after 20 blocks"):
            watched.see_all(small.frames(40, seed=3), [10 + time_s for time_s in small.times(40)])
        seen, answered = watched.seen, watched.read(QUESTION)[0]
        with pytest.raises(NoRoom):
            watched.save()
        assert torch.equal(watched.read(QUESTION)[0], answered)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert seen >= 24
    watched.close()
    with Session.load(model, watched.place.path) as again:
        assert again.seen == 20
        assert torch.equal(again.read(QUESTION)[0], saved)
    watched.save()
    with Session.load(model, watched.place.path) as again:
        assert again.seen == seen
        assert torch.equal(again.read(QUESTION)[0], answered)


def test_a_killed_process_leaves_the_session_as_it_was_saved(tmp_path):
    """The process saves, goes on seeing with every block written to disk, and is killed in the middle of it."""
    folder = tmp_path / "session"
    process = subprocess.Popen([sys.executable, "-m", "tests.inference.watch.endless", str(folder)])
    blocks, model = folder / "blocks.bin", small.llava()
    enough = 40 * model.block_shape().bytes
    try:
        until = time.monotonic() + 300
        while not (folder / "saved").exists() or blocks.stat().st_size < enough:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with blocks.open("ab") as file:
        file.write(b"torn")
    with Session.load(model, folder) as session:
        assert session.seen == 10
        assert blocks.stat().st_size == 10 * session.shape.bytes
        digest = hashlib.sha256(session.read(QUESTION)[0].numpy().tobytes()).hexdigest()
        assert digest == (folder / "saved").read_text()
        session.see(small.frames(1)[0], 100)


def test_a_session_of_another_model_is_refused(watched, model):
    watched.save()
    watched.close()
    other = MAKERS[model.model.config.model_type](seed=1)
    with pytest.raises(DamagedSession, match="was made with another model"):
        Session.load(other, watched.place.path)


def test_damage_is_found_when_it_is_read(watched, model):
    watched.save()
    watched.close()
    blocks = watched.place.path / "blocks.bin"
    content = bytearray(blocks.read_bytes())
    content[:: model.block_shape().bytes // 8] = b"\xff" * len(content[:: model.block_shape().bytes // 8])
    blocks.write_bytes(content)
    with pytest.raises(DamagedSession, match="is damaged in layer"):
        Session.load(model, watched.place.path)
    blocks.write_bytes(content[:-1])
    with pytest.raises(DamagedSession, match="shorter than the 20 blocks"):
        Session.load(model, watched.place.path)


def test_an_open_session_is_not_opened_twice(watched, model):
    with pytest.raises(RuntimeError, match="is open on"):
        Session.load(model, watched.place.path)
    with pytest.raises(ValueError, match="already holds a session"):
        Session(model, watched.place.path, AMPLE)


def test_a_forward_that_fails_leaves_the_session_as_it_was(watched, model):
    before = watched.read(QUESTION)[0]

    def fail(*_):
        raise MemoryError("no room for activations")

    hook = model.language_model.layers[2].register_forward_pre_hook(fail)
    with pytest.raises(MemoryError):
        watched.see(small.frames(1)[0], 20)
    hook.remove()
    assert watched.seen == 20
    assert torch.equal(watched.read(QUESTION)[0], before)
    assert model.language_model.config._attn_implementation == "sdpa"


def test_bad_input_is_refused(watched, model, tmp_path):
    frame = small.frames(1)[0]
    for pixels in (frame[..., :2], frame.astype(np.float32), frame[:0], frame[0]):
        with pytest.raises(ValueError, match="a frame is height"):
            watched.see(pixels, 20)
    with pytest.raises(ValueError, match="times must rise"):
        watched.see(frame, 9.5)
    with pytest.raises(ValueError, match="times must rise"):
        watched.see(frame, float("nan"))
    with pytest.raises(ValueError, match="there is room for 1024"):
        watched.ask("?" * 2000)
    assert watched.seen == 20
    with Session(model, tmp_path / "new", AMPLE) as session, pytest.raises(ValueError, match="nothing to ask about"):
        session.ask(QUESTION)
    with pytest.raises(FileNotFoundError):
        Session.load(model, tmp_path / "nowhere")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_saves_and_answers_bit_for_bit(dtype, tmp_path):
    model = small.llava()
    model.model.to(dtype)
    with Session(model, tmp_path / "session", AMPLE, window_frames=4, retrieve_blocks=3) as session:
        session.see_all(small.frames(12), small.times(12))
        logits, _ = session.read(QUESTION)
        assert session.tiers()["device"] > 12 * session.shape.bytes == 12 * model.tokens_per_frame * 4 * 2 * 8 * 2 * 2
        session.save()
    with Session.load(model, session.place.path) as again:
        assert torch.equal(again.read(QUESTION)[0], logits)
    assert torch.isfinite(logits).all()
