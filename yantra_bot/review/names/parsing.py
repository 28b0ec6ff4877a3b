"""Files that parsed before the change and do not any more, or new ones that never did. All languages.

What only another version of a language can read is unknown, not an error: Python is asked first by the grammar of the
graph, which knows newer syntax and older statements, then by the interpreter that runs this.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import Language
from yantra_bot.domain.review import ChangedFile, FileStatus
from yantra_bot.review.names.look import Look, Place
from yantra_bot.review.names.python import MAX_BYTES
from yantra_bot.review.names.rules import PARSE_ERROR
from yantra_bot.review.subject import Version

_OLD_PYTHON: Final = re.compile(
    rb"^\s*print\s+[^(=\s]|^\s*print\s*$|\bexcept\s+[\w.]+\s*,\s*\w+\s*:|^\s*exec\s+[\"'\w]|\braise\s+\w+\s*,|<>|`|"
    rb"\b0[0-7]+\b|\bur[\"']|\b\d+L\b",
    re.MULTILINE,
)
_TEMPLATE: Final = re.compile(rb"\{%|\{\{\s*(cookiecutter|[\w.]+\s*\}\})|<%|^(<<<<<<<|>>>>>>>) ", re.MULTILINE)
_OTHER_DIALECT: Final = re.compile(rb"@flow\b|^\s*import\s+typeof\b|^#!.*\b(?!node|deno|bun|env)\w+$", re.MULTILINE)
_CONFLICT: Final = re.compile(rb"^<<<<<<< .*\n(?:.*\n)*?=======\r?\n(?:.*\n)*?>>>>>>> ", re.MULTILINE)
_CERTAIN: Final = re.compile(
    r"follows (default|keyword|var-keyword)|repeated|^cannot (assign|delete)|duplicate|outside (function|loop|async)|"
    r"not properly in loop|nonlocal|global declaration|unindent|unexpected indent|expected an indented block|"
    r"is parameter and|from __future__ imports must"
)
"""Messages of the interpreter that mean an error in every version of the language."""


@dataclass(frozen=True, slots=True)
class Error:
    """Where a file ends to parse, and what is said of it."""

    line: int
    what: str


def find_parse_errors(look: Look) -> Iterator[Finding]:
    """Yield one finding for each changed file that has an error now and had none before."""
    for file in look.subject.sources():
        error = find_error(look.subject.head, file.path, file.language)
        if error is not None and not _had_error(look, file):
            place = Place(f"syntax of {file.path}", file.path, error.line, look.anchor(file.path, error.line))
            no_longer = "no longer parses" if _is_old(file) else "does not parse"
            yield look.finding(
                PARSE_ERROR, place, f"This file {no_longer}: {error.what}.", confidence=_confidence(file)
            )


def _confidence(file: ChangedFile) -> float:
    """Return how sure an error is: outside of Python a grammar that is older than the code may be what is wrong."""
    return 0.98 if file.language is Language.PYTHON else 0.9 if _is_old(file) else 0.7


def _is_old(file: ChangedFile) -> bool:
    return file.status is not FileStatus.ADDED


def _had_error(look: Look, file: ChangedFile) -> bool:
    if not _is_old(file):
        return False
    return find_error(look.subject.base, file.base_path, file.language, strict=True) is not None


def find_error(version: Version, path: str, language: Language | None, *, strict: bool = False) -> Error | None:
    """Return what is certainly wrong with the syntax of a file; None where it parses, or nobody can tell.

    `strict`: what may only be another version of the language counts as well.
    """
    data = version.read(path)
    if data is None or language is None or len(data) > MAX_BYTES or b"\0" in data:
        return None
    conflict = _CONFLICT.search(data)
    if conflict is not None:
        return Error(data.count(b"\n", 0, conflict.start()) + 1, "it has the marks of a merge conflict")
    if _TEMPLATE.search(data) and not strict:
        return None
    tree = version.syntax.tree(path)
    broken = None if tree is None or not tree.root_node.has_error else _first_error(tree.root_node)
    if language is Language.PYTHON:
        return _judge_python(data, broken, strict=strict)
    if broken is None or (not strict and _OTHER_DIALECT.search(data)):
        return None
    return _describe(broken)


def _judge_python(data: bytes, broken: Node | None, *, strict: bool) -> Error | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, "<file>", "exec", dont_inherit=True)
    except SyntaxError as error:
        is_certain = bool(_CERTAIN.search(error.msg or "")) or broken is not None
        if strict or (is_certain and not _OLD_PYTHON.search(data)):
            return Error(max(error.lineno or 1, 1), error.msg or "invalid syntax")
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _first_error(root: Node) -> Node | None:
    """Return the first node that is an error or missing, walking down only where there is one."""
    node = root
    while True:
        if node.is_error or node.is_missing:
            return node
        inner = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inner is None:
            return None
        node = inner


def _describe(broken: Node) -> Error:
    line = broken.start_point[0] + 1
    if broken.is_missing:
        return Error(line, f"`{broken.type}` is missing")
    text = (broken.text or b"").decode("utf-8", "replace").strip().split("\n")[0][:40]
    return Error(line, f"unexpected `{text}`" if text else "invalid syntax")
