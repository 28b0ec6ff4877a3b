"""Writes a dependency into the file in which a repository declares its own, touching nothing else of it. Pure.

What was written is read back before it counts: a file that does not say afterwards what it should is left as it was.
"""

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

from yantra_bot.errors import UserError

_TABLE: Final = re.compile(r"^\[(?P<name>[^\[\]\n]+)\][^\n]*\n", re.MULTILINE)
_LIST: Final = re.compile(r"^dependencies\s*=\s*\[", re.MULTILINE)


def choose_file(files: Mapping[str, bytes]) -> str:
    """Return the file of a Python repository, by path from its root, that a dependency belongs into."""
    project = _read_toml(files.get("pyproject.toml", b""))
    standard = project.get("project")
    if isinstance(standard, dict) and "dependencies" not in standard.get("dynamic", ()):
        return "pyproject.toml"
    if isinstance(project.get("tool", {}).get("poetry"), dict):
        return "pyproject.toml"
    if b"install_requires" in files.get("setup.cfg", b""):
        return "setup.cfg"
    return "requirements.txt"


def declare(path: str, data: bytes | None, name: str) -> bytes:
    """Return the file with one dependency more; UserError where it cannot be added surely."""
    text = (data or b"").decode("utf-8", "strict")
    write, read = _KINDS[path.rpartition("/")[2]]
    added = write(text, name)
    try:
        before, after = read(text), read(added)
    except (ValueError, KeyError, TypeError, configparser.Error):
        before, after = [], []
    if sorted(after) != sorted([*before, name]):
        raise UserError(f"{name} could not be added to {path} surely. Add it there by hand, then call this again.")
    return added.encode()


def _write_pyproject(text: str, name: str) -> str:
    if _read_toml(text.encode()).get("project") is None:
        return _insert_after(text, "tool.poetry.dependencies", f'{name} = "*"\n')
    start, end = _find_table(text, "project")
    found = _LIST.search(text, start, end)
    if found is None:
        return text[:start] + f'dependencies = ["{name}"]\n' + text[start:]
    close = _find_close(text, found.end())
    inside = text[found.end() : close]
    if "\n" not in inside:
        comma = ", " if inside.strip() and not inside.rstrip().endswith(",") else ""
        return f'{text[: found.end()]}{inside.rstrip()}{comma}"{name}"{text[close:]}'
    body = inside.rstrip()
    indent = re.search(r"\n([ \t]+)\S", inside)
    comma = "" if body.endswith(",") or not body.strip() else ","
    return f'{text[: found.end()]}{body}{comma}\n{indent[1] if indent else "    "}"{name}",\n{text[close:]}'


def _find_table(text: str, name: str) -> tuple[int, int]:
    for found in _TABLE.finditer(text):
        if found["name"].strip() == name:
            following = _TABLE.search(text, found.end())
            return found.end(), following.start() if following else len(text)
    return len(text), len(text)


def _find_close(text: str, start: int) -> int:
    """Return where a list ends that has strings and comments in it."""
    quote, position = "", start
    while position < len(text):
        sign = text[position]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "#":
            position = text.find("\n", position)
            if position < 0:
                break
        elif sign == "]" and not quote:
            return position
        position += 1
    return len(text)


def _insert_after(text: str, table: str, line: str) -> str:
    start, _ = _find_table(text, table)
    return text[:start] + line + text[start:]


def _read_pyproject(text: str) -> list[str]:
    found = tomllib.loads(text)
    if "project" in found:
        return [str(one) for one in found["project"].get("dependencies", [])]
    return list(found.get("tool", {}).get("poetry", {}).get("dependencies", {}))


def _write_setup_cfg(text: str, name: str) -> str:
    found = re.search(r"^install_requires\s*=[^\n]*\n", text, re.MULTILINE)
    if found is None:
        return text
    return f"{text[: found.end()]}    {name}\n{text[found.end() :]}"


def _read_setup_cfg(text: str) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return [line for line in parser.get("options", "install_requires", fallback="").split("\n") if line.strip()]


def _write_requirements(text: str, name: str) -> str:
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{name}\n"


def _read_requirements(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _write_package_json(text: str, name: str) -> str:
    found = json.loads(text)
    indent = re.search(r"^([ \t]+)\"", text, re.MULTILINE)
    found["dependencies"] = dict(sorted([*found.get("dependencies", {}).items(), (name, "*")]))
    return json.dumps(found, indent=indent[1] if indent else 2, ensure_ascii=False) + (
        "\n" if text.endswith("\n") else ""
    )


def _read_package_json(text: str) -> list[str]:
    return list(json.loads(text).get("dependencies", {}))


def _read_toml(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8", "replace"))
    except ValueError:
        return {}


_KINDS: Final[Mapping[str, tuple[Callable[[str, str], str], Callable[[str], list[str]]]]] = {
    "pyproject.toml": (_write_pyproject, _read_pyproject),
    "setup.cfg": (_write_setup_cfg, _read_setup_cfg),
    "requirements.txt": (_write_requirements, _read_requirements),
    "package.json": (_write_package_json, _read_package_json),
}
