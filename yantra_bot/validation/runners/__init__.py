"""Adapters of test runners, one behind each: which projects are theirs, how they are called, what they showed."""
