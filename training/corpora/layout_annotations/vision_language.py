"""The annotator that asks a vision-language model, InternVL by default of the profiles that have one.

The prompt's text lies here and is versioned in MLflow's prompt registry; every row names the version.
The answer must be the trained JSON to the letter. A model that got it wrong is told once what was
wrong; after that the picture goes to quarantine with what was answered, for a half-understood answer
would teach the layout model wrong.
"""

import json
import logging
import re
from typing import Any

import numpy as np

from data_contracts.catalog import ANNOTATE_LAYOUT
from inference.models.layout import KEYS, SCALE, Annotation, Colour, Role
from inference.models.layout_json import from_trained
from inference.models.vision_language import VisionLanguageModel
from training import tracking

log = logging.getLogger(__name__)

FENCE = re.compile(r"```(?:json)?\s*\n(.*)\n\s*```", re.DOTALL)
"""Chat models wrap JSON in a Markdown block whatever they are told; that alone is forgiven."""

LONGEST_REPEAT = 6000
"""Characters of a bad answer that are shown to the model again; one that never ends would fill its context."""

HEADLINE = {KEYS["text"]: "…", KEYS["box"]: "[120, 80, 880, 170]", KEYS["language"]: "中文", KEYS["colour"]: "白色"}

EXAMPLE = {
    KEYS["texts"]: {KEYS[role]: [HEADLINE] if role == Role.HEADLINE else [] for role in Role},
    KEYS["faces"]: [],
    KEYS["products"]: ["[310, 240, 690, 820]"],
    KEYS["underlays"]: [],
}

MEANINGS = {
    Role.HEADLINE: "最醒目的一句",
    Role.SUBHEADLINE: "解释主标题",
    Role.SELLING_POINT: "功能、优惠、服务",
    Role.PRICE: "金额及其单位",
    Role.CALL_TO_ACTION: "叫人点击或购买",
    Role.BRAND: "品牌名或标志文字",
}

PROMPT = f"""你是电商海报的版面标注员。请看图，找出设计者加上的全部文字，只输出一个 JSON 对象，不要解释。

格式（所有键都必须出现，没有的写空列表）：
{json.dumps(EXAMPLE, ensure_ascii=False)}

规则：
- 同一角色、同一字体、位置相连的几行是一个文字块。
- “{KEYS["text"]}”按阅读顺序逐字抄写，不改写、不翻译、不补全。
- “{KEYS["box"]}”是贴紧字迹的矩形 "[x1, y1, x2, y2]"，左上角为原点，x1 < x2，y1 < y2。
- 宽和高都换算到 0–{SCALE} 的整数。
- 角色：{"；".join(f"{KEYS[role]}（{meaning}）" for role, meaning in MEANINGS.items())}。
- “{KEYS["language"]}”只能是 {KEYS["zh"]} 或 {KEYS["en"]}。
- “{KEYS["colour"]}”只能是 {"、".join(KEYS[colour] for colour in Colour)}。
- 印在商品、包装或背景实物上的字不要标注。
- “{KEYS["faces"]}”“{KEYS["products"]}”“{KEYS["underlays"]}”（文字下面的色块、按钮）各是矩形列表，格式同上。"""

REPAIR = """{prompt}

你上一次的回答是：
{answer}

它不能使用：{error}
请改正，只输出完整的 JSON 对象。"""


class UnusableAnswer(ValueError):
    """A model answered twice what cannot be read. ``answer`` is the second answer as it came."""

    def __init__(self, reason: str, answer: str):
        super().__init__(reason)
        self.answer = answer


class VisionLanguageAnnotator:
    """See ``annotation.Annotator``. ``name`` is the model and the prompt's version: ``internvl@prompt-3``."""

    def __init__(self, model: VisionLanguageModel):
        """Registers the prompt in MLflow when its text is new there."""
        self.name = f"{model.name}@prompt-{tracking.register_prompt(ANNOTATE_LAYOUT, PROMPT)}"
        self._model = model

    def annotate(self, image: np.ndarray) -> Annotation:
        """Raises ``UnusableAnswer`` when the model's second answer, too, is not the trained JSON."""
        height, width = image.shape[:2]
        answer = self._model.ask(image, PROMPT)
        try:
            return read_answer(answer, width, height)
        except ValueError as error:
            log.info("%s answered what cannot be used (%s), and is asked to repair it", self.name, error)
            repair = REPAIR.format(prompt=PROMPT, answer=answer[:LONGEST_REPEAT], error=error)
        answer = self._model.ask(image, repair)
        try:
            return read_answer(answer, width, height)
        except ValueError as error:
            raise UnusableAnswer(f"{self.name}, asked twice, answered what cannot be used: {error}", answer) from error


def read_answer(answer: str, width: int, height: int) -> Annotation:
    """The annotation in an answer, in pixels. Raises ``ValueError`` that says what is wrong and where."""
    fenced = FENCE.fullmatch(answer.strip())
    text = fenced.group(1) if fenced else answer
    try:
        document = json.loads(text, object_pairs_hook=_without_repeated_keys)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise ValueError("not JSON of any sense: nested too deeply") from error
    return from_trained(document, width, height)


def _without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON keeps the last of two equal keys and loses what the first held; here that is an error."""
    keys = [key for key, _ in pairs]
    if repeated := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"{', '.join(sorted(repeated))} stands twice in one object")
    return dict(pairs)
