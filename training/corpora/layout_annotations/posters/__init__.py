"""Posters set by a program: real photos and words whose place, role, font and colour are known exactly."""
