"""How good layouts in plain files are, side by side.

    python -m training.layout.metrics SYSTEM.jsonl… --posters truth.jsonl [--grounds DIR] [--sheet FILE.png]

Each SYSTEM.jsonl holds one system's layouts, a line for each poster in the format of
``training.corpora.layout_annotations``. The posters' own file says which texts were to be placed and
where faces and products are; DIR holds the pictures without lettering under the same names.
A random layout is measured along. Posters to try it on:

    python -m training.corpora.layout_annotations.posters --count 50 --seed 20000000 --out DIR --grounds
"""

import argparse
import sys
from pathlib import Path

SHEET_ROWS = 8


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.layout.metrics",
        description="Score layouts against pictures: a Markdown table of every score with its 95 % interval.",
        epilog="The exit status is 2 when the command or a file was wrong.",
    )
    parser.add_argument("systems", type=Path, nargs="+", metavar="SYSTEM.jsonl", help="a system's layouts")
    parser.add_argument("--posters", type=Path, required=True, metavar="FILE.jsonl", help="texts, faces and products")
    parser.add_argument("--grounds", type=Path, metavar="DIR", help="default: the folder grounds beside FILE.jsonl")
    parser.add_argument(
        "--profile",
        default="corrected",
        help="corrected (default), or posterlayout-v1 to compare with published figures",
    )
    parser.add_argument("--sheet", type=Path, metavar="FILE.png", help=f"also draw the first {SHEET_ROWS} side by side")
    arguments = parser.parse_args()
    try:
        table = score(
            arguments.systems,
            arguments.posters,
            arguments.grounds or arguments.posters.parent / "grounds",
            arguments.profile,
            arguments.sheet,
        )
    except (ValueError, OSError) as error:
        parser.error(str(error))
    sys.stdout.write(f"{table}\n")
    return 0


def score(systems: list[Path], posters: Path, grounds: Path, profile: str, sheet: Path | None = None) -> str:
    """The table as Markdown, one column for each file and one for random layouts; ``sheet`` takes the pictures.

    Raises ``ValueError`` naming what does not go together.
    """
    from rich.console import Console
    from rich.progress import track

    from training.layout.baselines import random_layout
    from training.layout.metrics.files import in_order, read_layouts, read_posters
    from training.layout.metrics.measure import measure
    from training.layout.metrics.saliency import estimate
    from training.layout.metrics.scores import as_table, legend
    from training.layout.pictures import contact_sheet, draw_layout

    names = [file.stem for file in systems]
    if len({*names, "random"}) <= len(names):
        raise ValueError(f"columns would be called {', '.join(names)} and random; give the files names of their own")
    asked = read_posters(posters, grounds)
    layouts = {file.stem: in_order(read_layouts(file), asked, file) for file in systems}
    layouts["random"] = [random_layout(brief, seed) for seed, brief in enumerate(asked.briefs)]
    saliencies = [estimate(ground, brief) for ground, brief in zip(asked.grounds, asked.briefs, strict=True)]
    steps = track(layouts.items(), "Measuring", console=Console(stderr=True), transient=True)
    scores = {name: measure(each, asked.briefs, asked.grounds, saliencies, profile) for name, each in steps}
    if sheet:
        rows = [
            [draw_layout(asked.grounds[number], each[number]) for each in layouts.values()]
            for number in range(min(SHEET_ROWS, len(asked.names)))
        ]
        sheet.write_bytes(contact_sheet(rows, list(layouts), asked.names[: len(rows)]))
    heading = f"{len(asked.names)} posters, profile {profile}, saliency from {scores['random'].saliency}"
    return f"{heading}\n\n{as_table(scores, asked.names)}\n\n{legend()}"


if __name__ == "__main__":
    sys.exit(main())
