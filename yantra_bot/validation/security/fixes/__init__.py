"""Fixes for what the rules find, made from the syntax tree, and offered only when a second scan finds them clean."""

from yantra_bot.validation.security.fixes.leaks import offer_for_leaks
from yantra_bot.validation.security.fixes.offering import count_hits, offer_fixes

__all__ = ["count_hits", "offer_fixes", "offer_for_leaks"]
