"""A sketch in five languages: one module of templates each, one writer for all."""

from collections.abc import Mapping
from typing import Final

from yantra_bot.codex.rendering.go import GO
from yantra_bot.codex.rendering.javascript import JAVASCRIPT
from yantra_bot.codex.rendering.python import PYTHON
from yantra_bot.codex.rendering.rust import RUST
from yantra_bot.codex.rendering.templates import Templates
from yantra_bot.codex.rendering.typescript import TYPESCRIPT
from yantra_bot.codex.rendering.writer import Writer
from yantra_bot.codex.tree import Function
from yantra_bot.domain.graph import Language

TEMPLATES: Final[Mapping[Language, Templates]] = {
    Language.PYTHON: PYTHON,
    Language.JAVASCRIPT: JAVASCRIPT,
    Language.TYPESCRIPT: TYPESCRIPT,
    Language.RUST: RUST,
    Language.GO: GO,
}


def render(function: Function, language: Language) -> str:
    """Return a sketch as a file of a language of `TEMPLATES`: it parses, and stops where something is open."""
    return Writer(TEMPLATES[language], function).write()


def has_holes(function: Function, language: Language) -> bool:
    """Tell whether something is open in a sketch as it is written in a language."""
    templates = TEMPLATES[language]
    marks = {one.partition("(")[0].partition("[")[0] for one in (templates.hole, templates.hole_test)}
    return any(mark in render(function, language) for mark in marks)
