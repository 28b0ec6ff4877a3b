"""Reads a symbol's signature, a line of source text, into parameters that two versions can be compared by.

It knows how six languages write parameters and nothing about what they mean to callers: that is `api_diff`'s.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from yantra_bot.domain.graph import Language, NodeKind, Symbol

MAX_SIGNATURE = 20_000
_MODIFIERS = re.compile(r"^(?:(?:public|private|protected|readonly|final|override|mut|@\w+(?:\([^)]*\))?)\s+)+")
_CONSTRUCTOR = "<init>"
"""What the constructors of Java are named in the graph."""
_ARROWS = ("->", "=>")
_ANGLES = frozenset({Language.TYPESCRIPT, Language.RUST, Language.JAVA})
"""Those that write types in angle brackets."""
_OPEN_LAMBDA = re.compile(r"=\s*lambda\b[^:]*$")
_GO_NAMED = re.compile(r"(?!func\b|chan\b|map\b|struct\b|interface\b)\w+ ")
_SELF = re.compile(r"(?:&\s*)?(?:'\w+\s+)?(?:mut\s+)?self\b|this\s*(?::|$)")


class Passing(StrEnum):
    """How an argument may be given."""

    ANY = "any"
    POSITION = "by position only"
    NAME = "by name only"
    STAR = "many, by position"
    DOUBLE_STAR = "many, by name"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as it is written."""

    name: str
    passing: Passing
    has_default: bool
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a callable takes and says it gives; `is_known` is false for a text that has no list of parameters."""

    parameters: tuple[Parameter, ...] = ()
    returns: str = ""
    is_async: bool = False
    is_known: bool = False


def read_signature(symbol: Symbol) -> Signature:
    """Return the parameters of a function's or method's signature, without the receiver."""
    text = " ".join(symbol.signature[:MAX_SIGNATURE].split())
    language = symbol.language or Language.PYTHON
    start = _list_start(text, _written_name(symbol), language)
    end = -1 if start < 0 else _closing(text, start, language)
    if end < 0:
        return Signature()
    parameters = _read_list(split_top(text[start + 1 : end], language), language)
    if _has_receiver(symbol, language):
        parameters = parameters[1:]
    is_async = re.search(r"\basync\b", text[:start]) is not None
    return Signature(parameters, _returns(text, start, end, language), is_async, is_known=True)


def split_top(text: str, language: Language) -> list[str]:
    """Return the parts between commas that stand in no bracket and no string."""
    parts, begin = [], 0
    for at, sign, depth in _scan(text, language):
        if sign == "," and depth == 0 and not _OPEN_LAMBDA.search(text, begin, at):
            parts.append(text[begin:at].strip())
            begin = at + 1
    return [part for part in [*parts, text[begin:].strip()] if part]


def _scan(text: str, language: Language) -> Iterator[tuple[int, str, int]]:
    """Give each sign outside of strings with its place and the number of brackets that are open around it."""
    opening, closing = ("([{<", ")]}>") if language in _ANGLES else ("([{", ")]}")
    depth, quote, at = 0, "", -1
    while (at := at + 1) < len(text):
        sign = text[at]
        if quote:
            at += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in '"`' or (sign == "'" and language is not Language.RUST):
            quote = sign  # in Rust an apostrophe begins a lifetime
        else:
            is_closing = sign in closing and text[max(at - 1, 0) : at + 1] not in _ARROWS
            depth -= is_closing
            yield at, sign, depth
            depth += sign in opening


def _written_name(symbol: Symbol) -> str:
    """Return the name that stands before the list: a constructor's is that of its class."""
    name = symbol.qualified_name.split(".")[-2:][0] if symbol.name == _CONSTRUCTOR else symbol.name
    return name.rpartition(".")[2]


def _list_start(text: str, name: str, language: Language) -> int:
    """Return where the list of parameters opens: behind the name; negative where none does.

    A name in an annotation (`@Named("f")`) or a restricted visibility (`pub(super)`) is none. Where it is not written
    (`export default function (a)`) the list is the first bracket, except behind an annotation.
    """
    named = re.compile(rf"(?<![\w$@]){re.escape(name)}(?![\w$])")
    found = (named.match(text, at) for at, _, depth in _scan(text, language) if depth == 0)
    after = next((one.end() for one in found if one is not None), 0)
    if after == 0 and text.startswith("@"):
        return -1
    generics = 0
    for at, sign, _ in _scan(text[after:], language):
        if sign == "(" and generics == 0:
            return after + at
        generics += (sign in "[<") - (sign in "]>" and text[after + at - 1 : after + at + 1] not in _ARROWS)
    return -1


