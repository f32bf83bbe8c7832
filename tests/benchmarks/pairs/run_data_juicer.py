"""The other side: the same rows through data-juicer's operators, in an environment of its own.

    python run_data_juicer.py ROWS RESULT WORDS PROCESSES

WORDS is a folder with ``flagged_words.json``. Of our filters those run that have an operator which
works without a model from a hub: there is none for language, claims, numbers, or words of Chinese.
Its near-duplicate step keeps one text of each bucket, unconfirmed; its own number of hashes (256) and
characters in a row (5) suit that better than ours would.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from data_juicer.core.data import NestedDataset
from data_juicer.ops.base_op import OPERATORS
from data_juicer.utils.constant import Fields
from datasets import Dataset, disable_progress_bars

TITLE, CONTENT = {"text_key": "title"}, {"text_key": "content"}
SIMILAR = {"jaccard_threshold": 0.5}
"""As ours; at its own 0.7 it finds fewer copies."""


def operators(words: str) -> list[tuple[str, dict[str, Any]]]:
    """Filters and duplicate steps, in the order of ours."""
    return [
        ("clean_html_mapper", {}),
        ("clean_links_mapper", {}),
        ("clean_email_mapper", {}),
        ("flagged_words_filter", {"lang": "en", "max_ratio": 0.0, "flagged_words_dir": words}),
        ("alphanumeric_filter", {"min_ratio": 0.25}),
        ("special_characters_filter", {"max_ratio": 0.25}),
        ("text_length_filter", {"min_len": 20, "max_len": 20_000, **CONTENT}),
        ("text_length_filter", {"min_len": 4, "max_len": 100, **TITLE}),
        ("document_deduplicator", {"lowercase": True}),
        ("document_minhash_deduplicator", {"tokenization": "character", "lowercase": True, **SIMILAR}),
    ]


def main() -> None:
    rows, result, words, processes = sys.argv[1:]
    disable_progress_bars()
    started = time.perf_counter()
    dataset = NestedDataset(Dataset.from_parquet(rows, columns=["row_id", "text", "title", "content"]))
    passed: list[str] = []
    for name, options in operators(words):
        if name == "document_deduplicator":
            passed = dataset["row_id"]
        if Fields.stats in dataset.column_names:
            dataset = dataset.remove_columns(Fields.stats)  # two filters of one name keep one figure for both
        dataset = OPERATORS.modules[name](num_proc=int(processes), **options).run(dataset)
    kept = set(dataset["row_id"])
    seconds = time.perf_counter() - started
    clusters = {row_id: row_id if row_id in kept else None for row_id in passed}
    Path(result).write_text(json.dumps({"seconds": seconds, "clusters": clusters}))


if __name__ == "__main__":
    main()
