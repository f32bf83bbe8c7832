"""The datasets we build, a folder each."""
