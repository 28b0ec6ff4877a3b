"""Lessons as JSON Lines, and back: a head line with the version, then a line each. Pure.

What comes in is a stranger's: each line is checked against what a lesson may be, and sanitised again.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeVar

from yantra_bot.domain.lessons import Category, CodeNode, Lesson, Scope, Severity, Standing, name_lesson
from yantra_bot.errors import UserError
from yantra_bot.learning.sanitise import LONGEST, sanitise
from yantra_bot.learning.sharing import NOBODYS, anonymise_lesson

One = TypeVar("One", bound=StrEnum)
FORMAT: Final = "yantra lessons"
VERSION: Final = 1
LONGEST_LINE: Final = 64_000
"""Letters of one line; five texts of a lesson at their longest fit."""
MOST_LESSONS: Final = 200_000
MOST_NODES: Final = 50
MOST: Final = 10**9
PROSE: Final = ("tried", "worked")
TEXTS: Final = (*PROSE, "failed", "wrong", "right")
_COUNTS: Final = ("frequency", "shown", "helped")
_TIMES: Final = ("first_seen", "last_seen")
_WORDS: Final = ("language", "family", "source")
_LONGEST_WORD: Final = 500
_KEYS: Final = frozenset(
    {*TEXTS, *_COUNTS, *_TIMES, *_WORDS, "id", "repository", "category", "severity", "standing", "signature"}
    | {"is_shared", "nodes"}
)
_SIGNATURE: Final = re.compile(r"[0-9a-f]{16}")


def describe(lesson: Lesson) -> dict[str, Any]:
    """Return a lesson as JSON has it, in a line of an export and for programs."""
    return {
        "id": lesson.id,
        "repository": lesson.scope.repository,
        "language": lesson.scope.language,
        "family": lesson.scope.family,
        "category": str(lesson.category),
        "severity": str(lesson.severity),
        "standing": str(lesson.standing),
        "tried": lesson.tried,
        "failed": lesson.failed,
        "worked": lesson.worked,
        "wrong": lesson.wrong,
        "right": lesson.right,
        "nodes": [_describe_node(node) for node in lesson.nodes],
        "signature": lesson.signature,
        "source": lesson.source,
        "first_seen": lesson.first_seen,
        "last_seen": lesson.last_seen,
        "frequency": lesson.frequency,
        "shown": lesson.shown,
        "helped": lesson.helped,
        "is_shared": lesson.is_shared,
    }


def _describe_node(node: CodeNode) -> list[str]:
    return [node.name, node.digest, *([node.before] if node.before else [])]


def write_lines(lessons: Sequence[Lesson]) -> Iterator[str]:
    """Yield the head and a line for each lesson, without line ends."""
    yield json.dumps({"format": FORMAT, "version": VERSION, "lessons": len(lessons)})
    for lesson in lessons:
        yield json.dumps(describe(lesson))


def anonymise_all(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Return lessons as they may be handed to others: those of the same mistake are one, seen as often as all."""
    found: dict[str, Lesson] = {}
    for lesson in lessons:
        one = anonymise_lesson(lesson, NOBODYS)
        known = found.get(one.id)
        seen = one.frequency + (known.frequency if known else 0)
        found[one.id] = replace(one if known is None or one.last_seen > known.last_seen else known, frequency=seen)
    return tuple(found.values())


def read_lines(lines: Iterable[str], *, repository: int | None = None) -> tuple[Lesson, ...]:
    """Return the lessons of an export; raise UserError that names the line of the first thing that is wrong.

    With a `repository` all of them become that one's own.
    """
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    _read_head(*next(numbered, (1, "")))
    found: dict[str, Lesson] = {}
    for number, line in numbered:
        lesson = _read(number, _load(number, line))
        if repository is not None:
            scope = Scope(repository, lesson.scope.language, lesson.scope.family)
            id_there = name_lesson(repository, lesson.signature)
            lesson = replace(lesson, id=id_there, scope=scope, is_shared=repository == NOBODYS)
        if len(found) >= MOST_LESSONS:
            _refuse(number, f"these are more than {MOST_LESSONS:,} lessons. Cure: import them in parts")
        found[lesson.id] = lesson
    return tuple(found.values())


