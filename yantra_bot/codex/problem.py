"""The problem that the generator is given: a name, a signature and words. Read from a task's text, by rules. Pure.

The text is a stranger's: names in it are only ever names, and are made harmless again where a language writes them.
"""

import re
from dataclasses import dataclass
from typing import Final

from yantra_bot.codex.tree import ANY, Kind, Parameter, Type

MOST_TEXT: Final = 4_000
MOST_PARAMETERS: Final = 12
_SIGNATURE: Final = re.compile(
    r"(?:\b(?P<word>def|func|fn|function)\s+|`)(?P<name>[A-Za-z_]\w{0,79})\s*\((?P<parameters>[^()`\n]{0,400}(?:\([^()`\n]{0,80}\)"
    r"[^()`\n]{0,80})?)\)(?:\s*(?:->|:)\s*(?P<returns>[A-Za-z_][\w.\[\], |]{0,80}))?"
)
_NAMED: Final = re.compile(
    r"\b(?:function|method|helper)\s+(?:named\s+|called\s+)?`(?P<after>[A-Za-z_]\w{0,79})`"
    r"|`(?P<before>[A-Za-z_]\w{0,79})`\s+(?:function|method|helper)\b",
    re.IGNORECASE,
)
_ADDS: Final = re.compile(
    r"\b(?:add|write|implement|create|provide|introduce|need|want)\b[^.\n]{0,80}\b(?:function|method|helper)\b"
    r"|\bnew (?:function|method|helper)\b|\b(?:add|write|implement|create|provide)\s+(?:a |the |an )?`\w+\s*\(",
    re.IGNORECASE,
)
_CALLS: Final = re.compile(r"`(?:\w+\.)*(?P<name>[A-Za-z_]\w{1,79})\(")
_COLLECTIONS: Final = frozenset(
    ("list", "tuple", "set", "frozenset", "sequence", "iterable", "iterator", "collection", "array", "vec", "slice")
)
_SIMPLE: Final = {
    **dict.fromkeys(("str", "string", "text", "&str", "path", "bytes"), Kind.TEXT),
    **dict.fromkeys(("int", "integer", "i32", "i64", "u32", "u64", "usize"), Kind.WHOLE),
    **dict.fromkeys(("float", "number", "f32", "f64", "decimal"), Kind.REAL),
    **dict.fromkeys(("bool", "boolean"), Kind.TRUTH),
    **dict.fromkeys(("none", "void", "null", "nothing"), Kind.NOTHING),
    **dict.fromkeys(("dict", "mapping", "map", "hashmap", "object", "record", "mutablemapping"), Kind.MAP),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be written."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    returns: Type = ANY
    text: str = ""
    """The docstring, or the task's words."""
    neighbours: tuple[str, ...] = ()
    """Names of functions that it stands beside or is told to call."""


def read_task(text: str) -> Problem | None:
    """Return the new function that a task asks for; None where it asks for none, or does not name it."""
    text = text[:MOST_TEXT]
    if not _ADDS.search(text):
        return None
    found = _SIGNATURE.search(text)
    if found is not None:
        returns = read_type(found["returns"] or "")
        return Problem(
            found["name"], read_parameters(found["parameters"]), returns, text, calls_in(text, found["name"])
        )
    named = _NAMED.search(text)
    if named is None:
        return None
    name = named["after"] or named["before"]
    return Problem(name, (), Type(), text, calls_in(text, name))


def calls_in(text: str, own: str) -> tuple[str, ...]:
    """Return the functions that a text shows as called, in backticks, without its own."""
    found = dict.fromkeys(match["name"] for match in _CALLS.finditer(text[:MOST_TEXT]))
    return tuple(name for name in found if name != own)[:8]


def read_parameters(text: str) -> tuple[Parameter, ...]:
    """Return the parameters of a signature's text, `self` and stars left out."""
    found: dict[str, Parameter] = {}
    for part in split_outside(text):
        head, _, default = part.partition("=")
        name, _, annotation = head.partition(":")
        name = name.strip().lstrip("*&").strip()
        if not name.isidentifier() or name in {"self", "cls", "this"}:
            continue
        kind = read_type(annotation)
        if default.strip() == "None":
            kind = Type(kind.kind, kind.inside, is_optional=True)
        found.setdefault(name, Parameter(name, kind))
    return tuple(found.values())[:MOST_PARAMETERS]


def split_outside(text: str) -> list[str]:
    """Return the parts between commas that stand outside of brackets."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "[({") - (sign in "])}")
        if sign == "," and depth <= 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def read_type(text: str, depth: int = 0) -> Type:
    """Return the type that an annotation names; `ANY` for what is not known."""
    text = text.strip().strip("\"'")
    alternatives = [part.strip() for part in text.split("|")] if "[" not in text else [text]
    if len(alternatives) > 1:
        rest = [part for part in alternatives if part.lower() not in {"none", "null", "undefined"}]
        one = read_type(rest[0], depth) if len(rest) == 1 else Type()
        return Type(one.kind, one.inside, is_optional=len(rest) < len(alternatives))
    outer, _, inner = text.partition("[")
    word = outer.strip().rpartition(".")[2].lower()
    arguments = split_outside(inner.rpartition("]")[0]) if inner and depth < 3 else []
    inside = read_type(arguments[-1 if word in _SIMPLE else 0], depth + 1) if arguments and arguments[0] else None
    if word == "optional":
        return Type(inside.kind if inside else Kind.ANY, inside.inside if inside else None, is_optional=True)
    if word in _COLLECTIONS:
        return Type(Kind.LIST, inside)
    kind = _SIMPLE.get(word, Kind.ANY)
    return Type(kind, inside if kind is Kind.MAP else None)
