"""How good a layout is: the metrics of PosterLayout, and what keeps deleted or shrunken text from winning."""
