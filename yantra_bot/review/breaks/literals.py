"""What type a literal argument has, and whether a declared type can take it. Only what is certain is refused."""

import re
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.graph import Language
from yantra_bot.review.breaks.syntax import text

_PYTHON: Final = {
    "string": "str",
    "concatenated_string": "str",
    "integer": "int",
    "float": "float",
    "true": "bool",
    "false": "bool",
    "none": "None",
    "list": "list",
    "list_comprehension": "list",
    "dictionary": "dict",
    "dictionary_comprehension": "dict",
    "set": "set",
    "set_comprehension": "set",
    "tuple": "tuple",
}
_TYPESCRIPT: Final = {
    "string": "string",
    "template_string": "string",
    "number": "number",
    "true": "boolean",
    "false": "boolean",
    "array": "array",
}
_GO: Final = {
    "interpreted_string_literal": "string",
    "raw_string_literal": "string",
    "int_literal": "int",
    "float_literal": "float64",
    "true": "bool",
    "false": "bool",
}
_JAVA: Final = {
    "string_literal": "String",
    "decimal_integer_literal": "int",
    "decimal_floating_point_literal": "double",
    "true": "boolean",
    "false": "boolean",
}
_KINDS: Final = {
    Language.PYTHON: _PYTHON,
    Language.TYPESCRIPT: _TYPESCRIPT,
    Language.GO: _GO,
    Language.JAVA: _JAVA,
}
_INTEGERS: Final = (
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "byte",
    "rune",
)
_TAKES: Final = {
    Language.PYTHON: {
        "int": {"int", "bool"},
        "float": {"float", "int", "bool"},
        "complex": {"float", "int", "bool"},
        "str": {"str"},
        "bytes": {"bytes"},
        "bool": {"bool"},
        "None": {"None"},
        "list": {"list"},
        "dict": {"dict"},
        "set": {"set"},
        "tuple": {"tuple"},
    },
    Language.TYPESCRIPT: {"string": {"string"}, "number": {"number"}, "boolean": {"boolean"}},
    Language.GO: {
        **{kind: {"int"} for kind in _INTEGERS},
        "string": {"string"},
        "bool": {"bool"},
        "float64": {"float64", "int"},
        "float32": {"float64", "int"},
    },
    Language.JAVA: {
        "String": {"String"},
        "boolean": {"boolean"},
        "int": {"int"},
        "long": {"int"},
        "short": {"int"},
        "byte": {"int"},
        "double": {"double", "int"},
        "float": {"int"},
    },
}
"""By declared type: the literals that it takes. Of a type that is not here nothing is known."""
_WRAPPED: Final = re.compile(
    r"^(?:typing\.|t\.)?(Optional|Union|List|Dict|Set|Tuple|list|dict|set|tuple)\[(.*)\]$", re.DOTALL
)


def type_of(node: Node, language: Language) -> str:
    """Return the type of a literal; empty for any other expression."""
    kind = _KINDS.get(language, {}).get(node.type, "")
    if language is Language.PYTHON and kind == "str" and re.match(r"[rRuUfF]*[bB]", text(node)):
        return "bytes"
    return kind


def refuses(declared: str, literal: str, language: Language) -> bool:
    """Tell whether a declared type certainly takes no literal of a type."""
    takes = _TAKES.get(language, {})
    options = _options(declared.strip().strip("\"'"), language)
    return bool(options) and all(one in takes and literal not in takes[one] for one in options)


def _options(declared: str, language: Language) -> list[str]:
    if language not in (Language.PYTHON, Language.TYPESCRIPT):
        return [declared]
    found: list[str] = []
    for part in _split(declared, "|"):
        wrapped = _WRAPPED.match(part) if language is Language.PYTHON else None
        if wrapped is None:
            found.append(part)
        elif wrapped.group(1) == "Optional":
            found += ["None", *_options(wrapped.group(2).strip(), language)]
        elif wrapped.group(1) == "Union":
            found += [one for inner in _split(wrapped.group(2), ",") for one in _options(inner, language)]
        else:
            found.append(wrapped.group(1).lower())
    return found


def _split(declared: str, sign: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(declared):
        depth += (letter in "[({<") - (letter in "])}>")
        if letter == sign and depth == 0:
            parts.append(declared[start:at].strip())
            start = at + 1
    return [*parts, declared[start:].strip()]
