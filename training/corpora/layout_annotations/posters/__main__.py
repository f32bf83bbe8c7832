"""Posters and what stands in them, from a seed.

python -m training.corpora.layout_annotations.posters --count 20 --seed 0 --out posters

Writes a PNG for each seed, and ``truth.jsonl`` with a line for each: name and size of the picture, the
JSON the layout model is trained on, and how the poster came about. The same seed gives the same
bytes. With ``--grounds``, ``grounds/`` holds each poster under the same name without its words and
the panels behind them: what a layout model is given.
"""

import argparse
import json
import logging
from pathlib import Path

log = logging.getLogger(__name__)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.corpora.layout_annotations.posters",
        description="Render posters whose every word, role, colour and box is known.",
    )
    parser.add_argument("--count", type=int, default=20, help="how many posters (default 20)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first; the next ones follow (default 0)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where pictures and truth.jsonl go")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="photos to use instead of those packages ship")
    parser.add_argument("--language", choices=("zh", "en"), help="one language instead of both")
    parser.add_argument("--grounds", action="store_true", help="also write the posters without words and panels")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    seeds = range(arguments.seed, arguments.seed + arguments.count)
    write(seeds, arguments.out, arguments.photos, arguments.language, arguments.grounds)
    log.info("%d posters in %s", len(seeds), arguments.out)


def write(
    seeds: range, folder: Path, photos: Path | None = None, language: str | None = None, grounds: bool = False
) -> None:
    """A PNG for each seed and one line of truth; ``photos`` is a folder, else packages' photos are used."""
    from PIL import Image

    from inference.models.layout_json import to_trained
    from training.corpora.layout_annotations.posters.photos import packaged, read_folder
    from training.corpora.layout_annotations.posters.render import render

    pictures = read_folder(photos) if photos else packaged()
    (folder / "grounds" if grounds else folder).mkdir(parents=True, exist_ok=True)
    with open(folder / "truth.jsonl", "w", encoding="utf-8") as truth:
        for seed in seeds:
            poster = render(seed, pictures, language)
            name = f"{seed:08d}.png"
            Image.fromarray(poster.image).save(folder / name)
            if grounds:
                Image.fromarray(poster.ground).save(folder / "grounds" / name)
            annotation = poster.annotation
            place = {"image": name, "width": annotation.width, "height": annotation.height}
            facts = {name: getattr(poster, name) for name in ("seed", "language", "distortion", "layout", "photo")}
            line = {**place, **to_trained(annotation), **facts}
            truth.write(f"{json.dumps(line, ensure_ascii=False)}\n")


if __name__ == "__main__":
    main()
