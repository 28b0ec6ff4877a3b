"""Where packages come from: further indexes, addresses without a fixed revision, requirements without a hash."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from yantra_bot.validation.security.dependencies.declared import Dependency, Ecosystem

_INDEX = re.compile(
    r"--extra-index-url[=\s]|\bextra-index-url\s*=|\bPIP_EXTRA_INDEX_URL\b|\bUV_EXTRA_INDEX_URL\b|--find-links[=\s]|"
    r"--trusted-host[=\s]|\bextra_index_url\s*=",
)
_TABLE = re.compile(r"^\s*\[\[(?:tool\.(?:uv\.index|poetry\.source|pdm\.source)|source)\]\]")
_NPMRC = re.compile(r"^\s*(?:@[\w-]+:)?registry\s*=\s*\S|^\s*strict-ssl\s*=\s*false", re.IGNORECASE)
_INSTALL_FILES = re.compile(
    r"(?:^|/)(?:pip\.conf|pip\.ini|\.pypirc|tox\.ini|setup\.cfg|Dockerfile[\w.-]*|Containerfile|Makefile|\.condarc|uv\.toml|"
    r"requirements[\w.-]*|constraints[\w.-]*|pyproject\.toml|Pipfile|[\w.-]+\.(?:ya?ml|sh|toml))$|(?:^|/)requirements/"
)
_FIXED = re.compile(r"[@#][0-9a-f]{40}\b|[#&](?:sha256|sha512|sha1)[=:-]|#commit=[0-9a-f]{40}", re.IGNORECASE)


def is_install_file(path: str) -> bool:
    """Tell whether a file can say where packages are installed from."""
    return _INSTALL_FILES.search(path) is not None or PurePosixPath(path).name in (".npmrc", ".yarnrc", ".yarnrc.yml")


def find_indexes(path: str, lines: list[str], added: tuple[range, ...]) -> Iterator[tuple[int, str]]:
    """Give the added lines that name another index, each with its line number."""
    is_npm = PurePosixPath(path).name in (".npmrc", ".yarnrc")
    for part in added:
        for number in range(max(1, part.start), min(part.stop, len(lines) + 1)):
            line = lines[number - 1]
            bare = line.lstrip()
            if bare.startswith("#") or len(line) > 2_000:
                continue
            if _INDEX.search(line) or _TABLE.search(line) or (is_npm and _NPMRC.search(line)):
                yield number, bare


def is_loose(one: Dependency) -> bool:
    """Tell whether a dependency comes from an address whose content may change from one day to the next."""
    if not one.source or one.source.startswith((".", "/", "file:", "link:", "workspace:")) or "://" not in _full(one):
        return False
    if one.ecosystem is Ecosystem.CRATES and not one.source.startswith("git+"):
        return False
    return _FIXED.search(one.source) is None


def _full(one: Dependency) -> str:
    is_short = one.ecosystem is Ecosystem.NPM and "://" not in one.source
    return f"git://{one.source}" if is_short else one.source


def lacks_hash(text: str) -> list[tuple[int, str]]:
    """Return the requirements without a hash of a file in which others have one: pip then refuses the whole file."""
    if "--hash=" not in text:
        return []
    found, start, whole = [], 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        start = start or number
        whole += line.split(" #")[0]
        if whole.endswith("\\"):
            whole = whole[:-1] + " "
            continue
        bare = whole.strip()
        if bare and not bare.startswith(("#", "-")) and "--hash=" not in bare:
            found.append((start, re.split(r"[\s=<>!~;\[@]", bare)[0]))
        start, whole = 0, ""
    return found
