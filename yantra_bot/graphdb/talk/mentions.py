"""Finds what a text points at, by GitHub's rules: issues, commits, people, symbols, files with lines. Pure.

Nothing in a code block is a reference to an issue, a commit or a person; stack traces in it name places.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_TEXT = 200_000
"""Characters of a text that are read."""


class MentionKind(StrEnum):
    """What is pointed at."""

    ISSUE = "issue"
    PULL_REQUEST = "pull request"
    ISSUE_OR_PULL = "issue or pull request"
    COMMIT = "commit"
    PERSON = "person"
    TEAM = "team"
    CODE = "code"
    """Backticked words that may name a symbol or a file."""
    PLACE = "place"
    """A file with a line, or a frame of a stack trace."""
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Mention:
    """One place of a text that points at something. `start` and `end` count its characters."""

    kind: MentionKind
    name: str
    """`owner/name#12`, a hash, a handle without `@`, code, a path, an address."""
    start: int
    end: int
    closes: bool = False
    """A keyword before it closes the issue, as GitHub reads it in a pull request or a commit."""
    line: int = 0
    """Of a place; 0 where none is named."""
    function: str = ""
    """Of a frame of a stack trace."""


_FENCED = re.compile(r"^ {0,3}(`{3,}+|~{3,}+)[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]{1,200})\1(?!`)")
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})"
_REPOSITORY = rf"{_NAME}/[\w.-]{{1,100}}"
_LINK = re.compile(
    rf"https?://(?:www\.)?github\.com/({_REPOSITORY})/(issues|pull|pulls|commit|discussions)/([0-9a-f]{{1,40}})"
    r"(?:[/?#][^\s)\]>]*)?"
)
_URL = re.compile(r"https?://[^\s)\]>\"'`]{1,2000}")
_ISSUE = re.compile(rf"(?<![\w/#&.-])(?:({_REPOSITORY})?#|GH-)(\d{{1,9}})\b(?![\w-])")
_COMMIT = re.compile(rf"(?<![\w/#.@-])(?:({_REPOSITORY})@)?([0-9a-f]{{7,40}})\b(?![\w.-]*[\w-])")
_HANDLE = re.compile(rf"(?<![\w/.@`-])@({_NAME})(?:/([\w-]{{1,60}}))?(?![\w(.]*[\w(])")
_CLOSES = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+$", re.IGNORECASE)
_PATH = r"(?<![\w/.@-])((?:[\w.@-]{1,100}/){0,12}[\w.@-]{1,100}\.[A-Za-z]{1,6})"
_PLACE = re.compile(rf"{_PATH}(?::(\d{{1,7}})(?::\d{{1,6}})?|#L(\d{{1,7}})(?:-L\d+)?)\b")
_PLACE_WORDS = re.compile(rf"{_PATH}`?,? (?:at |on )?line (\d{{1,7}})\b")
_FRAMES = (
    re.compile(r"File \"(?P<path>[^\"\n]{1,400})\", line (?P<line>\d{1,7})(?:, in (?P<function>[\w.<>]{1,200}))?"),
    re.compile(
        r"\bat (?:async )?(?P<function>[\w.$<>\[\] ]{1,200}?) "
        r"\((?:file://)?(?P<path>[^()\n:]{1,400}):(?P<line>\d{1,7})(?::\d{1,6})?\)"
    ),
    re.compile(r"\bat (?P<function>[\w.$<>]{1,300})\((?P<path>\w{1,100}\.(?:java|kt|scala)):(?P<line>\d{1,7})\)"),
    re.compile(
        r"^(?P<function>[\w./*()]{1,300})\([^)\n]{0,400}\)\n\t(?P<path>[^\s:]{1,400}\.go):(?P<line>\d{1,7})",
        re.MULTILINE,
    ),
)
# Marks of code and of documentation that stand where a person could.
_NO_HANDLES = frozenset(
    [
        *[
            "param",
            "params",
            "return",
            "returns",
            "throws",
            "property",
            "staticmethod",
            "classmethod",
            "override",
            "overload",
        ],
        *["dataclass", "pytest", "media", "import", "deprecated", "see", "since", "link", "type", "typedef", "author"],
        *["abstractmethod", "cached_property", "example", "version", "test", "click", "app", "router"],
    ]
)


def find_mentions(text: str, repository: str = "") -> list[Mention]:
    """Return what a text points at, in its order. `repository` is what `#12` alone belongs to, as owner/name."""
    text = text[:MAX_TEXT]
    code = code_spans(text)
    words = blank(text, code)
    found = [*_find_links(words, repository), *_find_frames(text)]
    words = blank(words, [(mention.start, mention.end) for mention in found])
    words = blank(words, [match.span() for match in _URL.finditer(words)])
    found += _find_places(words)
    found += _find_code(text)
    words = blank(words, [(mention.start, mention.end) for mention in found])
    found += [*_find_issues(words, repository), *_find_commits(words, repository), *_find_people(words)]
    return _without_nested(found)


def code_spans(text: str) -> list[tuple[int, int]]:
    """Return where fenced blocks and backticked words stand."""
    spans = [match.span() for match in _FENCED.finditer(text)]
    rest = blank(text, spans)
    return spans + [match.span() for match in _CODE.finditer(rest)]


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with spaces in place of the spans, so that what is left keeps its place."""
    pieces, last = [], 0
    for start, end in sorted(spans):
        if start >= last:
            pieces += [text[last:start], " " * (end - start)]
            last = end
    return "".join([*pieces, text[last:]])


