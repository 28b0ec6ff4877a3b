"""The languages the graph reads: one module or folder each, and this table of them.

A language says how its syntax is lowered to `facts` and how its imports find files. It knows no other language and
never looks at a second file while it lowers one.
"""

import importlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Protocol

from tree_sitter import Language as Grammar
from tree_sitter import Tree

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import FileFacts

# By suffix: the language, and the module here that has its frontend.
_BY_SUFFIX = {
    ".py": (Language.PYTHON, "python"),
    ".pyi": (Language.PYTHON, "python"),
    ".js": (Language.JAVASCRIPT, "javascript"),
    ".jsx": (Language.JAVASCRIPT, "javascript"),
    ".mjs": (Language.JAVASCRIPT, "javascript"),
    ".cjs": (Language.JAVASCRIPT, "javascript"),
    ".ts": (Language.TYPESCRIPT, "javascript"),
    ".tsx": (Language.TYPESCRIPT, "javascript"),
    ".mts": (Language.TYPESCRIPT, "javascript"),
    ".cts": (Language.TYPESCRIPT, "javascript"),
    ".go": (Language.GO, "go"),
    ".rs": (Language.RUST, "rust"),
    ".java": (Language.JAVA, "java"),
}

Paths = tuple[str, ...]
Read = Callable[[str], bytes | None]
"""Bytes of a file of the repository by path; None where there is none."""


class Linker(Protocol):
    """How the imports of one language find files, for one set of files. It is made anew when files come or go."""

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return the paths of the files that make up the module that a file names so.

        None when it is no part of the repository. A folder that is a module without a file of its own is its path
        with a slash at the end.
        """

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return the module `name` inside a module (Python's and Rust's), or None."""

    def siblings(self, path: str) -> Paths:
        """Return the files whose top-level names are visible in this one without an import (Go's, Java's package)."""

    def external(self, importer: str, specifier: str) -> str:
        """Return the dotted name of a module outside of the repository: `os.path`, `lodash`, `java.util`."""


class Frontend(Protocol):
    """A language, as a module of this package offers it (by functions of these names)."""

    def grammar(self, suffix: str) -> Grammar:
        """Return the grammar for files of the suffix."""

    def lower(self, path: str, source: bytes, tree: Tree) -> FileFacts:
        """Return what the file says. Parts that do not parse are left out and named in `problems`; never raises."""

    def make_linker(self, paths: Sequence[str], read: Read) -> Linker:
        """Return the linker for all files of this language in a repository; `read` gives configuration files."""


@lru_cache(maxsize=65_536)
def language_of(path: str) -> Language | None:
    """Return the language of a file by its suffix; None when the graph does not read it."""
    found = _BY_SUFFIX.get(PurePosixPath(path).suffix)
    return None if found is None else found[0]


def frontend_of(path: str) -> Frontend:
    """Return the frontend for a file that has a language."""
    name = _BY_SUFFIX[PurePosixPath(path).suffix][1]
    frontend: Frontend = importlib.import_module(f"{__name__}.{name}")
    return frontend
