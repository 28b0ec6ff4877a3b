"""Keys and values of one part of a repository's rules, read strictly: each error says where, what and how. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from yantra_bot.errors import UserError

Path = tuple[str, ...]
"""Keys that lead to a value; places in a list are numbers from 0, as text."""
RefuseAt = Callable[[Path, str], UserError]
"""Makes the error of a value: where it stands, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping of the file whose keys are all known. Whoever reads a key gets its value, or raises UserError."""

    found: dict[str, Any]
    path: Path
    refuse_at: RefuseAt

    @classmethod
    def read(cls, value: Any, path: Path, refuse_at: RefuseAt, *, known: Sequence[str], example: str) -> "Keys":
        """Return the keys of `value`, none where it is not there; `example` is shown to who wrote something else."""
        if value is None:
            return cls({}, path, refuse_at)
        if not isinstance(value, dict):
            raise refuse_at(path, f"has to hold keys and values, such as `{example}`")
        for key in value:
            if key not in known:
                raise refuse_at((*path, str(key)), f"is not known. Known are: {', '.join(sorted(known))}")
        return cls(value, path, refuse_at)

    def refuse(self, name: str, problem: str) -> UserError:
        return self.refuse_at((*self.path, name) if name else self.path, problem)

    def part(self, name: str, *, known: Sequence[str], example: str) -> "Keys":
        return Keys.read(self.found.get(name), (*self.path, name), self.refuse_at, known=known, example=example)

    def parts(self, name: str, *, known: Sequence[str], example: str, most: int) -> tuple["Keys", ...]:
        """Return each mapping of a list."""
        path = (*self.path, name)
        return tuple(
            Keys.read(one or example, (*path, str(place)), self.refuse_at, known=known, example=example)
            for place, one in enumerate(self.listed(name, most=most))
        )

    def listed(self, name: str, *, most: int) -> list[Any]:
        value = self.found.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise self.refuse(name, f"has to be a list of at most {most}")
        return value

    def flag(self, name: str, otherwise: bool) -> bool:
        value = self.found.get(name, otherwise)
        if not isinstance(value, bool):
            raise self.refuse(name, "has to be true or false")
        return value

    def whole(self, name: str, otherwise: int, *, least: int, most: int) -> int:
        value = self.found.get(name, otherwise)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.refuse(name, f"has to be a whole number from {least} to {most}")
        return value

    def number(self, name: str, otherwise: float, *, least: float, most: float) -> float:
        value = self.found.get(name, otherwise)
        if not _is_number(value) or not least <= value <= most:
            raise self.refuse(name, f"has to be a number from {least:g} to {most:g}")
        return float(value)

    def maybe_number(self, name: str, *, least: float, most: float) -> float | None:
        """Return a number, None where there is none."""
        return None if self.found.get(name) is None else self.number(name, least, least=least, most=most)

    def text(self, name: str, otherwise: str = "", *, most: int = 200) -> str:
        """Return one line of printable text."""
        value = self.found.get(name, otherwise)
        if not isinstance(value, str) or len(value) > most or not value.isprintable():
            raise self.refuse(name, f"has to be one line of text, of at most {most} characters, in quotes")
        return value

    def word(self, name: str, otherwise: str = "", *, shape: re.Pattern[str], what: str) -> str:
        """Return text of a shape; what is not there is `otherwise`, and what is there has to have the shape."""
        if name not in self.found:
            return otherwise
        value = self.found[name]
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise self.refuse(name, f"has to be {what}")
        return value

    def needed(self, *names: str) -> None:
        """Raise for the first that is not there."""
        for name in names:
            if name not in self.found:
                raise self.refuse("", f"has no `{name}`. Cure: write it below it")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
