"""Reads what manifests declare, each kind by its own few rules. A file that cannot be read declares nothing."""

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from yantra_bot.validation.security.dependencies import build_files
from yantra_bot.validation.security.dependencies.declared import Dependency, Ecosystem

Parse = Callable[[str], Iterable[Dependency]]
MAX_BYTES = 5_000_000
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:@\s*(\S+)|([^;#]*))")
_NAMED_EGG = re.compile(r"[#&]egg=([\w.-]+)")
_FILE = re.compile(
    r"(?:^|[-_./])(?:requirements|constraints|reqs)[\w.-]*\.(?:txt|in|pip)$|(?:^|/)requirements/[\w.-]+\.(?:txt|in)$"
)


def parser_of(path: str) -> Parse | None:
    """Return what reads a manifest, by its name; None for a file that is none."""
    file = PurePosixPath(path)
    if file.name in _BY_NAME:
        return _BY_NAME[file.name]
    if _FILE.search(path):
        return read_requirements
    return build_files.read_gradle if file.name.endswith((".gradle", ".gradle.kts")) else None


def read_manifest(path: str, data: bytes | None) -> list[Dependency]:
    """Return what a manifest declares, each with its line; nothing where it cannot be read."""
    parse = parser_of(path)
    if parse is None or data is None or len(data) > MAX_BYTES:
        return []
    text = data.decode("utf-8", "replace")
    try:
        found = list(parse(text))
    except (ValueError, SyntaxError, TypeError, AttributeError, KeyError, RecursionError, configparser.Error):
        return []
    lines = text.split("\n")
    return [one if one.line else replace(one, line=find_line(lines, one.name)) for one in found]


def find_line(lines: list[str], name: str) -> int:
    """Return the line that names a dependency, 1 where none does."""
    last = name.rpartition(":")[2]
    pattern = re.compile(rf"(?<![\w.@/-]){re.escape(last)}(?![\w-]|\.\w)", re.IGNORECASE)
    return next((number for number, line in enumerate(lines, 1) if pattern.search(line)), 1)


def read_requirement(text: str, line: int = 0) -> Dependency | None:
    """Return one requirement as pip writes it."""
    bare = text.strip().split(" --")[0]
    if re.match(r"(?:-e\s+|--editable[ =])?(?:git|hg|svn|bzr)\+|(?:-e\s+|--editable[ =])?https?://", bare):
        source = re.sub(r"^(?:-e\s+|--editable[ =])", "", bare)
        egg = _NAMED_EGG.search(source)
        name = egg.group(1) if egg else re.sub(r"\.git.*|@.*", "", source.rstrip("/").rpartition("/")[2]) or source
        return Dependency(Ecosystem.PYPI, name, "", source, line)
    match = _REQUIREMENT.match(bare)
    if match is None:
        return None
    return Dependency(Ecosystem.PYPI, match[1], (match[3] or "").strip(), match[2] or "", line)


def read_requirements(text: str) -> Iterator[Dependency]:
    """Give what a file of requirements names; continued lines belong to their first."""
    start, whole = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        start = start or number
        whole += " " + re.sub(r"(?:^|\s)#.*$", "", line)
        if whole.endswith("\\"):
            whole = whole[:-1]
            continue
        bare = whole.strip()
        if bare and (not bare.startswith("-") or bare.startswith(("-e", "--editable"))):
            found = read_requirement(bare, start)
            yield from (found,) if found else ()
        start, whole = 0, ""


def read_pyproject(text: str) -> Iterator[Dependency]:
    """Give the dependencies of a project, its extras, its groups, its build, and Poetry's tables."""
    data = tomllib.loads(text)
    project, tool = data.get("project", {}), data.get("tool", {})
    lists = [
        project.get("dependencies", ()),
        *project.get("optional-dependencies", {}).values(),
        *data.get("dependency-groups", {}).values(),
    ]
    sources = tool.get("uv", {}).get("sources", {})
    for requirement in (one for group in lists for one in group if isinstance(one, str)):
        found = read_requirement(requirement)
        if found is not None:
            yield replace(found, source=found.source or _source(sources.get(found.name)))
    for requirement in data.get("build-system", {}).get("requires", ()):
        found = read_requirement(requirement)
        yield from (replace(found, is_locked=False),) if found else ()
    poetry = tool.get("poetry", {})
    tables = [poetry.get("dependencies", {}), poetry.get("dev-dependencies", {})]
    tables += [group.get("dependencies", {}) for group in poetry.get("group", {}).values()]
    for table in tables:
        yield from _read_table(Ecosystem.PYPI, table, without="python")


def read_pipfile(text: str) -> Iterator[Dependency]:
    data = tomllib.loads(text)
    for table in ("packages", "dev-packages"):
        yield from _read_table(Ecosystem.PYPI, data.get(table, {}))


def read_setup_cfg(text: str) -> Iterator[Dependency]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    blocks = [
        parser.get("options", name, fallback="") for name in ("install_requires", "setup_requires", "tests_require")
    ]
    if parser.has_section("options.extras_require"):
        blocks += [value for _, value in parser.items("options.extras_require")]
    for line in (line for block in blocks for line in re.split(r"[\n;]", block)):
        found = read_requirement(line) if line.strip() else None
        yield from (found,) if found else ()


def read_setup_py(text: str) -> Iterator[Dependency]:
    """Give the requirements that are written as plain lists; what is computed stays unknown."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg in (
            "install_requires",
            "setup_requires",
            "tests_require",
            "extras_require",
        ):
            for word in ast.walk(node.value):
                if isinstance(word, ast.Constant) and isinstance(word.value, str) and word not in _keys(node.value):
                    found = read_requirement(word.value, word.lineno)
                    yield from (found,) if found else ()


def _keys(node: ast.expr) -> list[ast.expr | None]:
    return list(node.keys) if isinstance(node, ast.Dict) else []


def read_package_json(text: str) -> Iterator[Dependency]:
    data = json.loads(text)
    for table in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        for name, spec in (data.get(table) or {}).items():
            yield replace(_read_npm(name, str(spec)), is_locked=table != "peerDependencies")


def _read_npm(name: str, spec: str) -> Dependency:
    if spec.startswith("npm:"):  # another package under this name
        real, _, version = spec[4:].rpartition("@")
        return Dependency(Ecosystem.NPM, real or version, version if real else "")
    is_address = (
        re.match(r"git|https?:|file:|link:|github:|gitlab:|bitbucket:|[\w.-]+/[\w.-]+(?:#|$)", spec) is not None
    )
    return Dependency(Ecosystem.NPM, name, "" if is_address else spec, spec if is_address else "")


def read_cargo(text: str) -> Iterator[Dependency]:
    data = tomllib.loads(text)
    places = [data, data.get("workspace", {}), *data.get("target", {}).values()]
    for place in places:
        for table in ("dependencies", "dev-dependencies", "build-dependencies"):
            yield from _read_table(Ecosystem.CRATES, place.get(table, {}))


def _read_table(ecosystem: Ecosystem, table: Mapping[str, Any], without: str = "") -> Iterator[Dependency]:
    for name, value in table.items():
        if name == without:
            continue
        facts = value if isinstance(value, dict) else {"version": value}
        spec = "" if facts.get("version") in (None, "*") else str(facts["version"])
        yield Dependency(ecosystem, str(facts.get("package", name)), spec, _source(facts))


def _source(facts: Any) -> str:
    """Return where a table says that something comes from, with the revision behind @."""
    if not isinstance(facts, dict):
        return ""
    for key in ("git", "url", "path"):
        if facts.get(key):
            prefix = "git+" if key == "git" else ""
            rev = facts.get("rev") or facts.get("tag") or facts.get("branch")
            return f"{prefix}{facts[key]}@{rev}" if rev else f"{prefix}{facts[key]}"
    return ""


_BY_NAME: dict[str, Parse] = {
    "pyproject.toml": read_pyproject,
    "Pipfile": read_pipfile,
    "setup.cfg": read_setup_cfg,
    "setup.py": read_setup_py,
    "package.json": read_package_json,
    "Cargo.toml": read_cargo,
    "go.mod": build_files.read_go_mod,
    "pom.xml": build_files.read_pom,
}
