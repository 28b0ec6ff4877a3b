"""Answers a question about the code from the code: every claim names a place, and every place is looked up again.

Control's side, and pure but for asking and reading, which are handed in. It can read and never write.
"""
