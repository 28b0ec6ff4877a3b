"""Does a change break the parse of a file? Answered before anything is written, with tree-sitter.

A grammar may be behind its language and may be more forgiving than it. For Python both are mended with the
interpreter's own parser: what it accepts is no error, and bad indentation is one. A file that did not parse before may
be edited freely. Nothing here runs code or touches a file.
"""

import ast
import importlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from time import monotonic

from tree_sitter import Language, Node, Parser, Tree

from yantra_bot.agent.text import decode
from yantra_bot.errors import UserError

MAX_BYTES = 1024 * 1024
MAX_SECONDS = 2.0

# By file suffix: the module of the grammar, and the function in it.
_GRAMMARS = {
    ".py": ("tree_sitter_python", "language"),
    ".js": ("tree_sitter_javascript", "language"),
    ".jsx": ("tree_sitter_javascript", "language"),
    ".mjs": ("tree_sitter_javascript", "language"),
    ".cjs": ("tree_sitter_javascript", "language"),
    ".ts": ("tree_sitter_typescript", "language_typescript"),
    ".tsx": ("tree_sitter_typescript", "language_tsx"),
    ".go": ("tree_sitter_go", "language"),
    ".rs": ("tree_sitter_rust", "language"),
    ".java": ("tree_sitter_java", "language"),
}


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """The first place where a text does not parse. `line` and `column` count from 1, columns in characters."""

    line: int
    column: int
    reason: str
    source: str
    """The line itself, cut."""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.reason}\n{self.line:>6}\t{self.source}"


class Grammars:
    """The loaded grammars. Load them before a process gives up its rights: later an import may be impossible."""

    def __init__(self, languages: Mapping[str, Language], *, seconds: float = MAX_SECONDS) -> None:
        self._seconds = seconds
        self._parsers = {suffix: Parser(language) for suffix, language in languages.items()}

    def parse(self, path: str, data: bytes) -> Tree | None:
        """Return the syntax tree of UTF-8 text; None when the language is unknown, or it is too large or too slow."""
        parser = self._parsers.get(PurePosixPath(path).suffix.lower())
        if parser is None or len(data) > MAX_BYTES:
            return None
        until = monotonic() + self._seconds
        try:
            # Error recovery can be slow on hostile text; what takes too long is not judged.
            return parser.parse(
                lambda offset, _: data[offset : offset + 65_536], progress_callback=lambda *_: monotonic() > until
            )
        except ValueError:
            parser.reset()
            return None

    def find_problem(self, path: str, data: bytes) -> SyntaxProblem | None:
        """Return the first parse error; None when there is none, the language is unknown, or it cannot be told."""
        try:
            text = decode(data).text
        except UserError:
            return None
        utf8 = text.encode("utf-8", "replace")
        tree = self.parse(path, utf8)
        problem = _describe(tree, utf8) if tree is not None and tree.root_node.has_error else None
        is_python = PurePosixPath(path).suffix.lower() == ".py" and len(utf8) <= MAX_BYTES
        return _ask_python(text, problem) if is_python else problem

    def find_new_problem(self, path: str, before: bytes | None, after: bytes) -> SyntaxProblem | None:
        """Return the parse error that a change introduces; None when it brings none or the file had one before."""
        problem = self.find_problem(path, after)
        if problem is not None and before is not None and self.find_problem(path, before) is not None:
            return None
        return problem


def load_grammars(*, seconds: float = MAX_SECONDS) -> Grammars:
    """Load every grammar now, which takes a few milliseconds; `seconds` is the longest a parse may take."""
    languages = {}
    for suffix, (module, function) in _GRAMMARS.items():
        languages[suffix] = Language(getattr(importlib.import_module(module), function)())
    return Grammars(languages, seconds=seconds)


def _describe(tree: Tree, data: bytes) -> SyntaxProblem:
    node = _first_error(tree.root_node)
    line, start = node.start_point
    source = data.split(b"\n")[line]
    column = len(source[:start].decode("utf-8", "replace")) + 1
    reason = f"{node.type} is missing" if node.is_missing else "this does not parse"
    return SyntaxProblem(line + 1, column, reason, source.decode("utf-8", "replace").rstrip("\r")[:200])


def _first_error(node: Node) -> Node:
    while True:
        below = next((child for child in node.children if child.has_error or child.is_missing), None)
        if below is None or node.is_error:
            return node
        node = below


def _ask_python(text: str, problem: SyntaxProblem | None) -> SyntaxProblem | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        if problem is None and not isinstance(error, IndentationError):
            return None  # Another version's Python, most likely: the grammar knows it.
        line = error.lineno or 1
        source = (text.split("\n")[line - 1 : line] or [""])[0]
        return SyntaxProblem(line, error.offset or 1, error.msg, source.rstrip("\r")[:200])
    except (ValueError, RecursionError, MemoryError):
        return problem
    return None
