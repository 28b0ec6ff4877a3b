"""Shows a change of one file as text that `git apply` understands. Pure: no git, no file is touched."""

import codecs
import difflib
from dataclasses import dataclass

MAX_LINES = 5_000
"""Where more lines than this differ, they are shown as replaced as a whole: the time grows with their product."""

_CONTEXT = 3
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Version:
    """A file before or after a change; `mode` is git's."""

    data: bytes
    mode: str


def show_change(path: str, old: Version | None, new: Version | None) -> str:
    """Return the change of `path` as a unified diff, ending with a line feed; empty when nothing differs.

    None stands for no file. What is no text is named, not shown. Line ends are kept as they are.
    """
    if old == new:
        return ""
    head = [f"diff --git a/{path} b/{path}", *_modes(old, new)]
    if (old.data if old else b"") == (new.data if new else b""):
        return "\n".join(head) + "\n"
    before, after = (_lines(old), _lines(new)) if not _is_binary(old, new) else (None, None)
    from_name, to_name = _name(f"a/{path}", old), _name(f"b/{path}", new)
    if before is None or after is None:
        return "\n".join([*head, f"Binary files {from_name} and {to_name} differ"]) + "\n"
    # Git ends a name that has a space with a tab, so that the name's end is known.
    tab = "\t" if " " in path else ""
    return "\n".join([*head, f"--- {from_name}{tab}", f"+++ {to_name}{tab}", *_hunks(before, after)]) + "\n"


def _modes(old: Version | None, new: Version | None) -> list[str]:
    if old is None:
        return [f"new file mode {new.mode}"] if new else []
    if new is None:
        return [f"deleted file mode {old.mode}"]
    return [f"old mode {old.mode}", f"new mode {new.mode}"] if old.mode != new.mode else []


def _name(name: str, version: Version | None) -> str:
    return name if version else "/dev/null"


def _is_binary(old: Version | None, new: Version | None) -> bool:
    return any(version is not None and decode(version.data) is None for version in (old, new))


def decode(data: bytes) -> str | None:
    """Return text that is UTF-8, or UTF-16 with its mark; None for everything else."""
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    if encoding == "utf-8" and b"\0" in data:
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _lines(version: Version | None) -> list[str]:
    """Return lines with their end: only a line feed ends one, as in git."""
    text = (decode(version.data) or "") if version else ""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _hunks(before: list[str], after: list[str]) -> list[str]:
    first = max(0, _count_equal(before, after) - _CONTEXT)
    same = _count_equal(before[first:][::-1], after[first:][::-1])
    last = max(0, same - _CONTEXT)
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    shown = []
    for group in _group(before, after, min(same, _CONTEXT)):
        old_range = _range(first + group[0].old_start, first + group[-1].old_end)
        new_range = _range(first + group[0].new_start, first + group[-1].new_end)
        shown.append(f"@@ -{old_range} +{new_range} @@")
        for step in group:
            if step.is_equal:
                shown.extend(_mark(" ", before[step.old_start : step.old_end]))
                continue
            shown.extend(_mark("-", before[step.old_start : step.old_end]))
            shown.extend(_mark("+", after[step.new_start : step.new_end]))
    return shown


@dataclass(frozen=True, slots=True)
class _Step:
    """Lines that are the same on both sides, or that are replaced."""

    is_equal: bool
    old_start: int
    old_end: int
    new_start: int
    new_end: int


def _group(before: list[str], after: list[str], tail: int) -> list[list[_Step]]:
    """Return the hunks; `tail` lines at the end are known to be the same."""
    if max(len(before), len(after)) > MAX_LINES:
        head = min(_CONTEXT, _count_equal(before, after))
        old, new = len(before) - tail, len(after) - tail
        whole = [
            _Step(True, 0, head, 0, head),
            _Step(False, head, old, head, new),
            _Step(True, old, len(before), new, len(after)),
        ]
        return [[step for step in whole if step.old_end > step.old_start or step.new_end > step.new_start]]
    matcher = difflib.SequenceMatcher(None, before, after)
    return [
        [_Step(tag == "equal", *places) for tag, *places in group] for group in matcher.get_grouped_opcodes(_CONTEXT)
    ]


def _count_equal(one: list[str], other: list[str]) -> int:
    """Return how many lines at the start are the same."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _range(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return f"{start + 1}"
    return f"{start + 1 if length else start},{length}"


def _mark(sign: str, lines: list[str]) -> list[str]:
    shown = []
    for line in lines:
        shown.append(f"{sign}{line.removesuffix(chr(10))}")
        if not line.endswith("\n"):
            shown.append("\\ No newline at end of file")
    return shown
