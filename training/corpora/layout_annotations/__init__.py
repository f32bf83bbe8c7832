"""Posters and covers with their texts, roles, colours and boxes: what the layout model learns."""
