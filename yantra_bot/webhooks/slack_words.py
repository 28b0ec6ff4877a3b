"""What a command in a chat is about: a repository, an issue or a pull request, named in its words. Pure."""

import re

from yantra_bot.domain.chat_events import ABOUT_NOTHING, ABOUT_REPOSITORIES, Subject
from yantra_bot.domain.commands import INTERNAL, Verb

_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
_SUBJECT = re.compile(rf"((?:{_NAME}/)?{_NAME})(?:#([0-9]{{1,9}}))?(?=\s|$)", re.ASCII)
_ADDRESS = re.compile(
    rf"https?://[^\s/]+/({_NAME}/{_NAME})(?:/(?:issues|pull)/([0-9]{{1,9}}))?/?(?:[?#]\S*)?(?=\s|$)", re.ASCII
)
_LEAST_WORDS = 2


def read_subject(argument: str) -> Subject | None:
    """Return what the words after a verb begin with, None where that names nothing."""
    text = argument.strip()
    found = _ADDRESS.match(text) or _SUBJECT.match(text)
    if found is None:
        return None
    return Subject(found[1].removesuffix(".git"), int(found[2] or 0), text[found.end() :].strip())


def find_window(words: str) -> Verb | None:
    """Return the verb of a command that lacks what it is about, and that a window can complete; None for any other.

    No words at all ask for a window, too: that of `deploy`, in which another verb can be chosen.
    """
    parts = [part for part in words.split() if not part.startswith("--")]
    if not parts:
        return Verb.DEPLOY if not words.strip() else None
    name = parts[0].lower()
    verb = Verb(name) if name in set(Verb) - INTERNAL else None
    if verb is None or verb in ABOUT_NOTHING:
        return None
    least = _LEAST_WORDS if verb in ABOUT_REPOSITORIES or verb is Verb.EXPLAIN else 1
    return verb if len(parts) - 1 < least else None
