"""Search and replace on a file's bytes, exactly or not at all. Pure.

What lies outside an edit stays as it is to the byte: mark, encoding, line endings, a missing last one. A search that
fits nowhere, or in several places, changes nothing and is answered with what would help to write a better one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yantra_bot.agent.nearest import describe_miss
from yantra_bot.agent.text import Document, Lines, decode, read_lines
from yantra_bot.errors import UserError

MAX_LISTED = 20
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement. Both texts may use LF whatever the file uses."""

    search: str
    replace: str
    is_for_all: bool = False
    """Replace every occurrence; else there has to be exactly one."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A file after edits. `lines` are the first line of each place that was changed, counted from 1, after the edit."""

    data: bytes
    lines: tuple[int, ...]


def apply_edits(data: bytes, edits: Sequence[Edit]) -> Edited:
    """Return `data` after all edits, each applied to what the one before left; UserError when one does not fit."""
    lines: tuple[int, ...] = ()
    for number, edit in enumerate(edits, start=1):
        try:
            edited = apply_edit(data, edit)
        except UserError as error:
            if len(edits) == 1:
                raise
            raise UserError(f"Edit {number} of {len(edits)}: {error}") from error
        data, lines = edited.data, lines + edited.lines
    return Edited(data, lines)


def apply_edit(data: bytes, edit: Edit) -> Edited:
    """Return `data` after one edit; UserError with the nearest lines, or those that all match, when it does not fit."""
    document = decode(data)
    lines = read_lines(document.text)
    search, replace = edit.search.replace("\r\n", "\n"), edit.replace.replace("\r\n", "\n")
    if not search:
        raise UserError("The search text is empty. Give the lines to be replaced, or use write_file for a whole file.")
    if search == replace:
        raise UserError("The search and the replacement are the same text, so nothing would change.")
    starts = _find(lines.text, search, overlapping=not edit.is_for_all)
    if not starts:
        raise UserError(describe_miss(lines.text, search, replace))
    if len(starts) > 1 and not edit.is_for_all:
        raise UserError(_describe_several(lines.text, starts))
    return _splice(document, lines, starts, search=search, replace=replace)


def _find(text: str, search: str, *, overlapping: bool) -> list[int]:
    starts, start = [], text.find(search)
    while start >= 0:
        starts.append(start)
        if overlapping and len(starts) > MAX_LISTED:
            break
        start = text.find(search, start + (1 if overlapping else len(search)))
    return starts


def _splice(document: Document, lines: Lines, starts: list[int], *, search: str, replace: str) -> Edited:
    # Only what differs is touched, so that the line endings of repeated context stay even where a file mixes them.
    head = _common_length(search, replace)
    tail = _common_length(search[head:][::-1], replace[head:][::-1])
    inserted = replace[head : len(replace) - tail]
    parts, touched, done, counted, line = [document.mark], [], 0, 0, 1
    for start in starts:
        first, last = lines.position(start + head), lines.position(start + len(search) - tail)
        newline = lines.newline_near(start)
        parts.append(document.encode(document.text[done:first]))
        parts.append(document.encode(inserted.replace("\n", newline)))
        line += lines.text.count("\n", counted, start + head)
        touched.append(line)
        line += replace.count("\n") - search.count("\n")
        done, counted = last, start + head
    parts.append(document.encode(document.text[done:]))
    return Edited(b"".join(parts), tuple(touched))


def _common_length(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _describe_several(text: str, starts: list[int]) -> str:
    numbers = [text.count("\n", 0, start) + 1 for start in starts[:MAX_LISTED]]
    shown = ", ".join(str(number) for number in numbers) + (", …" if len(starts) > MAX_LISTED else "")
    return (
        f"The search text is there {'more than ' if len(starts) > MAX_LISTED else ''}{len(numbers)} times, at lines "
        f"{shown}. Add lines around it until it is there once, or set replace_all to change every place."
    )


def splice_lines(data: bytes, first: int, last: int, text: str) -> bytes:
    """Return a file with `text` in the place of its lines `first` to `last`, counted from 1 as git counts them.

    Empty text removes them. Line endings are those that are there. Raises UserError where there are no such lines.
    """
    document = decode(data)
    lines = _LINE.findall(document.text)
    if not 1 <= first <= last <= len(lines):
        raise UserError(f"There are no lines {first} to {last}: the file has {len(lines)}.")
    ending = "\r\n" if lines[last - 1].endswith("\r\n") else "\n"
    put = ""
    if text:
        new = text.replace("\r\n", "\n").removesuffix("\n").replace("\n", ending)
        put = new + (ending if lines[last - 1].endswith("\n") else "")
    return document.mark + document.encode("".join([*lines[: first - 1], put, *lines[last:]]))
