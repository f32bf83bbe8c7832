import pytest

from data_contracts.settings import REPOSITORY
from inference.media.catalogue import read_products
from inference.media.matching import match_products

PRODUCTS = read_products(str(REPOSITORY / "infra" / "samples" / "products.csv"))
FROTHER, BICYCLE = "p007", next(row["product_id"] for row in PRODUCTS if "bikes.mp4" in row["videos"])

CASES = [
    ("bikes.mp4", "", (BICYCLE, "catalogue")),
    ("BIKES.MP4", "", (BICYCLE, "catalogue")),
    ("live_p007-take2.mp4", "", (FROTHER, "file_name")),
    ("clip_p0071.mp4", "", (None, "none")),
    ("take 3.mp4", "这只杯子倒进牛奶，按一下，四十五秒就打出细密的奶泡，冷奶热奶都行", (FROTHER, "content")),
    ("IMG.mov", "A bicycle for riding to work in the city, light and easy to carry", (BICYCLE, "content")),
    ("cars.mp4", "", (None, "none")),
    ("great_wall.mp4", "", (None, "none")),
    ("x.mp4", "客厅一定要装修吊顶吗？经常活动的区域会有种压抑感", (None, "none")),
    ("x.mp4", "", (None, "none")),
]


@pytest.fixture(scope="module")
def matches():
    videos = [{"video_id": str(number), "name": name} for number, (name, _, _) in enumerate(CASES)]
    said = {str(number): {"text": text, "screen_text": []} for number, (_, text, _) in enumerate(CASES)}
    return match_products(videos, said, PRODUCTS)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{name} {text[:12]}" for name, text, _ in CASES])
def test_a_video_is_tied_by_name_or_by_clear_content_only(matches, number):
    assert matches[number] == CASES[number][2]


def test_without_a_catalogue_nothing_is_tied():
    assert match_products([{"video_id": "v", "name": "bottles.mp4"}], {}, []) == [(None, "none")]
