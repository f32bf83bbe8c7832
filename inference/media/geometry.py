"""Boxes in pixels, origin at the top left."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A rectangle from (left, top) to (right, bottom) in pixels; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return max(0.0, self.right - self.left)

    @property
    def height(self) -> float:
        return max(0.0, self.bottom - self.top)

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def intersection(self, other: "Box") -> "Box":
        """The common part; a box of no area when there is none."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def union(self, other: "Box") -> "Box":
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def iou(self, other: "Box") -> float:
        common = self.intersection(other).area
        together = self.area + other.area - common
        return common / together if together else 0.0

    def covered_by(self, other: "Box") -> float:
        """Share of this box's area that lies in the other, 0 to 1."""
        return self.intersection(other).area / self.area if self.area else 0.0

    def grown(self, left: float, top: float, right: float, bottom: float) -> "Box":
        """The box with each side moved outwards by so many pixels."""
        return Box(self.left - left, self.top - top, self.right + right, self.bottom + bottom)

    def moved(self, x: float, y: float) -> "Box":
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def scaled(self, x: float, y: float | None = None) -> "Box":
        """The box in an image resized by these factors."""
        y = x if y is None else y
        return Box(self.left * x, self.top * y, self.right * x, self.bottom * y)

    def as_list(self) -> list[int]:
        """[left, top, right, bottom], rounded to whole pixels."""
        return [round(self.left), round(self.top), round(self.right), round(self.bottom)]
