"""A language model with a memory gives what it would give anyway, and is asked only what is new."""

from collections.abc import Sequence

from inference.models import pretrained
from inference.models.answers import Remembering
from inference.models.language import Prompt
from inference.models.transformers_model import TransformersModel

PROMPTS = ["一个标题", "A title", [{"role": "user", "content": "短"}]]


class Counting(TransformersModel):
    """The tiny model, which counts the prompts that reach it."""

    asked = 0

    def generate(self, prompts: Sequence[Prompt], *options) -> list[list[str]]:
        self.asked += len(prompts)
        return super().generate(prompts, *options)


def test_only_what_is_new_reaches_the_model():
    model = Counting(pretrained.TINY)
    plain = TransformersModel(pretrained.TINY).generate(PROMPTS, 8)
    assert Remembering(model).generate(PROMPTS[:2], 8) == plain[:2]
    assert Remembering(model).generate(PROMPTS, 8) == plain
    assert model.asked == len(PROMPTS)


def test_another_way_of_asking_is_another_question():
    model = Counting(pretrained.TINY)
    remembering = Remembering(model)
    remembering.generate(["x"], 8)
    for options in ((4,), (8, 2, 1.0), (8, 2, 1.0, 5)):
        remembering.generate(["x"], *options)
    assert model.asked == 4


def test_weights_stay_unread_while_everything_is_known():
    Remembering(TransformersModel(pretrained.TINY)).generate(["x"], 8)
    idle = TransformersModel(pretrained.TINY)
    assert Remembering(idle).generate(["x"], 8)
    assert not vars(idle).keys() & {"_model", "tokenizer"}
