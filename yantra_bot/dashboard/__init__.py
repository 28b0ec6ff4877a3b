"""Pages, read-only."""
