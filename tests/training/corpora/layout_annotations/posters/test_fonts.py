"""Fonts: measured as their designers drew them, in several families and weights."""

from fontTools.ttLib import TTFont

from inference.models import shelf
from training.corpora.layout_annotations.posters.fonts import SUITES, advance, rise_and_fall

FACES = {
    face
    for suites in SUITES.values()
    for suite in suites
    for face in (suite.display, suite.strong, suite.text, suite.figures)
}


def test_there_are_several_families_and_weights_for_each_language():
    for language, families in (("zh", 2), ("en", 5)):
        faces = {face for suite in SUITES[language] for face in (suite.display, suite.strong, suite.text)}
        assert len({face.family for face in faces}) >= families
        assert len(faces) >= 6


def test_letters_advance_as_the_font_says():
    for face in FACES:
        if face.weight is not None:
            continue  # its table is for another weight
        with TTFont(shelf.resolve(face.entry) / face.file) as font:
            names, advances, per_em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
            for letter in map(chr, range(32, 127)):
                assert abs(advance(face, letter) - advances[names[ord(letter)]][0] / per_em) < 0.002, (face, letter)


def test_bolder_faces_of_one_file_are_wider_or_outlined():
    weights = sorted(face.weight for face in FACES if face.weight is not None)
    assert len(set(weights)) >= 4
    for face in FACES:
        assert 0 <= face.outline <= 0.03


def test_descenders_fall_below_the_baseline_and_capitals_do_not():
    for face in FACES:
        assert rise_and_fall(face, "pay")[1] > 0.1 + face.outline
        assert rise_and_fall(face, "HAM")[1] < 0.03 + face.outline
