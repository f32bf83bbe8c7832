"""Posters and marketing pictures: a product photo and texts through the covers' layout and typography."""
