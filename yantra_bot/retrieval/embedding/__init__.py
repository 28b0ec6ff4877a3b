"""Meaning: vectors of texts from a small sentence model, kept by content and searched by their cosine."""
