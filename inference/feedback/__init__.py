"""Impressions and clicks become outcomes, and outcomes become comparisons."""
