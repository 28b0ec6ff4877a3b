"""Which distribution may be installed for a module: one that the lock file, the table or the operator names. Pure.

What an issue, a model or an error message says is only looked up here; a name that nobody vouches for is a question.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from yantra_bot.errors import UserError
from yantra_bot.validation.security.dependencies.declared import Ecosystem, normalise
from yantra_bot.validation.security.dependencies.locks import is_lock, read_lock
from yantra_bot.validation.security.dependencies.manifests import parser_of, read_manifest
from yantra_bot.validation.security.dependencies.names import find_likeness

MAX_TRIES: Final = 3
_MODULE: Final = re.compile(r"[A-Za-z_]\w{0,99}(?:\.\w{1,100}){0,9}")
_PACKAGE: Final = re.compile(r"[A-Za-z0-9](?:[\w.-]{0,98}[A-Za-z0-9])?")


class NobodyVouches(UserError):
    """A name that may not be installed without a person's word. The message is the question."""


@cache
def load_table() -> Mapping[str, tuple[str, ...]]:
    """Return the distributions of each known module. Read once: a worker may not see the file later."""
    found = tomllib.loads(Path(__file__).with_name("modules.toml").read_text(encoding="utf-8"))
    return {module: tuple(names) for module, names in found["python"].items()}


def known_names(files: Mapping[str, bytes]) -> frozenset[str]:
    """Return, as the index compares names, what lock files and manifests of a commit name."""
    names = {one.key[1] for path, data in files.items() for one in read_manifest(path, data)}
    for path, data in files.items():
        if is_lock(path):
            names |= set(read_lock(path, data) or {})
    return frozenset(names)


def names_dependencies(path: str) -> bool:
    """Tell whether a file is a manifest or a lock file."""
    return is_lock(path) or parser_of(path) is not None


def find_candidates(module: str, package: str, *, locked: Collection[str], allowed: Collection[str]) -> tuple[str, ...]:
    """Return the distributions that may be tried for a module, at most three, the best first.

    `package` is the distribution that the model believes it to be, or nothing. `locked` and `allowed` are normalised.
    Raises UserError for what is no name, NobodyVouches with the question for a name that is on no list.
    """
    if not _MODULE.fullmatch(module) or (package and not _PACKAGE.fullmatch(package)):
        raise UserError("That is no name of a module or a package. Give the module as it is imported, such as yaml.")
    top = module.partition(".")[0]
    of_module = load_table().get(top, ())
    vouched = set(locked) | {same_name(name) for name in allowed}
    if package and (same_name(package) in vouched or same_name(package) in map(same_name, of_module)):
        return (package,)
    if not package and of_module:
        # One that the repository has already is the one that is meant.
        return tuple(sorted(of_module, key=lambda name: same_name(name) not in vouched))[:MAX_TRIES]
    if not package and same_name(top) in vouched:
        return (same_name(top),)
    raise NobodyVouches(ask_about(package or top, module))


def find_unvouched(before: Mapping[str, bytes], after: Mapping[str, bytes], allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the Python packages that manifests of a change name and that nobody vouches for."""
    vouched = known_names(before) | {same_name(name) for name in allowed}
    vouched |= {same_name(name) for names in load_table().values() for name in names}
    found = {
        one.name: one.key[1]
        for path, data in after.items()
        for one in read_manifest(path, data)
        if one.ecosystem is Ecosystem.PYPI and (one.source or one.key[1] not in vouched)
    }
    own = {one for path, data in after.items() if (one := _own_name(path, data))}
    return tuple(sorted(name for name, key in found.items() if key not in own))


def ask_about(package: str, module: str = "") -> str:
    """Return the question about a name."""
    like = find_likeness(Ecosystem.PYPI, package)
    doubt = f" It looks like `{like.popular}`, which it is not." if like else ""
    what = f"the module `{module}` needs the package `{package}`" if module else f"the change needs `{package}`"
    return (
        f"{what}, which is in no lock file, not in the table of known packages and not on the operator's list.{doubt} "
        "May it be added? Whoever may can declare it in the repository, or name it in YANTRA_ALLOWED_PACKAGES"
    )


def _own_name(path: str, data: bytes) -> str:
    if not path.endswith("pyproject.toml"):
        return ""
    try:
        return same_name(str(tomllib.loads(data.decode("utf-8", "replace"))["project"]["name"]))
    except (ValueError, KeyError, TypeError):
        return ""


def same_name(name: str) -> str:
    """Return a distribution's name as an index compares names."""
    return normalise(Ecosystem.PYPI, name)
