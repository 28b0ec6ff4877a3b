"""Manifests: which kinds there are, what may stand in them, and what is made where a repository has none. Pure."""
