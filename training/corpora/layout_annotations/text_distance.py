"""How far one text is from another: the character error rate, which evaluation and verification share."""

import unicodedata


def character_error_rate(truth: str, read: str) -> float:
    """Edits that turn what was read into the truth, for each character of the truth; 0 is equal, above 1 possible.

    Texts are compared after NFKC (full-width ９ is 9) and without whitespace, because a line break in
    the picture says nothing of how the line was read. Where the truth is empty, any reading counts 1.
    """
    wanted, found = comparable(truth), comparable(read)
    if not wanted:
        return float(bool(found))
    return edit_distance(wanted, found) / len(wanted)


def comparable(text: str) -> str:
    """A text as it is compared: NFKC, without whitespace."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def edit_distance(one: str, other: str) -> int:
    """Fewest characters to insert, delete or replace (Levenshtein, 1966), a row of the table at a time."""
    row = list(range(len(other) + 1))
    for place, character in enumerate(one, start=1):
        diagonal, row[0] = row[0], place
        for column, against in enumerate(other, start=1):
            cheapest = min(row[column] + 1, row[column - 1] + 1, diagonal + (character != against))
            diagonal, row[column] = row[column], cheapest
    return row[-1]
