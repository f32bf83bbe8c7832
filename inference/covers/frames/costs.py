"""What each stage and judge of a selection took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Costs(dict[str, float]):
    """Seconds by name; times of the same name add up."""

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Count the time spent inside."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self[name] = self.get(name, 0.0) + time.perf_counter() - started
