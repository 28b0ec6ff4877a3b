"""Compares versions as PEP 440 and as semantic versioning do, as far as deciding whether one lies in a range takes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from yantra_bot.validation.security.dependencies.declared import Ecosystem

Key = tuple[Any, ...]
_PEP440 = re.compile(
    r"v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)(?:[-_.]?(?P<pre>a|b|c|rc|alpha|beta|pre|preview)[-_.]?(?P<pre_n>\d*))?"
    r"(?:-(?P<post_a>\d+)|[-_.]?(?P<post>post|rev|r)[-_.]?(?P<post_n>\d*))?(?:[-_.]?(?P<dev>dev)[-_.]?(?P<dev_n>\d*))?(?:\+.*)?",
    re.IGNORECASE,
)
_SEMVER = re.compile(r"v?(\d+(?:\.\d+)*)(?:[-.]([0-9A-Za-z.-]+))?(?:\+.*)?")
_PHASES = {"a": 0, "alpha": 0, "b": 1, "beta": 1, "c": 2, "rc": 2, "pre": 2, "preview": 2}


def version_key(ecosystem: Ecosystem, version: str) -> Key | None:
    """Return what versions are ordered by; None for one that cannot be read."""
    return _pep440(version.strip()) if ecosystem is Ecosystem.PYPI else _semver(version.strip())


def _pep440(version: str) -> Key | None:
    match = _PEP440.fullmatch(version)
    if match is None:
        return None
    release = _release(match["release"])
    is_post = match["post"] is not None or match["post_a"] is not None
    post = int(match["post_a"] or match["post_n"] or 0) if is_post else -1
    dev = int(match["dev_n"] or 0) if match["dev"] else None
    if match["pre"]:
        phase = (_PHASES[match["pre"].lower()], int(match["pre_n"] or 0))
    else:
        phase = (-1, 0) if dev is not None and not is_post else (9, 0)
    return (int(match["epoch"] or 0), release, phase, post, (0, dev) if dev is not None else (1, 0))


def _semver(version: str) -> Key | None:
    match = _SEMVER.fullmatch(version)
    if match is None:
        return None
    words = tuple(
        (0, int(word), "") if word.isdigit() else (1, 0, word) for word in (match[2] or "").split(".") if word
    )
    return (_release(match[1]), not words, words)


def _release(text: str) -> tuple[int, ...]:
    numbers = [int(number) for number in text.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def is_affected(ecosystem: Ecosystem, version: str, affected: Mapping[str, Any]) -> bool:
    """Tell whether a version is among those that a record of OSV's names. What cannot be compared is not."""
    listed = affected.get("versions")
    if isinstance(listed, list) and version in listed:
        return True
    here = version_key(ecosystem, version)
    ranges = affected.get("ranges")
    if here is None or not isinstance(ranges, list):
        return False
    return any(_is_within(ecosystem, here, one.get("events", ())) for one in ranges if _is_of_versions(one))


def _is_of_versions(one: Any) -> bool:
    return isinstance(one, dict) and one.get("type") in ("ECOSYSTEM", "SEMVER") and isinstance(one.get("events"), list)


def _is_within(ecosystem: Ecosystem, here: Key, events: Iterable[Any]) -> bool:
    points: list[tuple[Key, int, bool]] = []
    for event in events:
        for word, value in event.items() if isinstance(event, dict) else ():
            key = () if value == "0" else version_key(ecosystem, str(value))
            if key is not None and word in ("introduced", "fixed", "last_affected"):
                points.append((key, 1 if word == "last_affected" else 0, word == "introduced"))
    is_in = False
    for key, after, opens in sorted(points):
        if here < key or (after and here == key):
            break
        is_in = opens
    return is_in


def first_fixed(ecosystem: Ecosystem, version: str, affected: Mapping[str, Any]) -> str:
    """Return the lowest version above this one in which it is mended, empty where none is named."""
    here = version_key(ecosystem, version)
    found: list[tuple[Key, str]] = []
    for one in affected.get("ranges") or ():
        for event in one.get("events", ()) if _is_of_versions(one) else ():
            fixed = event.get("fixed") if isinstance(event, dict) else None
            key = version_key(ecosystem, str(fixed)) if fixed else None
            if here is not None and key is not None and key > here:
                found.append((key, str(fixed)))
    return min(found)[1] if found else ""
