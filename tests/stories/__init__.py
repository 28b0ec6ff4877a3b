"""Conversations end to end: GitHub over HTTP, the door, the engine, a worker, a sandbox, pytest, git; nothing mocked."""
