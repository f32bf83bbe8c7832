"""Words for a cover: written, and held to what is known."""
