"""The memory of mistakes: what was tried, why it failed, what worked. Written by one, read by every run."""
