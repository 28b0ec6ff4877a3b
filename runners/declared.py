"""In a sandbox: finds the dependencies that a Python repository declares. Reads files only, runs nothing."""

import configparser
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEST_NAMES = ("test", "tests", "testing")
FALLBACK_NAMES = ("dev", "develop", "development")
_TOOL = re.compile(r"(?:mypy|ruff|flake8(?:[-_.][\w.-]+)?|types-[\w.-]+)(?![\w.-])", re.IGNORECASE)
"""Type checkers and linters that are run where the repository configures them, and what they need; by distribution."""
_REQUIREMENT_FILES = ("requirements*.txt", "*requirements.txt", "requirements/*.txt")
_TEST_FILE = re.compile(r"(?:^|[-_./])tests?(?:ing)?(?:[-_./]|$)")
_FALLBACK_FILE = re.compile(r"(?:^|[-_./])dev(?:elop|elopment)?(?:[-_./]|$)")
_EXTRA_IN_SETUP = re.compile(r"""["']([A-Za-z0-9_-]+)["']\s*:""")
_HATCH_ENVIRONMENTS = ("hatch-test", "test", "default")


@dataclass(slots=True)
class Declared:
    """What to install for the tests of a repository. Paths are relative to its root."""

    is_installable: bool = False
    extras: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    """The project's own dependencies, where they are written down plainly; used when it cannot be installed itself."""
    for_tests: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    """The type checkers and linters that another group or extra names. Nothing of the tests needs them."""
    files: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


def find_declared(root: Path) -> Declared:
    """Return what `root` declares. A file that cannot be read is noted and counts as empty."""
    declared = Declared()
    project = _read_toml(root / "pyproject.toml", declared.notes)
    setup = _read_ini(root / "setup.cfg", declared.notes)
    script = _read_text(root / "setup.py")
    standard, tool = _table(project, "project"), _table(project, "tool")
    poetry = _table(tool, "poetry")
    declared.is_installable = bool(standard or poetry or script or setup.has_section("metadata"))
    declared.own = (
        *_texts(standard.get("dependencies")),
        *_split_lines(setup.get("options", "install_requires", fallback="")),
        *_convert_poetry(_table(poetry, "dependencies")),
    )
    extras = [*_table(standard, "optional-dependencies"), *_table(poetry, "extras")]
    extras += setup.options("options.extras_require") if setup.has_section("options.extras_require") else []
    extras += _EXTRA_IN_SETUP.findall(script) if "extras_require" in script else []
    groups = _collect_groups(project, tool, poetry)
    _choose(declared, root, extras=extras, groups=groups)
    others = [*groups.values(), *map(_texts, _table(standard, "optional-dependencies").values())]
    named = dict.fromkeys(line for lines in others for line in lines if _TOOL.match(line))
    declared.tools = tuple(line for line in named if line not in declared.for_tests)
    return declared


def _choose(declared: Declared, root: Path, *, extras: list[str], groups: Mapping[str, tuple[str, ...]]) -> None:
    """Take what is named after tests; only when there is nothing of the kind, what is named after development."""
    files = sorted({str(path.relative_to(root)) for pattern in _REQUIREMENT_FILES for path in root.glob(pattern)})
    for names, pattern in ((TEST_NAMES, _TEST_FILE), (FALLBACK_NAMES, _FALLBACK_FILE)):
        declared.extras = tuple(dict.fromkeys(extra for extra in extras if _normalise(extra) in names))
        declared.for_tests = tuple(line for name in names for line in groups.get(name, ()))
        declared.files = tuple(name for name in files if pattern.search(name.removesuffix(".txt").lower()))
        if declared.extras or declared.for_tests or declared.files:
            break
    else:
        declared.for_tests, declared.files = _read_tox(root, declared.notes)
    if "requirements.txt" in files and not (declared.is_installable and declared.own):
        declared.files = ("requirements.txt", *(name for name in declared.files if name != "requirements.txt"))


