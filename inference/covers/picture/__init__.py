"""Frame and words become a picture: laid out, set, rendered, checked."""
