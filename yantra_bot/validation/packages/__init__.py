"""Packages that a change may come to need: which may be taken, and how they are written down. Pure."""
