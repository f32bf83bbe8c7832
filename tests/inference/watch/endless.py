"""Sees ten frames, saves, notes what it would answer, then sees on until it is killed.

python -m tests.inference.watch.endless FOLDER
"""

import hashlib
import itertools
import sys
from pathlib import Path

from inference.watch import Budgets, Session
from tests.inference.watch import small

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    model = small.llava()
    budgets = Budgets(small.least_device_bytes(model, 4, 3, chunk=1), model.block_shape().bytes, 1 << 30)
    session = Session(model, folder, budgets, window_frames=4, retrieve_blocks=3, chunk_frames=1)
    session.see_all(small.frames(10), small.times(10))
    session.save()
    logits, _ = session.read("What is in her hand?")
    (folder / "saved").write_text(hashlib.sha256(logits.numpy().tobytes()).hexdigest())
    for frame in itertools.count(10):
        session.see(small.frames(1, seed=frame)[0], 0.5 * frame)
