import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.covers.titles.claims import find_unsupported
from tests.training.title_copy.trainings import sample_pairs
from training.title_copy.examples import as_rows
from training.title_copy.variants import vary

BRANDS = ("garmin", "nikon", "sony", "yamaha")
CAMERA = {
    "example_id": "c1",
    "title": "Sony black camera DSCW150B",
    "content": "SONY dscw150 black camera DSCW150B 8.1 megapixels 1080p 4gb card red-eye correction super steady shot "
    "image stabilisation for 2000 shots $199",
}
LAMP = {
    "example_id": "l1",
    "title": "充一次用60小时的头灯xk2020",
    "content": "头灯xk2020充一次用60小时，电机110000转。头带可拆洗，夜里走路看得远。雨天也能用",
}


def variants(pair: dict, epochs: int = 30) -> list[dict]:
    return [vary(pair, epoch, BRANDS) for epoch in range(1, epochs + 1)]


def test_the_first_epoch_shows_pairs_as_they_are():
    assert vary(CAMERA, 0, BRANDS) == CAMERA


def test_the_same_epoch_shows_the_same_and_others_show_others():
    assert variants(CAMERA) == variants(CAMERA)
    assert len({each["title"] for each in variants(CAMERA)}) > 20


def test_the_brand_is_another_one_in_both_texts_in_the_same_letters():
    for varied in variants(CAMERA):
        brand = varied["title"].split()[0]
        assert brand in ("Garmin", "Nikon", "Yamaha")
        assert varied["content"].startswith(brand.upper())


def test_part_numbers_are_others_and_one_stays_the_beginning_of_the_other():
    for varied in variants(CAMERA):
        code = varied["title"].split()[-1]
        assert code != "DSCW150B"
        assert code.isupper()
        assert len(code) == 8
        if len(varied["content"].split()) > 1 and varied["content"].split()[1].isalnum():
            assert varied["content"].split()[1] in (code[:-1].lower(), "black")


def test_what_a_thing_can_do_keeps_its_numbers():
    whole = [each["content"] for each in variants(CAMERA)]
    assert any("1080p" in content for content in whole)
    assert any("4gb" in content for content in whole)
    assert any("8.1 megapixels" in content for content in whole)
    assert any("110000转" in each["content"] for each in variants(LAMP))
    assert all("60小时" in each["title"] for each in variants(LAMP))


@pytest.mark.parametrize("pair", [CAMERA, LAMP], ids=["en", "zh"])
def test_a_stretch_that_the_title_does_not_draw_on_is_left_out(pair):
    lengths = {len(each["content"]) for each in variants(pair)}
    assert min(lengths) < len(pair["content"])
    assert all(not find_unsupported(each["title"], each["content"]) for each in variants(pair))


@given(st.sampled_from(as_rows(sample_pairs())), st.integers(1, 9))
def test_no_variant_of_a_real_pair_claims_more_than_its_content(pair, epoch):
    varied = vary(pair, epoch, BRANDS)
    assert not find_unsupported(varied["title"], varied["content"])
    assert varied["content"]
    assert {name: varied[name] for name in pair if name not in ("title", "content")} == {
        name: pair[name] for name in pair if name not in ("title", "content")
    }
