"""Which paths of a repository may be named at all, and which are not for a run to change. Pure.

The rules hold for every path that a model, a person or a repository proposes. They judge the text alone: that no
component is a symbolic link is seen to by `sandbox.tree`, which opens them. This module never touches a file.
"""

import re
import unicodedata
from collections.abc import Iterable

from yantra_bot.errors import UserError

MAX_PATH_BYTES = 4096
MAX_NAME_BYTES = 255

_DRIVE = re.compile(r"[A-Za-z]:")
# What NTFS makes of ".git": its short name, and the name followed by dots, spaces or a stream.
_GIT_FOLDER = re.compile(r"(\.git|git~\d+)[ .]*(:|$)")
_BUILD_RECIPE = re.compile(
    r"(dockerfile|containerfile)(\.(?!(py|pyi|js|ts|go|rs|java|md|rst|txt)$)[^/]*)?$|.*\.dockerfile$"
)
_TEST_FOLDERS = frozenset({"test", "tests", "testing", "__tests__", "spec", "specs"})
_TEST_NAME = re.compile(
    r"(test_.*\.py|.*_test\.(py|go|rs)|conftest\.py|tests?\.(py|rs)|.*\.(test|spec)\.[cm]?[jt]sx?|.*Tests?\.java)$"
)
_SHORT_GITMODULES = re.compile(r"(gitmod~\d+|gi7eba~\d+)$")
# Controls, formats (zero-width, bidirectional), lone surrogates, and the line and paragraph separators.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_PROTECTED_FOLDERS = {
    ".github/workflows": "it decides what runs with the repository's secrets",
    ".github/actions": "it decides what runs with the repository's secrets",
    ".circleci": "it decides what runs with the repository's secrets",
    ".buildkite": "it decides what runs with the repository's secrets",
}
_PROTECTED_FILES = {
    ".github/yantra.yml": "it configures this bot",
    ".github/yantra.yaml": "it configures this bot",
    ".yantra.yml": "it configures this bot",
    ".yantra.yaml": "it configures this bot",
    ".github/dependabot.yml": "it configures another bot",
    ".gitlab-ci.yml": "it decides what runs with the repository's secrets",
    ".travis.yml": "it decides what runs with the repository's secrets",
    "azure-pipelines.yml": "it decides what runs with the repository's secrets",
    "jenkinsfile": "it decides what runs with the repository's secrets",
}
_DECLARES, _BUILDS = "it declares what is installed", "it decides what runs when this is built or installed"
_BY_NAME = frozenset({_DECLARES, _BUILDS})
_SENSITIVE = (
    (
        re.compile(
            r"^(requirements.*\.(txt|in)|pipfile(\.lock)?|poetry\.lock|uv\.lock|constraints.*\.txt|environment\.ya?ml"
            r"|package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|cargo\.(toml|lock)|go\.(mod|sum)|gemfile(\.lock)?"
            r"|pom\.xml|build\.gradle(\.kts)?|pyproject\.toml)$"
        ),
        _DECLARES,
    ),
    (
        re.compile(
            r"^(setup\.(py|cfg)|makefile|noxfile\.py|tox\.ini|conftest\.py|sitecustomize\.py|build\.rs|\.npmrc"
            r"|\.pre-commit-config\.yaml|.*\.(sh|bash|ps1|bat))$"
        ),
        _BUILDS,
    ),
    (
        re.compile(
            r"(^|[/_.-])(auth(n|z|enticat\w*|oriz\w*)?|login|oauth\w*|session\w*|password\w*|permission\w*|acl|rbac|sso|saml|jwt|csrf|cors"
            r"|crypto\w*|secret\w*|tokens?|credential\w*|security)([/_.-]|$)"
        ),
        "it has to do with who may do what",
    ),
    (re.compile(r"(^|/)(migrations?|alembic)/"), "it changes stored data"),
    (
        re.compile(r"(^|/)(k8s|kubernetes|helm|charts|terraform|ansible|deploy\w*)/|\.tf$"),
        "it decides what is deployed",
    ),
)
_PROTECTED_NAMES = {
    "codeowners": "it decides who has to approve a change",
    ".gitmodules": "it decides what other code is fetched",
}