def _closing(text: str, start: int, language: Language) -> int:
    scanned = _scan(text[start:], language)
    return next((start + at for at, sign, depth in scanned if sign == ")" and depth == 0), -1)


def _returns(text: str, start: int, end: int, language: Language) -> str:
    if language is Language.JAVA:
        before = text[:start].rsplit(None, 1)
        return before[0].rpartition(" ")[2] if len(before) == 2 else ""
    after = text[end + 1 :].strip()
    found = re.match(r"(?:->|:)?\s*(.*?)\s*(?:=>.*|[:{;]|where\b.*)?$", after)
    return found.group(1) if found is not None else after


def _has_receiver(symbol: Symbol, language: Language) -> bool:
    if language is not Language.PYTHON or symbol.kind is not NodeKind.METHOD:
        return False
    return "staticmethod" not in {name.rpartition(".")[2] for name in symbol.decorators}


def _read_list(parts: list[str], language: Language) -> tuple[Parameter, ...]:
    if language is Language.PYTHON:
        return _read_python(parts)
    if language is Language.GO:
        return _read_go(parts)
    plain = [_MODIFIERS.sub("", part) for part in parts if not _SELF.match(part)]
    if language is Language.JAVA:
        return tuple(map(_read_java, plain))
    return tuple(_read_colon(part, language) for part in plain)


def _read_python(parts: list[str]) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    passing = Passing.ANY
    for part in parts:
        if part == "/":
            found = [replace(item, passing=Passing.POSITION) for item in found]
        elif part == "*":
            passing = Passing.NAME
        elif part.startswith("**"):
            found.append(_parameter(part[2:], Passing.DOUBLE_STAR, Language.PYTHON))
        elif part.startswith("*"):
            found.append(_parameter(part[1:], Passing.STAR, Language.PYTHON))
            passing = Passing.NAME
        else:
            found.append(_parameter(part, passing, Language.PYTHON))
    return tuple(found)


def _parameter(text: str, passing: Passing, language: Language) -> Parameter:
    declared, default = _partition_top(text, "=", language)
    name, annotation = _partition_top(declared, ":", language)
    is_optional = default is not None or passing in (Passing.STAR, Passing.DOUBLE_STAR)
    return Parameter(name.strip(), passing, is_optional, (annotation or "").strip())


def _partition_top(text: str, sign: str, language: Language) -> tuple[str, str | None]:
    for at, found, depth in _scan(text, language):
        if found == sign and depth == 0 and text[at : at + 2] not in ("=>", "=="):
            return text[:at], text[at + 1 :]
    return text, None


def _read_colon(text: str, language: Language) -> Parameter:
    """Read a parameter of JavaScript, TypeScript or Rust."""
    passing = Passing.STAR if text.startswith("...") else Passing.POSITION
    found = _parameter(text.removeprefix("..."), passing, language)
    name = found.name.removesuffix("?")
    return replace(found, name=name, has_default=found.has_default or name != found.name)


def _read_java(text: str) -> Parameter:
    kind, _, name = text.rpartition(" ")
    many = kind.endswith("...")
    return Parameter(name, Passing.STAR if many else Passing.POSITION, many, kind)


def _read_go(parts: list[str]) -> tuple[Parameter, ...]:
    """Read parameters of Go, where `a, b int` gives both the type, and a list without names has types alone."""
    found: list[Parameter] = []
    is_named = any(_GO_NAMED.match(part) for part in parts)
    for part in reversed(parts):
        name, _, kind = part.partition(" ") if is_named else ("", "", part)
        kind = kind.strip() or (found[-1].annotation if found else "")
        many = kind.startswith("...")
        found.append(Parameter(name, Passing.STAR if many else Passing.POSITION, many, kind))
    return tuple(reversed(found))
