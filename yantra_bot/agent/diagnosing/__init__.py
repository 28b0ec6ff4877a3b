"""A model's words for what was found out about a failure: each claim names its evidence, and is held against it."""
