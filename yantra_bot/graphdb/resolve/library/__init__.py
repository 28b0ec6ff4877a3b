"""Models of what lies outside of a repository: how builtins and well-known modules call what they are given.

A model is source text in the language itself, lowered like any file. It says only what matters to the flow of functions
and objects. Calls that a model makes are attributed to whoever called it.
"""

from functools import cache
from importlib import resources

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.languages import Paths, frontend_of

LIBRARY = "<library>/"
"""Where a model's path begins."""
_SUFFIX = {Language.PYTHON: ".py"}


@cache
def model_names(language: Language) -> frozenset[str]:
    """Return the dotted names of the outside modules of a language that have a model."""
    if language not in _SUFFIX:
        return frozenset()
    files = resources.files(__name__).joinpath(str(language)).iterdir()
    return frozenset(file.name.removesuffix(".model") for file in files if file.name.endswith(".model"))


@cache
def read_model(language: Language, name: str) -> FileFacts | None:
    """Return the facts of the model of an outside module by its dotted name, or None."""
    if name not in model_names(language):
        return None
    suffix = _SUFFIX[language]
    file = resources.files(__name__).joinpath(str(language), f"{name}.model")
    from tree_sitter import Parser

    path = f"{LIBRARY}{language}/{name}{suffix}"
    frontend = frontend_of(path)
    source = file.read_bytes()
    return frontend.lower(path, source, Parser(frontend.grammar(suffix)).parse(source))


class LibraryLinker:
    """Everything that a model imports is a model or nothing."""

    def locate(self, importer: str, specifier: str) -> Paths | None:
        """Return None: models are found by name."""
        return None

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return None: a model is one file."""
        return None

    def siblings(self, path: str) -> Paths:
        """Return nothing."""
        return ()

    def external(self, importer: str, specifier: str) -> str:
        """Return the specifier, which is dotted already."""
        return specifier


def library_linker() -> LibraryLinker:
    """Return the linker of models."""
    return LibraryLinker()
