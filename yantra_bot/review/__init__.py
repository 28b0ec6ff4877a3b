"""The reader of changes: what changed, symbol by symbol, what is wrong with it, what it reaches, how risky it is.

It works on the worker's side and with no model. It parses and compares; it never executes anything of a repository
itself, writes nothing outside its own scratch folder, and says what it did not look at.
"""
