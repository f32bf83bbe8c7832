"""What a plan asks of the picture: subjects to show and to hide."""

from collections.abc import Collection
from dataclasses import dataclass

PEOPLE = frozenset({"face", "person"})


@dataclass(frozen=True)
class Wanted:
    """Subjects as plans name them; what is asked both ways counts as hidden, and words this part does not know
    (``price``, say, which is set in type) as nothing."""

    shows: frozenset[str] = frozenset()
    hides: frozenset[str] = frozenset()

    @classmethod
    def of(cls, shows: Collection[str], hides: Collection[str]) -> "Wanted":
        """Raises ``TypeError`` for a bare string, whose letters would pass for subjects."""
        if isinstance(shows, str) or isinstance(hides, str):
            raise TypeError(f"subjects are a collection of words, not one string: {shows!r}, {hides!r}")
        return cls(frozenset(shows), frozenset(hides))

    @property
    def no_face(self) -> bool:
        return bool(self.hides & PEOPLE)

    @property
    def face(self) -> bool:
        return bool(self.shows & PEOPLE) and not self.no_face

    @property
    def no_text(self) -> bool:
        return "text" in self.hides

    @property
    def no_hand(self) -> bool:
        return "hand" in self.hides

    @property
    def no_product(self) -> bool:
        return "product" in self.hides

    @property
    def product(self) -> bool:
        return "product" in self.shows and not self.no_product
