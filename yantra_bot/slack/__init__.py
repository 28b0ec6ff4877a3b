"""Slack: the door for what comes from it, and the client for what is said there."""
