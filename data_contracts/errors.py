"""The errors that decide whether a task is retried.

These six never heal by trying again. Anything else propagates untouched and is retried.
"""


class ContractViolation(Exception):
    """More rows broke their data contract than the contract tolerates."""


class BadMedia(Exception):
    """A file that claims to be a video, picture or sound cannot be used. The message says why."""


class TooLittleMemory(Exception):
    """A training would need more memory than there is. The message names the smallest change that would fit."""


class NotBetterThanChampion(Exception):
    """A challenger did not beat the model that serves now. The message holds the table of scores."""


class NothingToDo(Exception):
    """Every input was already handled; downstream work would only repeat itself."""


class ImpossibleRequirement(ValueError):
    """A requirement contradicts itself or asks for what cannot be. The message names each conflict."""
