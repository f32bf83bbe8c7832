import numpy as np

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from training.layout.metrics.elements import LOGO, TEXT, UNDERLAY, areas, common, elements_of


def test_texts_brands_and_underlays_are_elements_and_boxes_shares_of_the_canvas():
    layout = Annotation(
        200,
        100,
        (
            TextBlock("a", Box(20, 10, 220, 50), Role.HEADLINE, "en", Colour.RED),
            TextBlock("b", Box(0, 0, 10, 10), Role.BRAND, "en", Colour.RED),
        ),
        faces=(Box(0, 0, 5, 5),),
        underlays=(Box(100, 0, 200, 100),),
    )
    elements = elements_of(layout)
    assert elements.kinds.tolist() == [TEXT, LOGO, UNDERLAY]
    assert elements.boxes.tolist() == [[0.1, 0.1, 1.1, 0.5], [0, 0, 0.05, 0.1], [0.5, 0, 1, 1]]
    assert elements.foreground.tolist() == elements.boxes[:2].tolist()
    assert elements_of(Annotation(200, 100, ())).boxes.shape == (0, 4)


def test_common_areas_are_those_of_the_boxes_own_intersections():
    rng = np.random.default_rng(0)
    first, second = rng.random((5, 4)), rng.random((7, 4))
    expected = [[Box(*one).intersection(Box(*other)).area for other in second] for one in first]
    assert np.allclose(common(first, second), expected)
    assert np.allclose(areas(first), [Box(*one).area for one in first])
