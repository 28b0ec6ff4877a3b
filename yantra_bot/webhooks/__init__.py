"""Doors in: verify, parse, authorise roughly, store, answer. Nothing here works or calls a model."""
