"""Stop what ``infra.local.run`` started: ``python -m infra.local.stop``."""

import sys

from data_contracts import settings
from infra.local import services


def main() -> int:
    stopped = services.stop(settings.load())
    sys.stdout.write(f"stopped {' and '.join(stopped)}\n" if stopped else "nothing was running\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
