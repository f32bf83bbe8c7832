"""The filters between the sources and the pairs, in the order they are applied.

A filter looks at one pair and answers with the pair (perhaps cleaned), or with a drop that names
the rule and says why. First what bounds the work and makes text of the text, then what may not be
in it at all, then what a title and its content must be to each other.
"""

from collections.abc import Callable

from training.corpora.content_title_pairs.filters.contact import holds_no_contact_details
from training.corpora.content_title_pairs.filters.form import (
    is_no_copy,
    is_no_list_of_codes,
    names_a_thing,
    says_nothing_twice,
)
from training.corpora.content_title_pairs.filters.hygiene import (
    holds_no_markup,
    is_cleansed,
    is_of_bearable_size,
    is_unbroken,
)
from training.corpora.content_title_pairs.filters.language import (
    has_content_in_its_language,
    is_in_its_language,
    speaks_a_language_we_write,
)
from training.corpora.content_title_pairs.filters.length import has_a_title_of_its_length, has_enough_content
from training.corpora.content_title_pairs.filters.personal_data import holds_no_personal_data
from training.corpora.content_title_pairs.filters.support import claims_only_its_content
from training.corpora.content_title_pairs.filters.wording import claims_nothing_absolute, holds_no_profanity
from training.corpora.content_title_pairs.pair import Drop, Pair

Filter = Callable[[Pair], Pair | Drop]


def apply_filters(pair: Pair) -> Pair | Drop:
    """The pair as the last filter left it, or the first drop."""
    for each in FILTERS:
        result = each(pair)
        if isinstance(result, Drop):
            return result
        pair = result
    return pair


FILTERS: tuple[Filter, ...] = (
    speaks_a_language_we_write,
    is_of_bearable_size,
    is_cleansed,
    is_unbroken,
    holds_no_markup,
    holds_no_contact_details,
    holds_no_personal_data,
    holds_no_profanity,
    is_in_its_language,
    has_content_in_its_language,
    has_enough_content,
    claims_nothing_absolute,
    claims_only_its_content,
    says_nothing_twice,
    has_a_title_of_its_length,
    is_no_list_of_codes,
    names_a_thing,
    is_no_copy,
)
