"""In a sandbox: reads requirement files, leaving out what would choose another source than the operator's."""

import re
from dataclasses import dataclass, field
from pathlib import Path

_INCLUDE = re.compile(r"(-r|-c|--requirement|--constraint)[=\s]*(.+)")
_PER_REQUIREMENT = re.compile(r"\s--hash[=\s]")
_ADDRESS = re.compile(r"(?:^|@\s*)(?:[a-z]+\+)?(?:https?|git|ssh|file|svn|ftp)(?:\+[a-z]+)?://", re.IGNORECASE)
_MAX_FILES = 50


@dataclass(slots=True)
class Requirements:
    """The lines that may be installed. `problems` are left-out requirements, `notes` are left-out options."""

    lines: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_hashes(self) -> bool:
        return any(_PER_REQUIREMENT.search(line) for line in self.lines)


def read_requirements(root: Path, name: str) -> Requirements:
    """Read the requirement file `name`, relative to `root`, and all that it includes."""
    found = Requirements()
    _read(root, (root / name), found, found.lines, set())
    return found


def _read(root: Path, path: Path, found: Requirements, lines: list[str], seen: set[Path]) -> None:
    path = path.resolve()
    if path in seen or len(seen) >= _MAX_FILES:
        return
    seen.add(path)
    if not path.is_relative_to(root.resolve()):
        found.problems.append(f"{path.name} lies outside the repository")
        return
    try:
        text = path.read_text("utf-8-sig", "replace")
    except OSError as error:
        found.problems.append(f"{path.name}: {error.strerror}")
        return
    for line in join_lines(text):
        if match := _INCLUDE.fullmatch(line):
            target = found.constraints if match[1] in ("-c", "--constraint") else lines
            _read(root, path.parent / match[2].strip().strip("\"'"), found, target, seen)
        else:
            _judge(line, found, lines)


def _judge(line: str, found: Requirements, lines: list[str]) -> None:
    is_editable = line.startswith(("-e", "--editable"))
    requirement = re.sub(r"^(?:-e|--editable)[=\s]*", "", line)
    if line.startswith("-") and not is_editable:
        found.notes.append(f"ignored: {line}")
    elif _ADDRESS.search(requirement):
        found.problems.append(f"not installed, since it names an address of its own: {requirement}")
    elif not re.fullmatch(r"\.(?:\[.*\])?", requirement):
        lines.append(line)


def join_lines(text: str) -> list[str]:
    """Return the logical lines: continued ones joined, comments and empty ones left out."""
    whole = re.sub(r"\\\r?\n", " ", text)
    stripped = (re.sub(r"(?:^|\s)#.*$", "", line).strip() for line in whole.splitlines())
    return [line for line in stripped if line]
