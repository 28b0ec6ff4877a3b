"""The story of a diagnosis: evidence gathered without a model, suspects ranked, worded by a model where there is one."""
