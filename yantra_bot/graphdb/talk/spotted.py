"""One place of a text that speaks of an entity. A value."""

from dataclasses import dataclass

from yantra_bot.domain.talk import EntityKind


@dataclass(frozen=True, slots=True)
class Spotted:
    """Where a text speaks of an entity. `said` is how it is written there; a pronoun says nothing."""

    kind: EntityKind
    name: str
    start: int
    end: int
    confidence: float
    said: str = ""

    @property
    def key(self) -> str:
        return key_of(self.kind, self.name)


def key_of(kind: EntityKind, name: str) -> str:
    """Return the key of an entity; symbols keep the case of their key in the graph."""
    return f"{kind.value}:{name if kind is EntityKind.SYMBOL else name.lower()}"
