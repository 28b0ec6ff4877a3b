"""Which tests a change calls for: by recorded coverage, by the graph, by imports, and the whole suite when in doubt.

It reads and compares; it runs nothing. What it cannot follow it says, and then names more tests rather than fewer.
What chooses is in `choose`, and not named here: it loads libraries that a process which only keeps recordings must not.
"""

from yantra_bot.validation.selection.recording import Recording, load_recording, make_recording, save_recording

__all__ = ["Recording", "load_recording", "make_recording", "save_recording"]
