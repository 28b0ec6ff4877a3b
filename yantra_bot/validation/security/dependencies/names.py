"""How a name looks beside the names that everybody uses: a slip of the keys, a look-alike, the name of a module."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from yantra_bot.validation.security.dependencies.declared import Ecosystem, normalise

MIN_LENGTH = 5
_FILES = {
    Ecosystem.PYPI: "pypi.txt",
    Ecosystem.NPM: "npm.txt",
    Ecosystem.CRATES: "crates.txt",
    Ecosystem.GO: "go.txt",
    Ecosystem.MAVEN: "maven.txt",
}
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "5": "s", "3": "e", "4": "a", "i": "l", "|": "l"})
_MODULES = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python",
    "pil": "pillow",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "dotenv": "python-dotenv",
    "jwt": "pyjwt",
    "dateutil": "python-dateutil",
    "crypto": "pycryptodome",
    "skimage": "scikit-image",
    "git": "gitpython",
    "serial": "pyserial",
    "usb": "pyusb",
    "magic": "python-magic",
    "docx": "python-docx",
    "pptx": "python-pptx",
    "mysqldb": "mysqlclient",
    "zmq": "pyzmq",
    "openssl": "pyopenssl",
    "telegram": "python-telegram-bot",
    "websocket": "websocket-client",
    "attr": "attrs",
    "slugify": "python-slugify",
    "jose": "python-jose",
    "multipart": "python-multipart",
    "ldap": "python-ldap",
}
"""Modules whose distribution has another name: what carries the module's own name is somebody else's."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The popular name that a name is like, and how: completes "It differs by …"."""

    popular: str
    how: str
    confidence: float


@cache
def popular(ecosystem: Ecosystem) -> frozenset[str]:
    """Return the names that everybody uses. Read once, from a list that ships with the product."""
    file = Path(__file__).parent / "popular" / _FILES[ecosystem]
    return frozenset(normalise(ecosystem, name) for name in file.read_text(encoding="utf-8").split())


def load_names() -> None:
    """Read every list, for a process that may not be able to later."""
    for ecosystem in Ecosystem:
        popular(ecosystem)


@cache
def _skeletons(ecosystem: Ecosystem) -> dict[str, str]:
    return {_fold(name): name for name in popular(ecosystem) if len(name) >= MIN_LENGTH}


@cache
def _joined(ecosystem: Ecosystem) -> dict[str, str]:
    return {_join(name): name for name in popular(ecosystem) if len(_join(name)) >= MIN_LENGTH}


def module_owner(ecosystem: Ecosystem, name: str) -> str:
    """Return the distribution that a module of this name comes in, empty where the name is no such module's."""
    return _MODULES.get(normalise(ecosystem, name), "") if ecosystem is Ecosystem.PYPI else ""


def find_likeness(ecosystem: Ecosystem, name: str) -> Likeness | None:
    """Return the popular name that `name` may be taken for; None where it is popular itself or like none."""
    known, name = popular(ecosystem), normalise(ecosystem, name)
    if name in known or len(_join(name)) < MIN_LENGTH - 1 or _is_of_known_owner(ecosystem, name):
        return None
    if not name.isascii() and _fold(name) in _skeletons(ecosystem):
        return Likeness(_skeletons(ecosystem)[_fold(name)], "letters of another alphabet that look the same", 0.95)
    for slip in _slips(name):
        if slip in known and len(_join(slip)) >= MIN_LENGTH and not _is_only_number(name, slip):
            return Likeness(slip, "one letter", 0.8 if len(slip) >= 7 else 0.6)
    alike = _skeletons(ecosystem).get(_fold(name))
    if alike is not None and alike != name:
        return Likeness(alike, "signs that look the same", 0.8)
    joined = _joined(ecosystem).get(_join(name))
    return Likeness(joined, "where its words are separated", 0.7) if joined is not None and joined != name else None


def _is_of_known_owner(ecosystem: Ecosystem, name: str) -> bool:
    """Whether a popular package is of the same owner: nobody else can publish under that name."""
    if ecosystem is Ecosystem.MAVEN:
        return any(one.startswith(name.partition(":")[0] + ":") for one in popular(ecosystem))
    if ecosystem is Ecosystem.GO:
        owner = "/".join(name.split("/")[:2]) if "/" in name else name
        return any(one.startswith(f"{owner}/") for one in popular(ecosystem))
    if ecosystem is Ecosystem.NPM and name.startswith("@"):
        scope = name.partition("/")[0]
        return any(one.startswith(f"{scope}/") for one in popular(ecosystem))
    return False


def _slips(name: str) -> Iterator[str]:
    """Give every name that one slip of the keys makes: left out, doubled, changed, or two letters exchanged."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
    for at in range(len(name) + 1):
        before, after = name[:at], name[at:]
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in letters if letter != after[0])
        if len(after) > 1 and after[0] != after[1]:
            yield before + after[1] + after[0] + after[2:]
        yield from (before + letter + after for letter in letters)


def _is_only_number(name: str, slip: str) -> bool:
    """Whether two names differ in a number at their end, as those of two versions do."""
    return re.sub(r"-?\d+$", "", name) == re.sub(r"-?\d+$", "", slip)


def _fold(name: str) -> str:
    plain = "".join(_CYRILLIC.get(sign, sign) for sign in unicodedata.normalize("NFKD", name))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return plain.replace("rn", "m").replace("vv", "w").translate(_LOOKALIKES)


def _join(name: str) -> str:
    return re.sub(r"[-_.]", "", name)


_CYRILLIC = dict(zip("аеорсухіјѕԁһԛԝ", "aeopcyxijsdhqw", strict=True))
