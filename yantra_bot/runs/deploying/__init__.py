"""Deployments: `story` reads top to bottom; each other file is one part of it."""
