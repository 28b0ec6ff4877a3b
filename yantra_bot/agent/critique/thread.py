"""What people said about a task: shown with names, quoted back only where the words are there. Pure.

What the text forbids in plain words is held against the difference without a model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.agent.critique.difference import Difference
from yantra_bot.agent.rendering import show_visible
from yantra_bot.domain.repository import Issue
from yantra_bot.domain.scrutiny import Contradiction

MAX_SAID: Final = 6_000
MAX_STATEMENTS: Final = 20
MAX_QUOTE: Final = 200
LEAST_QUOTE: Final = 8
"""Characters of a person's words below which they say nothing that could be contradicted."""
_FORBIDS: Final = re.compile(
    r"\b(?:do not|don't|dont|must not|mustn't|should not|shouldn't|may not|never|without)\s+"
    r"(?:(?:ever|please)\s+)?(?P<verb>touch\w*|chang\w*|edit\w*|modif\w*|renam\w*|remov\w*|delet\w*)\s+"
    r"(?:the\s+|this\s+)?(?:(?:file|function|method|class|module|signature of|name of|public)\s+)*"
    r"`?(?P<what>(?:[\w@-]+/)*[\w@.-]*\w)(?:\(\))?`?",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s|\n")


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said: the issue's text, a comment, the words of the order."""

    who: str
    text: str


def statements_of(issue: Issue, request: str, by: str, *, command: str) -> tuple[Statement, ...]:
    """Return what people said, oldest first; bots and bare commands are left out."""
    said = [Statement(issue.author.login, f"{issue.title}\n\n{issue.body}".strip())]
    people = (one for one in issue.comments if not one.author.is_bot and one.body.strip() != command)
    said += [Statement(one.author.login, one.body) for one in people]
    said += [Statement(by, request)] if request and not any(request in one.text for one in said[1:]) else []
    return (*said[:1], *said[1:][-MAX_STATEMENTS:])


def show_statements(said: Sequence[Statement]) -> str:
    """Return what people said, for a model."""
    return "\n\n".join(f"{one.who} wrote:\n{show_visible(one.text[:MAX_SAID])}" for one in said)


def find_words(quote: str, said: Sequence[Statement]) -> str:
    """Return who said these words and the words; empty where nobody did."""
    wanted = _plain(quote)
    if len(wanted) < LEAST_QUOTE:
        return ""
    who = next((one.who for one in said if wanted in _plain(one.text)), "")
    return f"{who}: {' '.join(quote.split())[:MAX_QUOTE]}" if who else ""


def find_forbidden(said: Sequence[Statement], difference: Difference) -> tuple[Contradiction, ...]:
    """Return what somebody said is not to be touched, and the change touches."""
    found: dict[str, Contradiction] = {}
    for one in said:
        for match in _FORBIDS.finditer(one.text):
            touched = _find_touched(match["what"].removesuffix("()"), match["verb"].lower(), difference)
            if touched:
                sentence = _sentence_around(one.text, match.start(), match.end())
                message = f"{one.who} asked that `{match['what']}` be left alone; the change touches {touched}."
                found.setdefault(match["what"], Contradiction(message, f"{one.who}: {sentence}"))
    return tuple(found.values())


def _find_touched(what: str, verb: str, difference: Difference) -> str:
    """Return the place at which the change does to a file or a definition what it was not to do; empty for none."""
    path = difference.find(what) if "." in what or "/" in what else None
    if path is not None:
        return f"`{path}`"
    name = re.escape(what.rpartition(".")[2])
    definition = re.compile(
        rf"\b(?:def|class|func|function|fn|const|let|var|interface|type)\s+(?:\([^)]*\)\s*)?{name}\b"
    )
    for place, gone, written in _lines(difference):
        is_gone = any(definition.search(line) for line in gone)
        is_back = any(definition.search(line) for line in written)
        if is_gone and not (is_back and verb.startswith(("renam", "remov", "delet"))):
            return f"its definition in `{place}`"
    return ""


def _lines(difference: Difference) -> Iterator[tuple[str, list[str], list[str]]]:
    for path, one in difference.files.items():
        yield path, one.removed, list(one.written.values())


def _sentence_around(text: str, start: int, end: int) -> str:
    before = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    after = _SENTENCE_END.search(text, end)
    sentence = text[before[-1] if before else 0 : after.start() if after else len(text)]
    return " ".join(sentence.split())[:MAX_QUOTE]


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
