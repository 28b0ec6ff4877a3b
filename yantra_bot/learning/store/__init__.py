"""Where lessons are kept: LanceDB's tables on disk or in object storage, and what of them is searched in memory.

`mistakes.Mistakes` is the whole of it for others. Nothing here knows the forge, settings or an event loop.
"""
