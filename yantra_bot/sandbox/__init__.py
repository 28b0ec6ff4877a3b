"""Isolation: where what a repository or a model wrote is executed."""
