"""The model shelf: pinned weight files in, ready models out."""
