"""The engine's manners."""

import logging

from data_contracts import engine


def test_a_join_logs_nothing_for_its_operators(caplog):
    import daft

    caplog.set_level(logging.INFO)
    engine.quiet()
    daft.from_pydict({"a": [1, 2]}).where(daft.col("a") > 1).to_pydict()

    assert not [record for record in caplog.records if "execute" in record.getMessage()]
