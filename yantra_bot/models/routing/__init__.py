"""Chooses a tier for a request by the requests that it is like."""
