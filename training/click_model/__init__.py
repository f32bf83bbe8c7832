"""The click model: which covers are clicked, learned from outcomes."""
