"""Pairs of a title and the content it was written from: what the title model learns."""
