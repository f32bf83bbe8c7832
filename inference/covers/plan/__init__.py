"""From a business requirement, in Chinese or English, to a plan: what a cover must meet and what it may.

Numbers, ratios, lengths, counts and prohibitions are read by rules, word for word, because a small
language model loses them; each task quotes the words it comes from. What no rule reads a language
model may add to, under a grammar, and never against a rule; what nobody reads is listed as unread, so
that nobody believes it was honoured.

    python -m inference.covers.plan "竖版3:4，标题不超过10个字，不要字幕帧"
"""

from inference.covers.plan.read import read_requirement
from inference.covers.plan.task import KIND_OF, Constraints, Plan, Price, Task

__all__ = ["KIND_OF", "Constraints", "Plan", "Price", "Task", "read_requirement"]
