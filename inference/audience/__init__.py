"""A simulated crowd: a test instrument, imported by nothing but its own DAG, tests and benchmarks."""
