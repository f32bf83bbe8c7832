"""One file, one DAG, wiring only."""
