import pytest

from training.corpora.content_title_pairs.filters.hygiene import (
    MOST_CONTENT,
    MOST_TITLE,
    cleanse,
    holds_no_markup,
    is_cleansed,
    is_of_bearable_size,
    is_unbroken,
)
from training.corpora.content_title_pairs.pair import Pair

CONTENT = "This steel travel flask holds 500 ml."


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Steel &amp; Cork Flask", "Steel & Cork Flask"),
        ("Steel &amp;lt;b&amp;gt;Flask", "Steel Flask"),
        ("Steel &amp;amp;lt;b&gt;Flask", "Steel &lt;b>Flask"),  # left for the markup rule
        ("Steel &lt;b&gt;Flask&lt;/b&gt;", "Steel Flask"),
        ("AT&T Phone & Case; Black", "AT&T Phone & Case; Black"),
        ("<p>Steel flask</p><ul><li>500 ml</li><li>lid</li></ul>", "Steel flask\n500 ml\nlid"),
        ("Flask <!-- hidden -->with lid", "Flask with lid"),
        ("Lid < 5 cm, flask > 20 cm", "Lid < 5 cm, flask > 20 cm"),
        ("Steel\u200b Fl\u00adask\ufeff", "Steel Flask"),
        ("\u202eSteel Flask\u202c", "Steel Flask"),
        ("不锈钢\u200f杯", "不锈钢杯"),
        ("Steel\x00Flask\x07 \x1b", "Steel Flask"),
        ("Steel\tFlask \u3000 Lid", "Steel Flask Lid"),
        ("Acme® Steel™ Flask 🔥★", "Acme Steel Flask"),
        ("不锈钢杯🔥🔥", "不锈钢杯"),
        ("Keeps 58 °C", "Keeps 58 °C"),
        ("first\r\nsecond\u2028third", "first\nsecond\nthird"),
        ("samsung 40 ' lcd , black", "samsung 40' lcd, black"),
        ("lg 25.0 cu . ft. refrigerator ( white )", "lg 25.0 cu. ft. refrigerator (white)"),
        ("cd-r / - rw/mp3/aac / wma receiver", "cd-r/- rw/mp3/aac/wma receiver"),
        ("combo w / built-in tuner", "combo w/ built-in tuner"),
        ("f/3 .5 -5.6 lens, 24 ,000 hz", "f/3.5-5.6 lens, 24,000 hz"),
        ("cuisinart 12 - cup coffee maker", "cuisinart 12-cup coffee maker"),
        ("sony kdl 40 - black", "sony kdl 40 - black"),
        ("he said 'yes' to 5 'stars'", "he said 'yes' to 5 'stars'"),
        ("保温杯 ， 500毫升", "保温杯 ， 500毫升"),
    ],
)
def test_what_is_harmless_is_cleaned_out(text, clean):
    assert cleanse(text) == clean


@pytest.mark.parametrize(
    "text", ["Steel Flask, 500 ml", "12小时保温的不锈钢杯", "Café au Lait Bowl", "line one\nline two"]
)
def test_clean_text_stays_as_it_is(text):
    pair = Pair(text, text.splitlines()[0], "en", "catalogue")
    assert is_cleansed(pair) is pair


def test_a_cleansed_title_is_one_line_and_remembers_how_it_began():
    pair = is_cleansed(Pair(CONTENT, "Steel<br>Flask", "en", "catalogue"))
    assert (pair.title, pair.cleaned_from) == ("Steel Flask", "Steel<br>Flask")
    assert is_cleansed(Pair(f"{CONTENT}\u200b", "Steel Flask", "en", "catalogue")).cleaned_from is None


@pytest.mark.parametrize(
    "title",
    ["<script>x()</script> Flask", "< SCRIPT >Flask", "<a href='x'>Flask</a>", "<style>b{}</style>Flask", "<iframe>"],
)
def test_code_and_links_are_refused_before_their_tags_could_go(title):
    assert is_cleansed(Pair(CONTENT, title, "en", "catalogue")).rule == "markup"


@pytest.mark.parametrize(
    "title", ["See www.example.com", "https://a.b/c", "{{title}} Flask", "Flask &lt;b&gt;", "<b Flask"]
)
def test_markup_that_is_left_is_refused(title):
    assert holds_no_markup(Pair(CONTENT, title, "en", "catalogue")).rule == "markup"


@pytest.mark.parametrize(
    "title", ["Lid < 5 cm; Flask", "Flask: 500 ml", "R&D Lab Coat; White", "3 <4> 5", "保温杯：500毫升"]
)
def test_signs_that_are_no_markup_pass(title):
    pair = Pair(CONTENT, title, "en", "catalogue")
    assert holds_no_markup(pair) is pair


@pytest.mark.parametrize(
    "title", [f"Fl{chr(0xDC80)}sk", "Fl\ufffdsk", "Itâ€™s a Flask", "CafÃ© Bowl", "锟斤拷不锈钢杯"]
)
def test_lost_characters_are_refused(title):
    drop = is_unbroken(Pair(CONTENT, title, "en", "catalogue"))
    assert drop.rule == "encoding"
    assert drop.detail.encode("utf-8")


@pytest.mark.parametrize("title", ["Café Bowl", "Âme de Pique", "Ångström Lamp", "烫发棒"])
def test_accents_are_no_lost_characters(title):
    pair = Pair(CONTENT, title, "en", "catalogue")
    assert is_unbroken(pair) is pair


@pytest.mark.parametrize(
    ("title", "content", "kept"),
    [
        ("a" * MOST_TITLE, CONTENT, True),
        ("a" * (MOST_TITLE + 1), CONTENT, False),
        ("Flask", "a" * MOST_CONTENT, True),
        ("Flask", "a" * (MOST_CONTENT + 1), False),
    ],
    ids=["title", "long title", "content", "long content"],
)
def test_size(title, content, kept):
    result = is_of_bearable_size(Pair(content, title, "en", "catalogue"))
    assert isinstance(result, Pair) == kept
    if not kept:
        assert str(len(max(title, content, key=len))) in result.detail
