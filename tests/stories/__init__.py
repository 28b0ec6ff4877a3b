"""Conversations end to end: GitHub over HTTP, door, engine, worker, sandbox, pytest and git; nothing is mocked."""
