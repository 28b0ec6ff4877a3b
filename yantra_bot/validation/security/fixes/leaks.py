"""Fixes for secrets in Python and JavaScript: the literal becomes a variable of the environment."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from yantra_bot.domain.findings import Finding, Fix
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.fixes.scripts import fix_script
from yantra_bot.validation.security.fixes.settings import fix_secret
from yantra_bot.validation.security.fixes.source import Draft, Source, apply, to_replacements
from yantra_bot.validation.security.secrets import Leak, find_secrets

_SCRIPTS = frozenset({".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx", ".mts", ".cts"})


def offer_for_leaks(leaks: Sequence[Leak], changes: Iterable[Change]) -> list[Finding]:
    """Return the findings of secrets, each with a fix that holds: the file parses, and the secret is gone from it."""
    by_path = {change.path: change for change in changes}
    return [_with_fix(leak, by_path[leak.finding.path]) for leak in leaks]


def _with_fix(leak: Leak, change: Change) -> Finding:
    text = (change.after or b"").decode("utf-8", "replace")
    if "\r" in text:
        return leak.finding
    for draft in _drafts(leak, change, text):
        fixed = _make(draft, text, change.path)
        if fixed is None or leak.value in fixed:
            continue
        again = find_secrets([replace(change, after=fixed.encode(), added=(range(1, fixed.count("\n") + 2),))])
        if all(one.value != leak.value for one in again):
            return replace(leak.finding, fix=Fix(draft.title, to_replacements(change.path, text, draft.edits)))
    return leak.finding


def _drafts(leak: Leak, change: Change, text: str) -> Iterator[Draft]:
    line, suffix = leak.finding.line, PurePosixPath(change.path).suffix.lower()
    if suffix == ".py":
        try:
            yield from list(fix_secret(Source(text), line, line, leak.value))
        except (SyntaxError, ValueError, RecursionError):
            return
    elif suffix in _SCRIPTS:
        yield from fix_script("hard-coded-secret", text, line, line)


def _make(draft: Draft, text: str, path: str) -> str | None:
    try:
        fixed = apply(text, set(draft.edits))
        if path.endswith(".py"):
            ast.parse(fixed)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return fixed
