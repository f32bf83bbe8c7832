"""Which candidate cover a viewer is shown, and with what probability."""
