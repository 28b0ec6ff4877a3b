"""Which tests a change calls for: by recorded coverage, by the graph, by imports, and the whole suite when in doubt.

It reads and compares; it runs nothing. What it cannot follow it says, and then names more tests rather than fewer.
"""

from yantra_bot.validation.selection.choose import Choice, choose_tests
from yantra_bot.validation.selection.recording import Recording, load_recording, make_recording, save_recording

__all__ = ["Choice", "Recording", "choose_tests", "load_recording", "make_recording", "save_recording"]
