import numpy as np
import pytest

from inference.media import evidence
from inference.media.evidence import Passage, Sighting
from inference.models.speech import Word
from tests.clips import photograph


def words(*spoken: tuple[str, float, float]) -> list[Word]:
    return [Word(text, start, end) for text, start, end in spoken]


def test_a_frame_is_noted_with_its_face_its_text_and_its_object():
    import cv2

    picture = photograph("astronaut.png", 512)
    cv2.putText(picture, "BIG SALE", (150, 490), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 255, 255), 5)
    seen = evidence.look(picture, 2.5)
    assert seen.time_s == 2.5
    assert len(seen.faces) == 1
    assert 0.01 < seen.faces[0] < 0.2
    assert "BIGSALE" in "".join(seen.writing).replace(" ", "").upper()
    assert seen.subject is None or 0 < seen.subject <= 1


def test_an_empty_frame_shows_nothing():
    assert evidence.look(np.full((180, 320, 3), 128, np.uint8), 0.0) == Sighting(0.0)


def test_a_line_is_noted_once_with_every_time_it_is_seen():
    sightings = [Sighting(4.0, writing=("新品",)), Sighting(1.0, writing=("新品", "¥99")), Sighting(2.0)]
    assert evidence.read_writing(sightings) == [
        Passage("新品", "screen", (1.0, 4.0)),
        Passage("¥99", "screen", (1.0,)),
    ]


def test_sentences_end_at_full_stops_and_pauses():
    spoken = words(("这是", 0.0, 0.4), ("保温杯。", 0.4, 1.0), ("很", 1.1, 1.2), ("好用", 1.2, 1.6), ("走吧", 3.0, 3.4))
    assert evidence.cut_into_sentences(spoken) == [
        Passage("这是保温杯。", "speech", (0.0,)),
        Passage("很好用", "speech", (1.1,)),
        Passage("走吧", "speech", (3.0,)),
    ]


def test_english_words_keep_their_spaces_and_endless_speech_is_cut():
    spoken = words(*(("again", number * 0.3, number * 0.3 + 0.3) for number in range(40)))
    sentences = evidence.cut_into_sentences(spoken)
    assert " ".join(each.text for each in sentences) == " ".join(["again"] * 40)
    assert all(len(each.text) <= evidence.LONGEST + len(" again") for each in sentences)
    assert len(sentences) > 1


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("大家好。这是保温杯！", ["大家好。", "这是保温杯！"]),
        ("It holds 1.5 litres. It stays hot", ["It holds 1.5 litres.", "It stays hot"]),
        (None, []),
        ("  ", []),
    ],
)
def test_a_transcript_without_times_is_cut_at_its_full_stops(text, sentences):
    assert evidence.cut_text(text) == [Passage(sentence, "speech") for sentence in sentences]
