"""Bytes to JSON values, and JSON values to fields, for bodies that strangers wrote. Pure.

`Fields` reads one value at a time and says which one is not as expected; it never hands out a raw object.
"""

import re
from typing import Any

from pydantic_core import from_json

from yantra_bot.errors import UserError

_LARGEST_INTEGER = 2**63 - 1
_LONGEST_WORD = 1024
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)


class Mismatch(Exception):
    """The payload is not shaped as its event's name says. Handled by `github_events.parse`, never seen outside."""


def decode(body: bytes) -> "Fields":
    """Return the JSON object in `body`, which has to be plain UTF-8.

    Raises UserError for anything else: another encoding, a byte order mark, no object, NaN, half a surrogate pair,
    nesting beyond 200 levels, whole numbers beyond 4300 digits. Of a key that is there twice the last one counts.
    """
    try:
        value = from_json(body, allow_inf_nan=False, cache_strings="keys")
    except ValueError as error:
        raise UserError("The body is not strict JSON in UTF-8.") from error
    if not isinstance(value, dict):
        raise UserError("The body is JSON, but no object.")
    return Fields(value)


class Fields:
    """One JSON object of a payload. Every reader raises Mismatch with the path of what is missing or of no use."""

    __slots__ = ("_path", "_values")

    def __init__(self, values: dict[str, Any], path: str = "") -> None:
        self._values = values
        self._path = path

    def has(self, name: str) -> bool:
        """Say whether `name` is there and not null."""
        return self._values.get(name) is not None

    def object(self, name: str) -> "Fields":
        """Read a nested object."""
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self._mismatch(name)
        return Fields(value, f"{self._path}{name}.")

    def objects(self, name: str) -> list["Fields"]:
        """Read a list of objects."""
        values = self._values.get(name)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self._mismatch(name)
        return [Fields(value, f"{self._path}{name}.") for value in values]

    def number(self, name: str) -> int:
        """Read a whole number from 0 to 2^63 - 1."""
        value = self._values.get(name)
        if type(value) is not int or not 0 <= value <= _LARGEST_INTEGER:
            raise self._mismatch(name)
        return value

    def flag(self, name: str) -> bool:
        """Read true or false."""
        value = self._values.get(name)
        if not isinstance(value, bool):
            raise self._mismatch(name)
        return value

    def text(self, name: str) -> str:
        """Read a text of any length; null reads as empty."""
        value = self._values.get(name)
        if value is None and name in self._values:
            return ""
        if not isinstance(value, str):
            raise self._mismatch(name)
        return value

    def word(self, name: str) -> str:
        """Read a short text that is not empty."""
        value = self._values.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_WORD:
            raise self._mismatch(name)
        return value

    def commit(self, name: str) -> str:
        """Read a commit id."""
        value = self.word(name)
        if not _SHA.fullmatch(value):
            raise self._mismatch(name)
        return value

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        """Read a short text that fits `pattern` as a whole."""
        value = self.word(name)
        if not pattern.fullmatch(value):
            raise self._mismatch(name)
        return value

    def _mismatch(self, name: str) -> Mismatch:
        return Mismatch(f"{self._path}{name}")
