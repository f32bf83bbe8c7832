import pytest

from training.corpora.content_title_pairs.filters.clean_english import without_unsupported_words

CONTENT = (
    "keeps drinks hot for 12 hours, no drip. steel travel flask with leak-proof lid, black, 500 ml, usb 2.0 compliant. "
    "fits ipod and case, color, dvd, coffee maker, network phone system"
)


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("Steel Travel Flask tf500x", "Steel Travel Flask"),
        ("Acme Steel Travel Flask", "Steel Travel Flask"),
        ("Steel Travel Flask 24", "Steel Travel Flask"),
        ("Acme 10-Cup Coffee Maker", "Coffee Maker"),
        ("Coffee Maker 5.0 ml", "Coffee Maker"),
        ("Steel Flask 40' Black", "Steel Flask Black"),
        ("Steel Flask 25.0 cu. ft. Black", "Steel Flask Black"),
        ("Steel Flask 4 x 6 cm Black", "Steel Flask Black"),
        ("Steel Flask (24 hours) Black", "Steel Flask Black"),
        ("Steel Flask (Acme Pro)", "Steel Flask"),
        ("Color Coffee Maker 9", "Color Coffee Maker"),
        ("Steel Flask Series 6", "Steel Flask"),
        ("Steel Flask 2nd Generation", "Steel Flask"),
        ("Steel Drip Flask", "Steel Flask"),  # the content denies it
        ("Steel Travel Flask in Pink", "Steel Travel Flask"),
        ("Steel Travel Flask Pink Finish", "Steel Travel Flask"),
        ("Steel Flask for iPhone and iPod", "Steel Flask for iPod"),
        ("Steel Flask for iPod & iPhone", "Steel Flask for iPod"),
        ("Steel Flask w/ Strap", "Steel Flask"),
        ("Steel Flask with Strap and Lid", "Steel Flask with Lid"),
        ("Steel Flask - Acme", "Steel Flask"),
        ("Steel Flask, Acme, Black", "Steel Flask, Black"),
        ("Acme: Steel Flask", "Steel Flask"),
        ("DVD/VCR Steel Flask", "DVD Steel Flask"),
        ("Steel Flask without Strap", "Steel Flask"),
        ("Acme Coffee 3.0 Maker", "Coffee Maker"),
        ("Steel Flask/Case 24", "Steel Flask/Case"),
        ("Travel Flask Series 500 ml", "Travel Flask 500 ml"),
        ("Hot USB 2.0 Steel Flask", "Hot USB Steel Flask"),
        ("Acme Steel Flask with a Strainer", "Steel Flask"),
    ],
)
def test_what_the_content_lacks_goes_with_all_that_hung_on_it(title, cleaned):
    assert without_unsupported_words(title, CONTENT) == cleaned


@pytest.mark.parametrize(
    "title",
    [
        "Acme Steel Travel Mug",  # the noun is gone
        "Acme Ultra Flask",  # a word alone is left
        "Acme Ultra Thermo Pro Steel Flask",  # most of it was about something else
        "Acme Alarm System",  # an alarm system without its alarm is another thing
        "Acme 2008",
    ],
)
def test_what_no_longer_reads_is_no_title(title):
    assert without_unsupported_words(title, CONTENT) is None


def test_a_negation_does_not_outlive_what_it_denies():
    assert without_unsupported_words("Steel Flask, No Plastic", CONTENT) == "Steel Flask"
    assert without_unsupported_words("Steel Flask, No Plastic Lid", CONTENT) is None  # no lid it would say
