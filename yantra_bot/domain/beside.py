"""What is handed to whoever keeps a stored graph besides the code: the talk, or why there is none. Pure values.

It holds what strangers wrote, as data; never a key, a token or an address to ask.
"""

from dataclasses import dataclass

from yantra_bot.domain.talk import Reach, Thread


@dataclass(frozen=True, slots=True)
class Beside:
    """Issues and pull requests with what was said in them, newest first; None when they could not be asked for."""

    threads: tuple[Thread, ...] | None = None
    no_threads: str = ""
    """Why there are none, as a sentence for people; empty: the forge was not asked."""
    no_past: str = ""
    """Why there is no git history; empty where there is one, or where it was not asked for."""
    reach: Reach = Reach.PUBLIC
    """Who may read what the repository's own pages say."""


NOTHING_BESIDE = Beside()
"""Nobody was asked for anything."""
