"""Whether there is a task at all: an issue that says nothing is answered with a question, not by a model. Pure."""

import re
from typing import Final

from yantra_bot.domain.repository import Issue

NOTHING: Final = (
    "This issue does not say what is to be done. What should be different afterwards, and how can it be seen?"
)
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_IMAGE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>", re.IGNORECASE)
_MARKS: Final = re.compile(
    r"^\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|[-*+]\s*(?:\[[ xX]\])?|\d+[.)]|[-*_]{3,}|>.*|```.*)\s*$", re.MULTILINE
)
_TEMPLATE: Final = re.compile(
    r"a clear and concise description of|steps to reproduce the behaviou?r|add any other context"
    r"|if applicable, add screenshots"
    r"|describe the solution you'd like|describe alternatives you've considered|go to '\.\.\.'|click on '\.+'|see error"
    r"|no response|n/a|\bi (?:have |'ve )?(?:searched|read|checked|agree|confirm)\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w{2,}")
_EMPTY_WORDS: Final = frozenset({
    "bug", "bugs", "issue", "issues", "test", "testing", "help", "fix", "error", "errors", "problem", "problems",
    "question", "feature", "request", "todo", "untitled", "new", "title", "please", "hello", "hi", "hey", "update",
    "change", "the", "this", "that", "it", "is", "an", "asap", "urgent", "wip", "tbd", "foo", "bar", "baz", "asdf",
    "xxx", "fehler", "hilfe", "frage", "ayuda", "erreur", "aide",
})  # fmt: skip


def find_missing_task(issue: Issue, request: str, *, command: str) -> str:
    """Return the question that is asked back where nobody says what is to be done; empty where somebody does.

    A title alone may be a task, if it has a word that says something; what a template wrote says nothing.
    """
    handle = command.partition(" ")[0]
    people = [_without_orders(one.body, handle) for one in issue.comments if not one.author.is_bot]
    said = "\n".join([issue.title, _own_words(issue.body), request, *people])
    telling = {word for word in (found.lower() for found in _WORD.findall(said)) if word not in _EMPTY_WORDS}
    telling -= {word.lower() for word in _WORD.findall(command)}
    return "" if any(not word.isdigit() for word in telling) else NOTHING


def _without_orders(comment: str, handle: str) -> str:
    """Return a comment without the lines that are orders, options and all: what one asks for comes as the request."""
    return "\n".join(line for line in comment.splitlines() if not line.lstrip().lower().startswith(handle.lower()))


def _own_words(body: str) -> str:
    """Return what of a body a person may have written: no comment, picture, heading or line of a template."""
    text = _MARKS.sub("", _IMAGE.sub("", _COMMENT.sub("", body)))
    return "\n".join(line for line in text.splitlines() if not _TEMPLATE.search(line))