def check_path(path: str) -> str:
    """Return `path` normalised (relative, forward slashes, NFC, no `.`); raise UserError if it may not be named.

    The message says why and what to name instead. The empty path and `.` mean the root of the repository and are
    refused: they name no file.
    """
    shown = ascii(path[:80])
    if not path:
        raise UserError("The path is empty. Give a path relative to the root of the repository, such as src/app.py.")
    _check_characters(path, shown)
    if path.startswith(("/", "~")) or _DRIVE.match(path):
        raise UserError(f"{shown} is not inside the repository. Give a path relative to its root, such as src/app.py.")
    names = [name for name in unicodedata.normalize("NFC", path).split("/") if name not in {"", "."}]
    if not names:
        raise UserError(f"{shown} is the root of the repository. Give the path of a file in it.")
    for name in names:
        _check_name(name, shown)
    return "/".join(names)


def _check_characters(path: str, shown: str) -> None:
    if "\\" in path:
        raise UserError(f"{shown} has a backslash. Separate folders with a forward slash.")
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in path):
        raise UserError(f"{shown} has a control or an invisible character. Name the file without it.")
    if len(unicodedata.normalize("NFC", path).encode()) > MAX_PATH_BYTES:
        raise UserError(f"The path that starts with {shown} is longer than {MAX_PATH_BYTES} bytes. Use a shorter one.")


def _check_name(name: str, shown: str) -> None:
    if name == "..":
        raise UserError(f"{shown} has a '..'. Give the path from the root of the repository.")
    if is_git_folder(name):
        raise UserError(
            f"{shown} is inside git's own folder, which is closed to tools. Use the tool diff to see changes."
        )
    if name.endswith((".", " ")):
        raise UserError(f"{shown} has a name that ends with a dot or a space. Name the file without it.")
    if len(name.encode()) > MAX_NAME_BYTES:
        raise UserError(f"{shown} has a name longer than {MAX_NAME_BYTES} bytes. Use a shorter one.")


def is_git_folder(name: str) -> bool:
    """Tell whether some file system would take this one name for `.git`."""
    return _GIT_FOLDER.match(_fold_look(name)) is not None


def protection(path: str) -> str | None:
    """Return why a run may not change this path, as half a sentence; None when it may."""
    key = "/".join(_fold_look(name).rstrip(". ") for name in path.split("/"))
    for folder, reason in _PROTECTED_FOLDERS.items():
        if key == folder or key.startswith(f"{folder}/"):
            return reason
    if key in _PROTECTED_FILES:
        return _PROTECTED_FILES[key]
    name = key.rsplit("/", 1)[-1]
    if _SHORT_GITMODULES.match(name):
        return _PROTECTED_NAMES[".gitmodules"]
    if _BUILD_RECIPE.match(name):
        return "it decides what is built and shipped"
    return _PROTECTED_NAMES.get(name)


def is_protected(path: str) -> bool:
    """Tell whether a person has to change this path, not a run: it decides who approves, what runs, what is fetched."""
    return protection(path) is not None


def decides_what_ci_runs(path: str) -> bool:
    """Tell whether a path says what runs on a server before a change is merged."""
    return (protection(path) or "").startswith("it decides what runs")


def sensitivity(path: str) -> str | None:
    """Return why a change of this path wants a closer look than others, as half a sentence; None for most paths."""
    key = path.lower()
    name = key.rsplit("/", 1)[-1]
    return next((reason for pattern, reason in _SENSITIVE if pattern.search(name if reason in _BY_NAME else key)), None)


def is_test(path: str) -> bool:
    """Tell whether a path looks like part of a test suite, by the customs of the common languages."""
    *folders, name = path.split("/")
    return any(folder in _TEST_FOLDERS for folder in folders) or _TEST_NAME.match(name) is not None


def twin_key(path: str) -> str:
    """Return a key that is equal for paths which some file system takes for the same: letter case, composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def find_twin(path: str, existing: Iterable[str]) -> str | None:
    """Return a path of `existing` other than `path` that some file system takes for the same; None if there is none."""
    key = twin_key(path)
    return next((other for other in existing if other != path and twin_key(other) == key), None)


def _fold_look(name: str) -> str:
    """Fold case and look-alike forms and drop what file systems ignore, so that every spelling of a name is one."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if unicodedata.category(character) != "Cf")
