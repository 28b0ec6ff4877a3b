"""Modules that are not in a repository and may be there all the same: made by a build, or in another language."""

import fnmatch
import re
from collections.abc import Iterator
from typing import Final

from yantra_bot.graphdb.languages import Read

_BUILT: Final = re.compile(r"(^_?version|_version|_pb2(_grpc)?|_generated|_auto|__about__)$")
_OTHER_FORMS: Final = (".pyx", ".pxd", ".c", ".cpp", ".so", ".pyd", ".rs", ".pyi", ".py.in", ".pyx.in", ".f90", ".i")
_MANIFESTS: Final = ("pyproject.toml", "setup.py", "setup.cfg", "meson.build", "CMakeLists.txt")
"""What says which files a build writes."""


def is_built(read: Read, folder: str, name: str) -> bool:
    """Tell whether a module is made by a build, kept out of the repository, or written in another language."""
    stem = f"{folder}/{name}".strip("/")
    if _BUILT.search(name) or any(read(stem + form) is not None for form in _OTHER_FORMS):
        return True
    named = re.compile(rf"\b{re.escape(name)}(\.py)?\b".encode())
    if any(named.search(read(manifest) or b"") for manifest in _MANIFESTS):
        return True
    return any(_ignores(read(f"{around}.gitignore"), f"{stem}.py") for around in _around(folder))


def _around(folder: str) -> Iterator[str]:
    yield ""
    parts = folder.split("/") if folder else []
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count]) + "/"


def _ignores(data: bytes | None, path: str) -> bool:
    """Tell, roughly and rather too often, whether a file of patterns keeps a path out of the repository."""
    lines = (data or b"").decode("utf-8", "replace").splitlines()
    patterns = [line.strip().strip("/") for line in lines if line.strip() and not line.startswith(("#", "!"))]
    names = (path, path.rpartition("/")[2], *(path.split("/")[:-1]))
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns for name in names)
