"""Everything that runs models: the shelf, media, the cover agent, memory, feedback, distribution."""
