"""Which commits say that they mend a fault, by their message. Rules for words, the same in every repository. Pure."""

import re
from typing import Final

_CONVENTIONAL: Final = re.compile(r"^(?P<type>[a-z]+)(\([^)]*\))?!?:", re.IGNORECASE)
_MENDING_TYPES: Final = frozenset({"fix", "bugfix", "hotfix"})
_WORDS: Final = re.compile(
    r"\b(fix(e[sd]|ing)?|bug(s|fix(es)?)?|regression|crash(es|ed)?|broken|faulty|incorrect(ly)?|hotfix)\b",
    re.IGNORECASE,
)
_CLOSES: Final = re.compile(r"\b(fix(e[sd])?|close[sd]?|resolve[sd]?):? +([\w.-]+/[\w.-]+)?#\d+", re.IGNORECASE)
_NOT_CODE: Final = re.compile(
    r"\b(typos?|spelling|docs?|docstrings?|documentation|readme|changelog|comments?|lint(ing|er)?|flake8|ruff|mypy"
    r"|format(ting)?|whitespace|style|ci|workflows?|tests?|flaky|merge|revert|bump|release|version)\b",
    re.IGNORECASE,
)


def is_fix(message: str) -> bool:
    """Tell whether a commit's message says that it mends a fault of the code.

    Its first line is asked: a conventional commit by its type, another one by its words, of which those that name
    documentation, tests, formatting, or a merge speak against it. `Fixes #12` in the body counts where they do not.
    """
    subject, _, body = message.strip().partition("\n")
    found = _CONVENTIONAL.match(subject)
    if found is not None:
        scope = subject[len(found["type"]) : found.end()]
        return found["type"].lower() in _MENDING_TYPES and _NOT_CODE.search(scope) is None
    if _NOT_CODE.search(subject) is not None:
        return False
    return _WORDS.search(subject) is not None or _CLOSES.search(subject + "\n" + body) is not None
