"""Who wrote a commit: one author for all the names and addresses of a person, and no address in any output. Pure.

Git has applied the repository's mailmap already. Beyond it, two are one person when they have the same address, the
same account of GitHub, or the same full name of at least two words.
"""

import hashlib
import re
import unicodedata
from collections import Counter

from yantra_bot.domain.history import Author

MAX_NAME = 100
NOBODY = "unnamed"

_NOREPLY = re.compile(r"(?:\d+\+)?([a-z0-9-]{1,39}(?:\[bot\])?)@users\.noreply\.github\.com$")
_COAUTHOR = re.compile(r"^co-authored-by:[ \t]*([^<\n]{0,200})<([^>\n]{3,200})>[ \t]*$", re.IGNORECASE | re.MULTILINE)
_BOT = re.compile(r"\[bot\]$|(?:^|[-_ ])bot$", re.IGNORECASE)


def read_coauthors(message: str) -> list[tuple[str, str]]:
    """Return name and address of those that a message names as authors too."""
    return [(found[1].strip(), found[2].strip()) for found in _COAUTHOR.finditer(message)][:50]


class Identities:
    """Collects who wrote what, then gives each person one key. `salt` makes hashes useless for another repository."""

    def __init__(self, salt: bytes = b"") -> None:
        self._salt = salt
        self._parents: dict[str, str] = {}
        self._names: dict[str, Counter[str]] = {}
        self._order: list[str] = []

    def see(self, name: str, mail: str) -> str:
        """Take note of one signature; return the identity to ask for later."""
        mail = mail.strip().casefold()
        found = _NOREPLY.match(mail)
        identity = self._hash(f"github:{found[1]}" if found else f"mail:{mail}" if mail else f"name:{name.casefold()}")
        if identity not in self._parents:
            self._parents[identity] = identity
            self._names[identity] = Counter()
            self._order.append(identity)
        clean = clean_name(name)
        self._names[identity][clean] += 1
        full = unicodedata.normalize("NFC", clean).casefold()
        if len(full.split()) > 1 and not _BOT.search(full):
            self._join(identity, self._hash(f"full:{full}"))
        return identity

    def authors(self) -> dict[str, Author]:
        """Return the author of each identity; a person's name is the one that was signed most often."""
        names: dict[str, Counter[str]] = {}
        for identity in self._order:
            names.setdefault(self._root(identity), Counter()).update(self._names[identity])
        taken: Counter[str] = Counter()
        people: dict[str, Author] = {}
        for root, counts in names.items():
            name = min(counts, key=lambda one: (one == NOBODY, -counts[one], one))
            taken[name] += 1
            key = name if taken[name] == 1 else f"{name} ({taken[name]})"
            people[root] = Author(key, name, _BOT.search(name) is not None, root)
        return {identity: people[self._root(identity)] for identity in self._order}

    def _hash(self, text: str) -> str:
        return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8, key=self._salt[:64]).hexdigest()

    def _join(self, one: str, other: str) -> None:
        self._parents.setdefault(other, other)
        first, second = self._root(one), self._root(other)
        if first != second:
            self._parents[second] = first

    def _root(self, identity: str) -> str:
        while self._parents[identity] != identity:
            self._parents[identity] = self._parents[self._parents[identity]]
            identity = self._parents[identity]
        return identity


def clean_name(name: str) -> str:
    """Return a name as it may be shown: on one line, and no address in place of a name."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:MAX_NAME]
    return NOBODY if "@" in words or not words else words
