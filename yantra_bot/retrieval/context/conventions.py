"""What maintainers ask of a change: AGENTS.md on the way to the touched files, and the rules that hold for the task.

They are instructions, so they come from the default branch alone: whoever calls hands in a reader of that branch, and
this module reads nothing else. What a branch under work says in files of these names is no instruction.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.domain.globs import select
from yantra_bot.errors import UserError
from yantra_bot.retrieval.context.parts import LeftOut, PartKind, Read
from yantra_bot.retrieval.context.rules import FOLDER, MAX_FILES, Rule, parse_rule
from yantra_bot.retrieval.words import split_words
from yantra_bot.sandbox.output import escape

AGENTS: Final = "AGENTS.md"
MAX_AGENTS_BYTES: Final = 20_000
"""A longer page is cut at its end."""
MAX_NESTED: Final = 24
"""Files named AGENTS.md below the root that are looked for."""


@dataclass(frozen=True, slots=True)
class Instructions:
    """The default branch: a reader of it, and the paths in its folder of rules."""

    read: Read
    rules: Sequence[str] = ()


NO_INSTRUCTIONS: Final = Instructions(lambda _: None)


@dataclass(frozen=True, slots=True)
class Convention:
    """One text of instructions, and why it holds."""

    kind: PartKind
    path: str
    text: str
    reason: str


def is_instruction(path: str) -> bool:
    """Tell whether a file is one that instructions come from: it is never shown as code."""
    return PurePosixPath(path).name == AGENTS or (path.startswith(f"{FOLDER}/") and path.endswith(".md"))


def choose_conventions(
    instructions: Instructions, touched: Sequence[str], task: str
) -> tuple[list[Convention], list[LeftOut]]:
    """Return what holds for a task that touches some files, what is most general first; and what was skipped."""
    rules, skipped = _read_rules(instructions)
    chosen = list(_agents(instructions.read, [""]))
    chosen += [_hold(rule, "it holds always") for rule in rules if rule.is_always]
    chosen += _agents(instructions.read, _folders(touched)[1:])
    words = set(split_words(task)) | {word for path in touched for word in split_words(path)}
    for rule in rules:
        reason = None if rule.is_always else _match(rule, touched, words)
        if reason is not None:
            chosen.append(_hold(rule, reason))
    return chosen, skipped


def _folders(touched: Iterable[str]) -> list[str]:
    """Return the folders from the root down to each file, those nearer to the root first."""
    found: dict[str, None] = {"": None}
    for path in touched:
        names = path.split("/")[:-1]
        found.update(dict.fromkeys("/".join(names[: depth + 1]) for depth in range(len(names))))
    ordered = sorted(found, key=lambda folder: (folder.count("/") + bool(folder), folder))
    return ordered[: MAX_NESTED + 1]


def _agents(read: Read, folders: Iterable[str]) -> Iterator[Convention]:
    for folder in folders:
        path = f"{folder}/{AGENTS}" if folder else AGENTS
        data = read(path)
        if data is None or not data.strip():
            continue
        text = data[:MAX_AGENTS_BYTES].decode("utf-8", "ignore").replace("\r\n", "\n").strip()
        if len(data) > MAX_AGENTS_BYTES:
            text = f"{text.rpartition(chr(10))[0] or text}\n[… the rest of {len(data):,} bytes is left out …]"
        where = f"for files below {folder}" if folder else "for the whole repository"
        reason = f"a file to change is below {folder}" if folder else "it holds for the whole repository"
        yield Convention(PartKind.AGENTS, path, f"{escape(path)}, {escape(where)}:\n{escape(text)}", reason)


def _read_rules(instructions: Instructions) -> tuple[list[Rule], list[LeftOut]]:
    paths = sorted(path for path in instructions.rules if is_instruction(path) and path.startswith(FOLDER))
    rules, skipped = [], []
    for path in paths[:MAX_FILES]:
        data = instructions.read(path)
        try:
            if data is not None:
                rules.append(parse_rule(path, data))
        except UserError as wrong:
            skipped.append(LeftOut(PartKind.RULE, path, f"this rule is skipped: {wrong}"))
    skipped += [
        LeftOut(PartKind.RULE, path, f"only the first {MAX_FILES} rules are read") for path in paths[MAX_FILES:][:1]
    ]
    return rules, skipped


def _hold(rule: Rule, reason: str) -> Convention:
    return Convention(PartKind.RULE, rule.path, f"{escape(rule.path)}:\n{escape(rule.text)}", reason)


def _match(rule: Rule, touched: Sequence[str], words: set[str]) -> str | None:
    """Return why a rule holds, None where it does not."""
    for pattern in rule.paths:
        paths = select(touched, pattern)
        if paths:
            return f"{paths[0]} matches its path {pattern}"
    for tag in rule.tags:
        parts = list(split_words(tag))
        if parts and words.issuperset(parts):
            return f"the task is about its tag {tag}"
    return None
