"""The second look before a change is handed over: what a model objects to, and what of its own summary holds.

Control's side, and pure: it reads texts that were fetched, and decides nothing that tests decide.
"""
