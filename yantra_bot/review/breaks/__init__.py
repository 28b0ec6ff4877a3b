"""Breaks: what a change takes away from code that relied on it, or gives to calls that do not fit.

It reports only what is certain by the graph and the syntax of the place; whatever is not certain stays silent.
"""
