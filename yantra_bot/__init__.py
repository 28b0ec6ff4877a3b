"""Yantra: a self-hosted bot that turns an issue comment into a tested pull request."""
