"""The story: durable runs from an accepted command to their ending."""