def _closes(text: str, start: int) -> bool:
    return _CLOSES.search(text, max(start - 14, 0), start) is not None


def _find_links(text: str, repository: str) -> Iterator[Mention]:
    kinds = {
        "issues": MentionKind.ISSUE,
        "pull": MentionKind.PULL_REQUEST,
        "pulls": MentionKind.PULL_REQUEST,
        "commit": MentionKind.COMMIT,
        "discussions": MentionKind.LINK,
    }
    for link in _LINK.finditer(text):
        kind, name = kinds[link[2]], f"{link[1]}#{link[3]}"
        if kind is MentionKind.COMMIT:
            name = link[3] if link[1].lower() == repository.lower() else f"{link[1]}@{link[3]}"
        elif not link[3].isdigit():
            continue
        yield Mention(kind, name, *link.span(), closes=_closes(text, link.start()))


def _find_frames(text: str) -> Iterator[Mention]:
    for pattern in _FRAMES:
        for frame in pattern.finditer(text):
            function = (frame["function"] or "").strip()
            yield Mention(MentionKind.PLACE, frame["path"], *frame.span(), line=int(frame["line"]), function=function)


def _find_places(text: str) -> Iterator[Mention]:
    for place in _PLACE.finditer(text):
        yield Mention(MentionKind.PLACE, place[1], *place.span(), line=int(place[2] or place[3]))
    for place in _PLACE_WORDS.finditer(text):
        yield Mention(MentionKind.PLACE, place[1], *place.span(), line=int(place[2]))


def _find_code(text: str) -> Iterator[Mention]:
    rest = blank(text, [match.span() for match in _FENCED.finditer(text)])
    for code in _CODE.finditer(rest):
        content = code[2].strip()
        place = _PLACE.fullmatch(content)
        if place:
            yield Mention(MentionKind.PLACE, place[1], *code.span(), line=int(place[2] or place[3]))
        elif content and " " not in content:
            yield Mention(MentionKind.CODE, content, *code.span())


def _find_issues(text: str, repository: str) -> Iterator[Mention]:
    for issue in _ISSUE.finditer(text):
        owner = issue[1] or repository
        name = f"{owner}#{issue[2]}" if owner else f"#{issue[2]}"
        yield Mention(MentionKind.ISSUE_OR_PULL, name, *issue.span(), closes=_closes(text, issue.start()))


def _find_commits(text: str, repository: str) -> Iterator[Mention]:
    for commit in _COMMIT.finditer(text):
        sha = commit[2]
        # A number or a word of hexadecimal letters is more often just that.
        if commit[1] or (any(letter.isdigit() for letter in sha) and any(letter.isalpha() for letter in sha)):
            owner = commit[1] if commit[1] and commit[1].lower() != repository.lower() else ""
            yield Mention(MentionKind.COMMIT, f"{owner}@{sha}" if owner else sha, *commit.span())


def _find_people(text: str) -> Iterator[Mention]:
    for handle in _HANDLE.finditer(text):
        name = handle[1].rstrip("-")
        if handle[2]:
            yield Mention(MentionKind.TEAM, f"{name}/{handle[2]}", *handle.span())
        elif name.lower() not in _NO_HANDLES:
            yield Mention(MentionKind.PERSON, name, *handle.span())


def _without_nested(mentions: list[Mention]) -> list[Mention]:
    """Return mentions in order, the longer one where two overlap."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda one: (one.start, -one.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept
