"""The story of a healing action: judged, done, verified, undone where it did not help."""
