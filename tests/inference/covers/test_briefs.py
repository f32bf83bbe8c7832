import pytest

from data_contracts.catalog import COVERS, PRODUCTS, TRANSCRIPTS, VIDEOS
from data_contracts.errors import BadMedia
from inference.covers.briefs import brief_of_file, not_yet_tried, read_briefs, with_files, words_of_name
from tests.inference.covers.samples import product_row, transcript_row, video_row


@pytest.fixture
def shop(lake):
    """A video of a product described in two languages, and one of nothing known."""
    rows = [video_row(lake, "cup.mp4", b"cup", "p1"), video_row(lake, "红裙 试穿.mp4", b"dress", None)]
    lake.write(VIDEOS, rows, "run")
    lake.write(PRODUCTS, [product_row("zh", "随行保温杯"), product_row("en", "Travel Mug")], "run")
    lake.write(TRANSCRIPTS, [transcript_row(rows[0], "en", "it keeps tea hot for hours")], "run")
    return lake


def brief(lake, name: str, circumstances: str = ""):
    (found,) = read_briefs(lake, [name], circumstances)
    return found


def test_a_product_is_described_in_the_language_that_is_spoken(shop):
    cup = brief(shop, "cup.mp4")
    assert (cup.language, cup.facts.title, cup.facts.spoken) == (
        "en",
        "Travel Mug",
        "it keeps tea hot for hours",
    )
    assert (cup.product_id, cup.facts.price_tag, cup.duration_s) == ("p1", "¥129", 2.0)


def test_a_video_of_nothing_known_has_the_words_of_its_name(shop):
    dress = brief(shop, "红裙 试穿.mp4")
    assert (dress.language, dress.product_id, dress.facts.file_words) == ("zh", None, ("红裙", "试穿"))


def test_videos_are_found_by_name_or_id_and_unknown_ones_named(shop):
    everything = read_briefs(shop, [], "")
    assert len(everything) == 2
    assert read_briefs(shop, [everything[1].video_id], "") == [everything[1]]
    with pytest.raises(ValueError, match=r"no such video: a\.mp4, z\.mp4"):
        read_briefs(shop, ["z.mp4", "cup.mp4", "a.mp4"], "")


def test_the_key_holds_still_until_an_input_changes(shop):
    key = brief(shop, "cup.mp4").key
    other = brief(shop, "红裙 试穿.mp4").key
    assert brief(shop, "cup.mp4").key == key != other

    keys = {key, brief(shop, "cup.mp4", "another requirement").key}
    shop.write(PRODUCTS, [product_row("en", "Travel Mug", price=99.0)], "run")
    keys.add(brief(shop, "cup.mp4").key)
    (video,) = shop.read(VIDEOS, where="name = 'cup.mp4'").to_pylist()
    shop.write(TRANSCRIPTS, [transcript_row(video, "en", "other words")], "run")
    keys.add(brief(shop, "cup.mp4").key)
    assert len(keys) == 4
    assert brief(shop, "红裙 试穿.mp4").key == other


def test_what_was_refused_is_not_tried_again_from_the_same_inputs(shop):
    briefs = read_briefs(shop, [], "")
    assert not_yet_tried(shop, briefs) == briefs
    shop.quarantine(COVERS, [{"inputs_key": briefs[0].key}], "no_cover", "no frame", "run")
    assert not_yet_tried(shop, briefs) == [briefs[1]]
    assert len(not_yet_tried(shop, read_briefs(shop, [], "another requirement"))) == 2


def test_files_are_at_hand_while_they_are_needed(shop):
    with with_files(shop, read_briefs(shop, [], "")) as briefs:
        assert {brief.name: brief.path.read_bytes() for brief in briefs} == {
            "cup.mp4": b"cup",
            "红裙 试穿.mp4": b"dress",
        }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IMG_20260101_120000.MOV", ()),
        ("VID-20260101-WA0007.mp4", ()),
        ("微信视频20260101.mp4", ()),
        ("coffee machine final v2 1080p.mp4", ("coffee", "machine")),
        ("红裙_试穿-副本.mp4", ("红裙", "试穿")),
        ("2026.mp4", ()),
    ],
)
def test_only_words_that_somebody_chose_count(name, words):
    assert words_of_name(name) == words


def test_a_file_alone_says_what_it_can(clips):
    face = brief_of_file(clips.face, None, "now")
    assert (face.name, face.facts.file_words, face.facts.spoken) == ("talking face.mp4", ("talking", "face"), None)
    assert face.language == "en"
    assert face.duration_s == pytest.approx(1, abs=0.2)

    given = brief_of_file(clips.face, "一个标题", "now")
    assert (given.title, given.language, given.video_id) == ("一个标题", "zh", face.video_id)
    assert len({face.key, given.key, brief_of_file(clips.face, None, "later").key}) == 3


def test_a_file_that_is_no_video_is_bad_media(clips, tmp_path):
    with pytest.raises(BadMedia, match="not a video"):
        brief_of_file(clips.broken, None, "")
    with pytest.raises(FileNotFoundError):
        brief_of_file(tmp_path / "gone.mp4", None, "")
