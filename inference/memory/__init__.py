"""What clicks have taught: criteria, how they are estimated, kept and said."""