def _collect_groups(
    project: Mapping[str, Any], tool: Mapping[str, Any], poetry: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Return the requirements of each named group, of every tool that has groups."""
    groups: dict[str, tuple[str, ...]] = {}
    standard = _table(project, "dependency-groups")
    for name in standard:
        groups[_normalise(name)] = _expand_group(standard, name, ())
    for name, lines in _table(_table(tool, "pdm"), "dev-dependencies").items():
        groups.setdefault(_normalise(name), _texts(lines))
    for name, group in _table(poetry, "group").items():
        groups.setdefault(_normalise(name), _convert_poetry(_table(group, "dependencies")))
    groups.setdefault("dev", _convert_poetry(_table(poetry, "dev-dependencies")))
    environments = _table(_table(tool, "hatch"), "envs")
    for name in _HATCH_ENVIRONMENTS:
        environment = _table(environments, name)
        lines = (*_texts(environment.get("dependencies")), *_texts(environment.get("extra-dependencies")))
        groups.setdefault("test", lines) if lines else None
    return groups


def _expand_group(groups: Mapping[str, Any], name: str, seen: tuple[str, ...]) -> tuple[str, ...]:
    lines: list[str] = []
    for entry in groups.get(name) or ():
        if isinstance(entry, str):
            lines.append(entry)
        elif isinstance(entry, dict) and isinstance(included := entry.get("include-group"), str):
            matches = [
                other for other in groups if _normalise(other) == _normalise(included) and other not in (*seen, name)
            ]
            lines += [line for other in matches for line in _expand_group(groups, other, (*seen, name))]
    return tuple(lines)


def _convert_poetry(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Write Poetry's dependencies as requirements. Optional ones and those with a source of their own are left out."""
    lines = []
    for name, value in table.items():
        facts = value if isinstance(value, dict) else {"version": value}
        version = facts.get("version", "*")
        if name.lower() != "python" and isinstance(version, str) and not facts.get("optional"):
            lines.append(name + ",".join(_convert_range(part.strip()) for part in version.split(",")))
    return tuple(lines)


def _convert_range(text: str) -> str:
    """Write one of Poetry's version ranges the standard way: ^1.2 is >=1.2,<2; ~1.2 is >=1.2,<1.3."""
    if text in ("*", ""):
        return ""
    if text[0] not in "^~":
        return text if text[0] in "<>=!" else f"=={text}"
    version = text.lstrip("^~=")
    numbers = [int(number) for number in re.findall(r"\d+", version)[:3]]
    if text.startswith("^"):
        kept = next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)
    else:
        kept = min(1, len(numbers) - 1)
    return f">={version},<{'.'.join(str(number) for number in (*numbers[:kept], numbers[kept] + 1))}"


def _read_tox(root: Path, notes: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the requirements, and the requirement files, of tox's test environment; those with conditions left out."""
    lines = _split_lines(_read_ini(root / "tox.ini", notes).get("testenv", "deps", fallback=""))
    plain = [line for line in lines if "{" not in line and not re.match(r"[\w!,-]+:\s", line)]
    files = [re.sub(r"^(?:-r|--requirement)[=\s]*", "", line) for line in plain if line.startswith(("-r", "--req"))]
    return tuple(line for line in plain if not line.startswith("-")), tuple(files)


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _table(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a table of a table; an empty one when there is something else in its place."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _texts(value: Iterable[Any] | None) -> tuple[str, ...]:
    return tuple(line for line in value if isinstance(line, str)) if isinstance(value, list) else ()


def _split_lines(text: str) -> tuple[str, ...]:
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _read_toml(path: Path, notes: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(_read_text(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        notes.append(f"{path.name} cannot be read: {error}")
        return {}


def _read_ini(path: Path, notes: list[str]) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(_read_text(path))
    except configparser.Error as error:
        notes.append(f"{path.name} cannot be read: {str(error)[:200]}")
    return parser