def _refuse(number: int, problem: str) -> NoReturn:
    raise UserError(f"Line {number}: {problem}. Nothing was imported.")


def _load(number: int, line: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        _refuse(number, f"it is longer than {LONGEST_LINE:,} letters")
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        _refuse(number, "this is no JSON")
    if not isinstance(value, dict):
        _refuse(number, "this is no JSON object")
    return value


def _read_head(number: int, line: str) -> None:
    head = _load(number, line)
    version = head.get("version")
    if head.get("format") != FORMAT or not isinstance(version, int):
        _refuse(number, "this is no export of `yantra mistakes export`: it begins with no head")
    if version != VERSION:
        _refuse(number, f"it is of version {version}, and this Yantra reads {VERSION}. Cure: upgrade Yantra")


def _read(number: int, said: dict[str, Any]) -> Lesson:
    if set(said) != _KEYS:
        odd = min(set(said) ^ _KEYS)
        _refuse(number, f"`{str(odd)[:60]}` is {'not known' if odd in said else 'missing'}")
    for key in (*TEXTS, *_WORDS):
        longest = LONGEST if key in TEXTS else _LONGEST_WORD
        if not isinstance(said[key], str) or len(said[key]) > longest:
            _refuse(number, f"`{key}` has to be a text of at most {longest:,} letters")
    for key in _COUNTS:
        if type(said[key]) is not int or not 0 <= said[key] <= MOST:
            _refuse(number, f"`{key}` has to be a whole number from 0 to {MOST:,}")
    for key in _TIMES:
        if type(said[key]) not in (int, float) or not math.isfinite(said[key]) or not 0 <= said[key] <= MOST * 100:
            _refuse(number, f"`{key}` has to be a time in seconds")
    if not _SIGNATURE.fullmatch(str(said["signature"])):
        _refuse(number, "`signature` has to be 16 hexadecimal digits")
    if type(said["repository"]) is not int or not NOBODYS <= said["repository"] < 2**63:
        _refuse(number, "`repository` has to be a number")
    return _build(number, said)


def _build(number: int, said: dict[str, Any]) -> Lesson:
    texts = {key: sanitise(said[key], is_prose=key in PROSE) for key in TEXTS}
    if not (texts["failed"] or texts["worked"]):
        _refuse(number, "it says neither what failed nor what worked")
    repository, signature = said["repository"], said["signature"]
    return Lesson(
        id=name_lesson(repository, signature),
        scope=Scope(repository, said["language"], said["family"]),
        category=_choose(number, said, "category", Category),
        severity=_choose(number, said, "severity", Severity),
        standing=_choose(number, said, "standing", Standing),
        nodes=_nodes(number, said["nodes"]),
        signature=signature,
        source=said["source"] if said["source"].startswith(("https://", "http://")) else "",
        first_seen=float(min(said["first_seen"], said["last_seen"])),
        last_seen=float(said["last_seen"]),
        frequency=max(1, said["frequency"]),
        shown=said["shown"],
        helped=min(said["helped"], said["shown"]),
        is_shared=repository == NOBODYS,
        **texts,
    )


def _choose(number: int, said: dict[str, Any], key: str, choice: type[One]) -> One:
    if not isinstance(said[key], str) or said[key] not in {one.value for one in choice}:
        _refuse(number, f"`{key}` has to be one of {', '.join(str(one.value) for one in choice)}")
    return choice(said[key])


def _nodes(number: int, value: Any) -> tuple[CodeNode, ...]:
    if not isinstance(value, list) or len(value) > MOST_NODES:
        _refuse(number, f"`nodes` has to be a list of at most {MOST_NODES} symbols")
    for node in value:
        is_node = isinstance(node, list) and len(node) in (2, 3) and all(isinstance(one, str) for one in node)
        if not is_node or any(len(one) > _LONGEST_WORD for one in node):
            _refuse(number, "each of `nodes` has to be a name and a digest, and that of before where there is one")
    return tuple(CodeNode(*node) for node in value)
