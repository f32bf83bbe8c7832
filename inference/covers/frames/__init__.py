"""From a video to the few frames worth a cover."""
