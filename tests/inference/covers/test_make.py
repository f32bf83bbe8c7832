import io
import re

import pytest
from PIL import Image

from inference.covers.coverset import CoverSet, Refused
from inference.covers.make import make_covers
from inference.covers.picture.legibility import READABLE_CONTRAST
from inference.covers.picture.style import RATIOS
from inference.covers.plan import Plan, read_requirement
from inference.covers.titles.checks import width
from inference.memory.criteria import Criterion
from inference.models import profile
from tests.inference.covers.conftest import CANDIDATES, FACTS, brief_of
from tests.inference.covers.samples import criterion


def make_one(clip, requirement: str = "", criteria: tuple[Criterion, ...] = (), model=None, candidates: int = 2):
    (result,) = make_covers([brief_of(clip)], read_requirement(requirement), criteria, model, candidates, moving=False)
    assert isinstance(result, CoverSet)
    return result


def test_a_broken_video_is_refused_and_the_rest_go_on(results, clips):
    face, broken, bikes = results
    assert isinstance(broken, Refused)
    assert "not a video" in broken.reason
    assert [face.brief.path, broken.brief.path, bikes.brief.path] == [clips.face, clips.broken, clips.bikes]
    assert len(face.covers) == len(bikes.covers) == CANDIDATES


def test_every_cover_is_a_picture_in_every_ratio(results):
    for cover in (*results[0].covers, *results[2].covers):
        assert cover.pictures.keys() == RATIOS.keys()
        for ratio, picture in cover.pictures.items():
            with Image.open(io.BytesIO(picture.jpeg)) as image:
                assert (image.format, image.size) == ("JPEG", RATIOS[ratio])
            with Image.open(io.BytesIO(picture.webp)) as image:
                assert (image.format, image.size) == ("WEBP", RATIOS[ratio])


def test_every_cover_passed_its_mandatory_checks(results):
    for cover in (*results[0].covers, *results[2].covers):
        for picture in cover.pictures.values():
            assert all(check.passed for check in picture.checks if check.mandatory)
            assert picture.read_exactly
            readable = next(check for check in picture.checks if check.name == "readable")
            assert readable.value >= READABLE_CONTRAST


def test_no_word_lies_on_a_face(made):
    pictures = [picture.layout for cover in made.covers for picture in cover.pictures.values()]
    assert any(layout.faces for layout in pictures)
    for layout in pictures:
        assert not any(
            block.outer.intersection(face).area for block in layout.blocks for face in (*layout.faces, *layout.heads)
        )


def test_candidates_differ_and_come_best_first(made):
    assert len({cover.cover_id for cover in made.covers}) == len(made.covers)
    assert len({cover.pictures["3:4"].jpeg for cover in made.covers}) == len(made.covers)
    scores = [cover.score for cover in made.covers]
    assert scores == sorted(scores, reverse=True)


def test_titles_by_rule_say_what_the_facts_say(made):
    assert {cover.title.source for cover in made.covers} == {"rule"}
    assert all(part in FACTS.everything for cover in made.covers for part in re.split("，", cover.title.text))


def test_the_same_inputs_give_the_same_bytes(made, clips):
    again = make_one(clips.face, candidates=len(made.covers))
    assert [cover.cover_id for cover in again.covers] == [cover.cover_id for cover in made.covers]
    assert [{r: p.jpeg for r, p in c.pictures.items()} for c in again.covers] == [
        {r: p.jpeg for r, p in c.pictures.items()} for c in made.covers
    ]


def test_a_requirement_is_met_by_every_cover(clips):
    covers = make_one(clips.face, "标题不超过8个字，要有主播，不标价格").covers
    assert covers
    for cover in covers:
        assert [demand.met for demand in cover.demands] == [True, True, True]
        assert width(cover.title.text, "zh") <= 8
        assert cover.features["price_shown"] == 0
        assert all(picture.layout.block("price") is None for picture in cover.pictures.values())


def test_what_clicks_taught_decides_the_order(results, clips):
    bikes = results[2]
    for asked in (criterion("price_shown", low=0.5), criterion("price_shown", high=0.5)):
        if not asked.met(bikes.covers[0].features):
            best = make_one(clips.bikes, criteria=(asked,), candidates=CANDIDATES).covers[0]
            assert asked.met(best.features)
            assert best.score > bikes.covers[0].score


def test_the_models_titles_are_judged_like_the_rules_ones(clips, monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    model = profile.language_model()
    result = make_one(clips.bikes, model=model, candidates=1)
    written = [title for title in result.titles if title.source == "model"]
    assert written
    assert not any(title.kept for title in written)  # random weights write nonsense
    assert all(title.reasons for title in written)
    assert result.covers[0].title.source == "rule"


def test_a_title_that_a_person_gave_is_the_title_whatever_the_rules_say(clips):
    brief = brief_of(clips.bikes, title="全网最低价！！！")
    (result,) = make_covers([brief], Plan(), (), None, candidates=1, moving=False)
    (cover,) = result.covers
    assert (cover.title.text, cover.title.source) == ("全网最低价！！！", "given")
    assert cover.title.reasons


@pytest.mark.parametrize("title", ["ﷺﷺ", "🙂"])
def test_a_title_that_the_fonts_lack_is_refused_with_the_reason(clips, title):
    (result,) = make_covers([brief_of(clips.bikes, title=title)], Plan(), (), None, candidates=1, moving=False)
    assert isinstance(result, Refused)
    assert "no candidate passed its checks" in result.reason


def test_no_videos_no_covers():
    assert list(make_covers([], Plan(), (), None, candidates=3)) == []
