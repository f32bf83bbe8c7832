import pytest

from inference.media.catalogue import read_products
from training.corpora.content_title_pairs.sources import from_products
from training.title_copy.scores.invention import Names


def pair(title: str, content: str, group: str) -> dict:
    return {"title": title, "content": content, "group": group}


SHOP = [
    pair("sony black tv stand rm40", "a stand for 40' sets, black finish", "a"),
    pair("sony cordless phone", "cordless phone with caller id", "b"),
    pair("black camera case", "nylon case for sony cameras, made in Yunnan", "c"),
    pair("portable radio", "portable fm radio, two Duracell cells, two cells", "d"),
    pair("portable speaker", "portable bluetooth speaker", "e"),
]


BRANDS = (
    "alpine altec apple audiovox belkin blueant bose bracketron canon coby cuisinart danby delonghi denon "
    "electrolux elgato escort fellowes frigidaire garmin ge griffin haier hoover ihome jabra kensington "
    "kenwood kitchenaid klipsch lacie lg linksys logitech lowepro maytag mitsubishi monster motorola netgear "
    "nikon nintendo nyko olympus omnimount onkyo panasonic peerless pioneer plantronics polk samsung sanus "
    "sennheiser sennheisser sharp sirius sony speck terk tivo tomtom toshiba transcend tripp uniden weber "
    "whirlpool yamaha"
)


@pytest.mark.parametrize(
    ("title", "numbers", "brands", "attributes"),
    [
        ("cordless phone", (), (), ()),
        ("sony cordless phone", (), ("sony",), ()),  # begins titles of two groups
        ("black cordless phone", (), (), ("black",)),  # stands anywhere in titles
        ("portable cordless phone", (), (), ("portable",)),  # begins titles, but only describes
        ("duracell cordless phone", (), ("duracell",), ()),  # always with a capital, within a sentence
        ("uniden cordless phone", (), ("uniden",), ()),  # stands nowhere in the shop
        ("bluetooth cordless phones", (), (), ("bluetooth",)),
        ("cordless phone kx920 with 3 lines", ("3 lin", "kx920"), ("lines",), ()),
        ("phone with callerid40", ("callerid40",), (), ()),
        ("cordless phone made in yunnan", (), ("yunnan",), ("made",)),
    ],
)
def test_what_is_invented_is_sorted(title, numbers, brands, attributes):
    found = Names.of(SHOP).sort(title, SHOP[1]["content"])
    assert (found.numbers, found.brands, found.attributes) == (numbers, brands, attributes)


def test_the_order_of_pairs_changes_nothing():
    assert Names.of(SHOP) == Names.of(SHOP[::-1])


def test_a_title_before_it_was_cleaned_names_brands_too():
    cleaned = [pair("tv stand", "a stand", "a") | {"cleaned_from": "sanus tv stand"}, pair("sanus arm", "an arm", "b")]
    assert Names.of(cleaned).brands == {"sanus"}
    assert not Names.of([each | {"cleaned_from": None} for each in cleaned]).brands


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("dect 6.0 cordless phone", ()),
        ("dect 6 cordless phone", ("6 cordles",)),
        ("1.9 cordless phones", ("1.9 cordles",)),
        ("dect 1.9 cordless phone", ("1.9 cordles",)),
    ],
)
def test_a_number_may_keep_the_word_before_it_or_what_it_counts(title, numbers):
    assert Names.of([]).sort(title, "dect 6.0 1.9 ghz expandable cordless phone").numbers == numbers


@pytest.mark.parametrize(("title", "numbers"), [("nsaw190 speaker", ()), ("nsaw19 speaker", ("nsaw19",))])
def test_a_part_number_without_its_hyphen_is_no_invention_and_half_of_one_is(title, numbers):
    assert Names.of([]).sort(title, "speaker ns-aw190 in black").numbers == numbers


def test_a_chinese_bound_is_a_number_like_others():
    assert Names.of([]).sort("不到300克的吹风机", "吹风机重380克").numbers == ("不到300 克",)


@pytest.mark.parametrize(
    ("title", "brands", "attributes"),
    [("华为充电头灯", ("华为",), ()), ("耐克头灯", ("耐克",), ()), ("防水充电头灯", (), ("防水",))],
)
def test_chinese_brands_are_those_of_the_dictionary(title, brands, attributes):
    found = Names.of([]).sort(title, "这只头灯充电一次用6小时，充电头灯")
    assert (found.brands, found.attributes) == (brands, attributes)


def test_the_brands_of_a_real_shop(shared_data):
    """The words found were read by a person: all but one are brands."""
    products = read_products(str(shared_data / "products" / "abt_buy_en.csv"))
    pairs = [pair(each.title, each.content, each.product_id) for each in from_products(products)]
    names = Names.of(pairs)
    assert names.brands - set(BRANDS.split()) == {"tech"}  # of Tech Craft
    assert len(names.brands) == 70
    told = next(each for each in pairs if each["title"].startswith("sony") and "sony" not in each["content"])
    assert "sony" in names.sort(told["title"], told["content"]).brands
