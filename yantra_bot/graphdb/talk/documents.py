"""A project's pages as threads to read: one message a paragraph, each with the line it begins on. Bounded.

The nearest pages are read first; what is left out is told as a problem.
"""

import re
from collections.abc import Iterator, Mapping

from yantra_bot.domain.graph import Problem
from yantra_bot.domain.talk import Message, Reach, SourceKind, Thread

MAX_PAGES = 200
MAX_BYTES = 400_000
"""Of all pages together: some three seconds of reading."""

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_TITLE = re.compile(r"#{1,2}\s+(.{1,200})")


def threads_of_pages(
    pages: Mapping[str, str], problems: list[Problem], *, repository: str = "", reach: Reach = Reach.PUBLIC
) -> Iterator[Thread]:
    """Yield a thread for each page (text by path), the nearest to the top first."""
    size = 0
    ordered = sorted(pages.items(), key=lambda item: (item[0].count("/"), item[0]))
    for number, (path, text) in enumerate(ordered):
        size += len(text.encode("utf-8", "replace"))
        if number >= MAX_PAGES or size > MAX_BYTES:
            left = len(ordered) - number
            told = f"{left} pages are left out: only {MAX_PAGES} with {MAX_BYTES} bytes are read"
            problems.append(Problem(path, "talk cut", told))
            return
        messages = tuple(Message(words, link=f"{path}:{line}") for line, words in split_paragraphs(text))
        title = _TITLE.search(text)
        if messages:
            yield Thread(SourceKind.PAGE, path, title[1].strip() if title else "", messages, repository, reach)


def split_paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the first line (from 1) and the text of each paragraph; a fenced block belongs to the one before it."""
    kept: list[str] = []
    first, fence = 1, ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = _FENCE.match(line)
        if mark is not None:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        if not line.strip() and not fence:
            if kept:
                yield first, "\n".join(kept)
            kept = []
            continue
        if not kept:
            first = number
        kept.append(line)
    if kept:
        yield first, "\n".join(kept)
