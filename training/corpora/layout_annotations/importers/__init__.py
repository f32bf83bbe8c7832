"""Annotations made elsewhere, in the formats they are published in, one file each."""
