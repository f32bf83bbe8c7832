import io

import numpy as np
import pytest
from PIL import Image

from inference.covers.attempts import UNSET
from inference.covers.candidate import LAYOUT_WEIGHT, WISHES_WEIGHT, Cover, Studio, Unfit, render_main, render_rest
from inference.covers.drafts import Draft
from inference.covers.features import FEATURES
from inference.covers.picture.style import RATIOS, STYLES, Wording
from inference.covers.plan import Plan, read_requirement
from inference.memory.criteria import Criterion
from tests.inference.covers.choices import choose, paint
from tests.inference.covers.samples import criterion, title

CALM = choose(paint(640, 480))
FACE = choose(paint(640, 480), faces=[((260, 120, 360, 250), (240, 90, 380, 280))])
TITLE = title("随行保温杯，一键开盖")


def draft(style: str = "headline", frame=CALM, price: str | None = None, text: str = TITLE.text) -> Draft:
    return Draft(frame, TITLE, Wording(text, "zh", None, price), style)


def render(drafted: Draft, *criteria: Criterion, requirement: str = "") -> Cover:
    return render_main(drafted, read_requirement(requirement), "0" * 16, criteria, Studio())


@pytest.fixture(scope="module")
def by_style() -> dict[str, Cover]:
    return {style: render_main(draft(style, FACE), Plan(), style, (), Studio()) for style in STYLES}


def test_only_the_main_picture_is_rendered_until_a_candidate_is_kept(by_style):
    cover = by_style["headline"]
    assert list(cover.pictures) == ["3:4"]
    whole = render_rest(cover, draft("headline", FACE), Studio())
    assert whole.pictures["3:4"] is cover.pictures["3:4"]
    for ratio, picture in whole.pictures.items():
        with Image.open(io.BytesIO(picture.jpeg)) as image:
            assert image.size == RATIOS[ratio]


def test_the_score_is_the_sum_of_its_named_parts(by_style):
    for cover in by_style.values():
        assert cover.score == pytest.approx(sum(cover.scores.values()))
        assert cover.scores.keys() == {"frame", "title", "layout", "wishes", "criteria"}
        assert cover.features.keys() == {feature.name for feature in FEATURES}


def test_a_cheaper_layout_earns_visibly_more(by_style):
    by_cost = sorted(by_style.values(), key=lambda cover: cover.pictures["3:4"].layout.cost)
    earned = [cover.scores["layout"] for cover in by_cost]
    assert earned == sorted(earned, reverse=True)
    assert 0 < earned[-1] < earned[0] < LAYOUT_WEIGHT
    assert earned[0] - earned[-1] > 0.1 * LAYOUT_WEIGHT


def test_a_criterion_turns_the_order_of_candidates_round():
    tops, bottoms = (
        [
            render(draft(style), *asked)
            for asked in ((), [criterion("title_y", high=0.5)], [criterion("title_y", low=0.5)])
        ]
        for style in ("masthead", "headline")
    )
    assert tops[0].features["title_y"] < 0.5 < bottoms[0].features["title_y"]
    assert tops[1].order < bottoms[1].order
    assert tops[2].order > bottoms[2].order
    assert tops[0].scores["criteria"] == bottoms[1].scores["criteria"] == 0


def test_the_requirement_comes_before_the_score():
    priced, bare = (
        render(draft(price=price), criterion("price_shown", low=0.5), requirement="不标价格")
        for price in ("¥129", None)
    )
    assert priced.score > bare.score
    assert priced.order > bare.order


def test_a_wish_moves_the_score_and_a_demand_does_not():
    wished, demanded = (render(draft(), requirement=text) for text in ("最好有主播", "要有主播"))
    assert wished.scores["wishes"] == 0
    assert demanded.scores["wishes"] == WISHES_WEIGHT
    assert [demand.unmet for demand in (*wished.demands, *demanded.demands)] == [False, True]


def test_the_title_is_read_back_in_the_style_that_stays():
    picture = render(draft("poster")).pictures["3:4"]
    assert picture.read_exactly
    assert [check.name for check in picture.checks].count("title_read_back") == 1
    assert picture.failures == ()


def test_placement_and_emphasis_overrule_the_style():
    high = render(Draft(CALM, TITLE, Wording(TITLE.text, "zh"), "headline", placement="top"))
    low = render(Draft(CALM, TITLE, Wording(TITLE.text, "zh"), "masthead", placement="bottom"))
    assert high.features["title_y"] < 0.5 < low.features["title_y"]
    plain, large = (
        render(Draft(CALM, TITLE, Wording("保温杯", "zh"), "card", emphasis=emphasis)) for emphasis in (None, "title")
    )
    sizes = [cover.pictures["3:4"].layout.title.runs[0].size for cover in (plain, large)]
    assert sizes[1] > 1.1 * sizes[0]


def test_words_stay_readable_on_stripes_as_fine_as_strokes():
    stripes = np.zeros((480, 640, 3), np.uint8)
    stripes[:, [x for x in range(640) if x % 8 < 4]] = 255
    cover = render(draft("quiet", choose(stripes)))
    assert all(check.passed for check in cover.pictures["3:4"].checks if check.mandatory)


def test_a_frame_without_room_for_words_leaves_no_candidate():
    crowd = [((50, 50, 200, 250), (20, 10, 230, 300)), ((250, 350, 420, 560), (230, 300, 450, 620))]
    full = choose(paint(480, 640), faces=crowd, texts=[(10, 590, 470, 630), (10, 5, 470, 40)])
    with pytest.raises(
        Unfit, match=r"3:4: poster: largest share of a face under text.+; card: .+; headline: .+; label"
    ):
        render(draft("poster", full, text="随行保温杯一键开盖单手就能喝十二小时长效保温"))


@pytest.mark.parametrize("text", ["ﷺ", "🙂🙂"])
def test_words_that_cannot_be_set_leave_no_candidate(text):
    with pytest.raises(Unfit, match=r"3:4: quiet: .+; card: .+; headline: .+; label: ") as unfit:
        render(draft("quiet", text=text))
    assert unfit.value.problems == (UNSET,)
