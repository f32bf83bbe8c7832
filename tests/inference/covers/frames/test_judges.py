"""Each judge prefers what a person would."""

from dataclasses import replace

import pytest

from inference.covers.frames import judges
from inference.covers.frames.subject import Subject
from inference.media.geometry import Box
from inference.models.faces import Face, head_box

PICTURE = Box(0, 0, 400, 300)
EMPTY = Subject(whole=0, cut=0, missing=0, intruding=0)


def face(left: float = 150, top: float = 100, size: float = 80, **changed) -> Face:
    box = Box(left, top, left + size, top + size)
    plain = Face(box, head_box(box).intersection(PICTURE), 0.95, (0, 0), (0, 0), (0, 0))
    return replace(plain, **changed)


def judge(*faces: Face, people: int = 1, openness=None) -> float:
    return judges.judge_faces(faces, people, PICTURE, openness)


def test_the_score_is_the_mean_of_those_that_spoke():
    assert judges.score({"faces": 1.0}) == 1
    assert judges.score({"faces": 1.0, "subject": 0.0}) == pytest.approx(4 / 7)


@pytest.mark.parametrize(
    "worse",
    [
        judge(),
        judge(face(frontality=0.2)),
        judge(face(top=-20)),
        judge(face(left=-40)),
        judge(face(size=20)),
        judge(face(), openness=[0.0]),
    ],
    ids=["nobody", "in profile", "head cut off", "half outside", "far away", "eyes closed"],
)
def test_a_face_is_frontal_whole_near_and_awake(worse):
    assert judge(face()) > 0.9
    assert worse < 0.8 * judge(face())


def test_everybody_is_shown():
    near, far = face(40, 120), face(260, 120, 70)
    assert judge(near, far, people=2) > 0.9
    assert judge(near, people=2) < 0.6
    assert judge(near, face(100, 120, 70), people=2) < judge(near, far, people=2)


def test_faces_in_the_background_are_passed_over():
    near, far = face(size=100), face(left=10, size=30)
    assert judges.significant([far, near]) == [near]
    assert judges.significant([]) == []


def test_a_whole_object_is_best_and_a_cut_one_worst():
    whole, cut = replace(EMPTY, whole=0.1), replace(EMPTY, cut=0.1)
    ranked = [judges.judge_subject(subject, visited=True, people=0) for subject in (whole, EMPTY, cut)]
    assert ranked == sorted(ranked, reverse=True)
    assert ranked[0] > 3 * ranked[1] > ranked[2] == 0


def test_an_empty_stage_is_worth_less_where_things_appear():
    seldom, visited = (judges.judge_subject(EMPTY, visited, people=0) for visited in (False, True))
    assert visited < seldom == judges.judge_subject(None, visited=False, people=0)


def test_among_people_nothing_should_come_between():
    assert judges.judge_subject(EMPTY, visited=False, people=2) == 1
    assert judges.judge_subject(replace(EMPTY, whole=0.1), visited=True, people=2) < 0.7


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (Box(190, 140, 210, 160), Box(100, 75, 300, 225)),
        (PICTURE, Box(100, 75, 300, 225)),
        (Box(0, 75, 200, 225), Box(100, 75, 300, 225)),
    ],
    ids=["tiny", "everything", "at the border"],
)
def test_a_product_is_large_whole_and_leaves_room(worse, better):
    assert judges.judge_product(better, PICTURE) == 1
    assert judges.judge_product(worse, PICTURE) < 0.8
