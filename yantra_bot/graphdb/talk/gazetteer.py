"""Names that are known without a word of context: technologies, tools, concepts, organisations, places, first names."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from yantra_bot.domain.talk import EntityKind

_KINDS = (
    EntityKind.TECHNOLOGY,
    EntityKind.TOOL,
    EntityKind.CONCEPT,
    EntityKind.ORGANISATION,
    EntityKind.LOCATION,
)
_WORD = re.compile(r"[^\W_](?:[\w+#./-]*[\w+#])?", re.UNICODE)
MAX_WORDS = 4


@dataclass(frozen=True, slots=True)
class Known:
    """A name of the list. `exact` names count in one spelling alone."""

    kind: EntityKind
    name: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The list, by each spelling in lower case."""

    names: dict[str, tuple[Known, str]]
    """What it is, and the spelling as it stands in the list."""
    first_names: frozenset[str]

    def find(self, text: str) -> Iterator[tuple[int, int, Known]]:
        """Yield start, end and meaning of each known name in a text, the longest at each place."""
        words = list(_WORD.finditer(text))
        place = 0
        while place < len(words):
            step = 1
            for count in range(min(MAX_WORDS, len(words) - place), 0, -1):
                start, end = words[place].start(), words[place + count - 1].end()
                known = self._match(text[start:end])
                if known is not None:
                    yield start, end, known
                    step = count
                    break
            place += step

    def _match(self, phrase: str) -> Known | None:
        found = self.names.get(" ".join(phrase.split()).lower())
        if found is None:
            return None
        known, spelling = found
        is_short = len(spelling) <= 3 and spelling.upper() == spelling
        if (known.exact or is_short) and phrase != spelling:
            return None
        is_name = known.kind in {EntityKind.LOCATION, EntityKind.ORGANISATION}
        return None if is_name and phrase[:1].islower() else known


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Return the list that comes with the product; it is read once."""
    data = tomllib.loads(Path(__file__).with_name("gazetteer.toml").read_text(encoding="utf-8"))
    names: dict[str, tuple[Known, str]] = {}
    for kind in _KINDS:
        for line in data[kind.value].split("\n"):
            spellings = [word.strip() for word in line.removeprefix("=").split("|") if word.strip()]
            for spelling in spellings:
                exact = line.startswith("=") and spelling == spellings[0]
                names.setdefault(spelling.lower(), (Known(kind, spellings[0], exact), spelling))
    return Gazetteer(names, frozenset(data["first_name"].split()))
