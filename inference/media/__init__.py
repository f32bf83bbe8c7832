"""Video in: ingest, decode, shots, frame quality. Time is a type here, never a bare number."""
