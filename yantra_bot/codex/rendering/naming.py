"""Names and texts of strangers as a language can hold them: identifiers that are none of its words, single lines."""

import re
from collections.abc import Mapping
from typing import Final

MOST_NAME: Final = 60
MOST_TEXT: Final = 160
_NO_LETTER: Final = re.compile(r"[^A-Za-z0-9_]+")
HELPER: Final = "undecided"
"""The function behind a hole."""


def identifier(name: str, *, is_camel: bool, reserved: frozenset[str]) -> str:
    """Return a name as an identifier of a language: ASCII, no word of the language, never empty."""
    words = [word for word in _NO_LETTER.sub("_", name)[:MOST_NAME].split("_") if word]
    if not words:
        return "value"
    if is_camel:
        first = words[0] if not words[0].isupper() else words[0].lower()
        text = first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in words[1:])
    else:
        text = "_".join(word if word.islower() else _snake(word) for word in words)
    if text[0].isdigit():
        text = f"n{text}" if is_camel else f"n_{text}"
    return f"{text}_" if text in reserved or text == HELPER else text


def _snake(word: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word).lower()


def one_line(text: str) -> str:
    """Return a text in one line of printable signs, cut."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(line.split())[:MOST_TEXT]


def quoted(text: str, escapes: Mapping[str, str]) -> str:
    """Return a text between double quotes."""
    line = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    for sign, escaped in escapes.items():
        line = line.replace(sign, escaped)
    return f'"{line}"'
