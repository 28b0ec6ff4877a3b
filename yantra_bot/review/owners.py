"""Who owns the files of a change, by the CODEOWNERS file of the base. It decides nothing and asks nobody.

The patterns are GitHub's: those of .gitignore without negation, ranges and escaped signs; the last one that matches
wins, and one with no owner means that nobody owns it. The file is a stranger's: what it may cost is bounded.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from yantra_bot.domain.review import Gap, Owner

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks; the first that is there counts alone."""
MAX_BYTES = 3 * 1024 * 1024
"""GitHub takes no larger one."""
MAX_RULES = 20_000
MAX_OWNERS = 20
"""Of one rule."""
MAX_PATTERN = 1_000
MAX_TRIALS = 300_000
"""Paths held against rules, in one review."""
MAX_PATHS = 50
"""Paths that are named of one owner."""

_FIELD = re.compile(r"(?:\\.|[^\s\\])+")
_OWNER = re.compile(r"@[A-Za-z0-9][\w-]{0,99}(?:/[\w.-]{1,100})?|[^\s@<>\"']{1,64}@[A-Za-z0-9.-]{1,190}")


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: tuple[str, ...]
    owners: tuple[str, ...]
    is_below: bool
    """Whether what lies below a match is meant too."""
    literal: str = ""
    """The whole pattern where nothing in it stands for something else: most are so, and compare at once."""


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """One CODEOWNERS file. `skipped` counts lines that GitHub would not take, or that are too many."""

    rules: tuple[_Rule, ...] = ()
    skipped: int = 0
    _names: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def owners_of(self, path: str) -> tuple[str, ...]:
        """Return the owners of a file, none where nobody owns it."""
        if path not in self._names:
            names = path.split("/")
            found = (rule.owners for rule in reversed(self.rules) if _means(rule, path, names))
            self._names[path] = next(found, ())
        return self._names[path]


def parse_codeowners(data: bytes) -> CodeOwners:
    """Read a CODEOWNERS file; nothing in it can make this fail. One over GitHub's size has no rules, as on GitHub."""
    if len(data) > MAX_BYTES:
        return CodeOwners((), 1)
    rules: list[_Rule] = []
    skipped = 0
    for line in data.decode("utf-8", "replace").splitlines():
        fields = _fields_of(line)
        if not fields:
            continue
        rule = _read_rule(fields) if len(rules) < MAX_RULES else None
        if rule is None:
            skipped += 1
        else:
            rules.append(rule)
    return CodeOwners(tuple(rules), skipped)


def _fields_of(line: str) -> list[str]:
    found: list[str] = []
    for text in _FIELD.findall(line):
        if text.startswith("#"):
            break
        found.append(text)
    return found


def _read_rule(fields: list[str]) -> _Rule | None:
    """Return a rule, None for a line that GitHub does not take."""
    pattern = re.sub(r"\\(.)", r"\1", fields[0])
    owners = fields[1:]
    is_taken = len(pattern) <= MAX_PATTERN and not pattern.startswith("!") and not re.search(r"[\[\]]", pattern)
    if not is_taken or fields[0].startswith("\\#") or not all(_OWNER.fullmatch(owner) for owner in owners):
        return None
    body = pattern.strip("/")
    names = [name for name in body.split("/") if name]
    if not names:
        return None
    is_anchored = pattern.startswith("/") or len(names) > 1
    is_folder = pattern.endswith("/")
    parts = [*([] if is_anchored else ["**"]), *names, *(["*"] if is_folder else [])]
    # `docs/*` means the files in docs and not those further down; `docs/`, `docs` and `*` mean all below.
    is_below = is_folder or names[-1] not in ("*", "**") or not is_anchored
    is_literal = is_anchored and not is_folder and not re.search(r"[*?]", body)
    return _Rule(tuple(parts), tuple(owners[:MAX_OWNERS]), is_below, "/".join(names) if is_literal else "")


def _means(rule: _Rule, path: str, names: list[str]) -> bool:
    if rule.literal:
        return path.startswith(rule.literal) and path[len(rule.literal) :][:1] in ("", "/")
    return _matches(names, rule)


def _matches(names: list[str], rule: _Rule) -> bool:
    reached = _skip_stars({0}, rule.parts)
    last = len(rule.parts)
    for name in names:
        if last in reached and rule.is_below:
            return True
        after: set[int] = set()
        for at in reached:
            if at < last and rule.parts[at] == "**":
                after.add(at)
            elif at < last and _is_named(name, rule.parts[at]):
                after.add(at + 1)
        reached = _skip_stars(after, rule.parts)
        if not reached:
            return False
    return last in reached


def _is_named(name: str, part: str) -> bool:
    return name == part or (("*" in part or "?" in part) and fnmatchcase(name, part))


def _skip_stars(positions: set[int], parts: tuple[str, ...]) -> set[int]:
    reached = set(positions)
    for at, part in enumerate(parts):
        if at in reached and part == "**":
            reached.add(at + 1)
    return reached


def find_owners(
    read: Callable[[str], bytes | None], changed: Iterable[str], affected: Iterable[str]
) -> tuple[tuple[Owner, ...], tuple[Gap, ...]]:
    """Return who owns changed and affected files, those of changed files first, and what was not looked at.

    `read` returns a file of the base, None where there is none.
    """
    found = next(((place, data) for place in PLACES if (data := read(place)) is not None), None)
    if found is None:
        return (), ()
    place, data = found
    known = parse_codeowners(data)
    gaps = _gaps_of(place, known)
    room = MAX_TRIALS // max(len(known.rules), 1)
    first = list(dict.fromkeys(changed))
    others = [path for path in dict.fromkeys(affected) if path not in set(first)]
    if len(first) + len(others) > room:
        gaps += (Gap("owners", f"Only {room} files were held against the {len(known.rules)} lines of {place}."),)
    of_change = _group(known, first[:room])
    of_others = _group(known, others[: max(room - len(first), 0)])
    owners = [Owner(name, tuple(paths[:MAX_PATHS])) for name, paths in of_change.items()]
    owners += [
        Owner(name, tuple(paths[:MAX_PATHS]), is_of_change=False)
        for name, paths in of_others.items()
        if name not in of_change
    ]
    return tuple(owners), gaps


def _gaps_of(place: str, known: CodeOwners) -> tuple[Gap, ...]:
    if not known.skipped:
        return ()
    lines = "1 line" if known.skipped == 1 else f"{known.skipped} lines"
    why = f"{lines} of {place} are no rules that GitHub takes, or it is too long; they were left out."
    return (Gap("owners", why),)


def _group(known: CodeOwners, paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the files of each owner, the owners of most files first."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        for owner in known.owners_of(path):
            groups.setdefault(owner, []).append(path)
    return dict(sorted(groups.items(), key=lambda one: (-len(one[1]), one[0])))
