"""What two packages must agree on: datasets, models, settings, errors and the lake."""
