"""The mind: the loop that control turns, and the tools that the worker runs."""
