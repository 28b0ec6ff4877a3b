"""Reads what type checkers and linters print. Pure; what cannot be read is no finding.

Paths are relative to the workspace. What a tool prints comes from beside untrusted code: it is data, and it is cut.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.domain.findings import Severity

MAX_MESSAGE: Final = 500
MAX_REMARKS: Final = 20_000
_MYPY = re.compile(r"(.+?):(\d+)(?::\d+)?(?::\d+:\d+)?: (error|warning): (.*?)(?:  \[([\w-]+)\])?")
_FLAKE8 = re.compile(r"(.+?):(\d+):\d+: ([A-Z]+\d+) (.*)")
_TSC = re.compile(r"(.+?)\((\d+),\d+\): (error|warning) (TS\d+): (.*)")
_GO_VET = re.compile(r"(?:vet: )?(.+?\.go):(\d+)(?::\d+)?: (.*)")


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a tool said of a line. `code` is the tool's own name for it."""

    path: str
    line: int
    code: str
    message: str
    severity: Severity = Severity.WARNING


def read_lines(pattern: re.Pattern[str], make: Callable[[re.Match[str]], Remark]) -> Callable[[str], list[Remark]]:
    """Return a reader of output of which each line may be a remark."""

    def read(output: str) -> list[Remark]:
        found = (pattern.fullmatch(line.strip()) for line in output.splitlines())
        return [make(match) for match in found if match is not None][:MAX_REMARKS]

    return read


def read_json(walk: Callable[[Any], Iterator[Remark]]) -> Callable[[str], list[Remark]]:
    """Return a reader of one JSON document, wherever in the output it begins."""

    def read(output: str) -> list[Remark]:
        start = min((at for at in (output.find("{"), output.find("[")) if at >= 0), default=-1)
        if start < 0:
            return []
        try:
            told, _ = json.JSONDecoder().raw_decode(output[start:])
            return list(walk(told))[:MAX_REMARKS]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return []

    return read


def _mypy(match: re.Match[str]) -> Remark:
    severity = Severity.ERROR if match[3] == "error" else Severity.WARNING
    return Remark(clean_path(match[1]), int(match[2]), match[5] or "misc", match[4][:MAX_MESSAGE], severity)


def _flake8(match: re.Match[str]) -> Remark:
    return Remark(clean_path(match[1]), int(match[2]), match[3], match[4][:MAX_MESSAGE])


def _tsc(match: re.Match[str]) -> Remark:
    severity = Severity.ERROR if match[3] == "error" else Severity.WARNING
    return Remark(clean_path(match[1]), int(match[2]), match[4], match[5][:MAX_MESSAGE], severity)


def _go_vet(match: re.Match[str]) -> Remark:
    return Remark(clean_path(match[1]), int(match[2]), "vet", match[3][:MAX_MESSAGE])


def _pyright(told: Any) -> Iterator[Remark]:
    for one in told["generalDiagnostics"]:
        if one["severity"] != "information":
            severity = Severity.ERROR if one["severity"] == "error" else Severity.WARNING
            line = int(one["range"]["start"]["line"]) + 1
            yield Remark(clean_path(one["file"]), line, str(one.get("rule", "error")), _cut(one["message"]), severity)


def _ruff(told: Any) -> Iterator[Remark]:
    for one in told:
        line = int(one["location"]["row"])
        yield Remark(clean_path(one["filename"]), line, str(one["code"] or "syntax"), _cut(one["message"]))


def _eslint(told: Any) -> Iterator[Remark]:
    for file in told:
        for one in file["messages"]:
            severity = Severity.WARNING if one["severity"] < 2 else Severity.ERROR
            line = int(one.get("line") or 1)
            yield Remark(
                clean_path(file["filePath"]), line, str(one["ruleId"] or "syntax"), _cut(one["message"]), severity
            )


def _cut(text: Any) -> str:
    return str(text).replace("\n", " ")[:MAX_MESSAGE]


def clean_path(path: str) -> str:
    """Return a path of a tool's output relative to the workspace."""
    return path.removeprefix("/workspace/").removeprefix("./")


def read_clippy(output: str) -> list[Remark]:
    """Read the lines of JSON that cargo prints."""
    found = []
    for line in output.splitlines():
        try:
            message = json.loads(line)["message"] if line.startswith("{") else None
            if message is None or message["level"] not in {"warning", "error"} or not message["spans"]:
                continue
            span = next((one for one in message["spans"] if one["is_primary"]), message["spans"][0])
            code = (message["code"] or {}).get("code", "rustc")
            severity = Severity.ERROR if message["level"] == "error" else Severity.WARNING
            place = clean_path(span["file_name"]), int(span["line_start"])
            found.append(Remark(*place, str(code), _cut(message["message"]), severity))
        except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
            continue
    return found[:MAX_REMARKS]


read_mypy = read_lines(_MYPY, _mypy)
read_flake8 = read_lines(_FLAKE8, _flake8)
read_tsc = read_lines(_TSC, _tsc)
read_go_vet = read_lines(_GO_VET, _go_vet)
read_pyright = read_json(_pyright)
read_ruff = read_json(_ruff)
read_eslint = read_json(_eslint)
