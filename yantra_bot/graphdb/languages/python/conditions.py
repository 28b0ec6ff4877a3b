"""Conditions that ask for the interpreter: which are true is known from the environment, and nothing is run."""

import re
from typing import Final, NamedTuple

_VERSION: Final = re.compile(r"^(?:\w+\.)?version_info\s*(>=|<=|==|!=|<|>)\s*\(\s*(\d+)\s*(?:,\s*(\d+))?[\s,\w\"']*\)$")
_MAJOR: Final = re.compile(r"^(?:\w+\.)?version_info(?:\[0\]|\.major)\s*(>=|<=|==|!=|<|>)\s*(\d+)$")
_PLATFORM: Final = re.compile(r"^(?:\w+\.)?platform\s*(==|!=)\s*[\"'](\w+)[\"']$")
_PREFIX: Final = re.compile(r"^(?:\w+\.)?platform\.startswith\([\"'](\w+)[\"']\)$")
_CHECKING: Final = re.compile(r"^(?:\w+\.)?(?:TYPE_CHECKING|MYPY)$")


class Target(NamedTuple):
    """For which interpreter files are read."""

    version: tuple[int, int]
    platform: str = "linux"


def holds(text: str, target: Target) -> bool | None:
    """Return whether a condition is true there; None where that is not known."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and text.count("(") == 1:
        text = text[1:-1].strip()
    for word, decisive in ((" or ", True), (" and ", False)):
        if word in text:
            return _join([holds(part, target) for part in text.split(word)], decisive=decisive)
    is_negated = False
    while text.startswith("not "):
        text, is_negated = text[4:].strip(), not is_negated
    value = _holds_one(text, target)
    return None if value is None else value is not is_negated


def _join(values: list[bool | None], *, decisive: bool) -> bool | None:
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _holds_one(text: str, target: Target) -> bool | None:
    if _CHECKING.match(text) or text in ("True", "1"):
        return True
    if text in ("False", "0"):
        return False
    version = _VERSION.match(text)
    if version:
        wanted = (int(version[2]), *([int(version[3])] if version[3] else []))
        # As Python does: (3, 11, 4, ...) is greater than (3, 11).
        return _compare(version[1], (*target.version, 0), wanted)
    major = _MAJOR.match(text)
    if major:
        return _compare(major[1], (target.version[0],), (int(major[2]),))
    platform = _PLATFORM.match(text)
    if platform:
        return (platform[2] == target.platform) is (platform[1] == "==")
    prefix = _PREFIX.match(text)
    return target.platform.startswith(prefix[1]) if prefix else None


def _compare(sign: str, have: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    if sign in ("==", "!="):
        return (have[: len(wanted)] == wanted) is (sign == "==")
    if sign in (">=", "<"):
        return (have >= wanted) is (sign == ">=")
    return (have > wanted) is (sign == ">")
