"""Pinned things that are no dependencies: fetched once by the ordinary clients, hash-checked, unpacked, found again.

`artefacts.lock` says what there is. This module is the only one that downloads any of it, and it must never name a
registry, import or install what it fetched, or unpack a byte whose archive does not have the pinned hash.
"""

import hashlib
import json
import os
import shutil
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import IO

from yantra_bot.errors import Permanent, SettingsError, UserError, YantraError
from yantra_bot.package_clients import install_environment, run_client

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_FILES = 50_000
CURE = "`make setup` in a checkout, else `python -m yantra_bot.artefacts`"


class Kind(StrEnum):
    """Where an artefact comes from, which decides the client that downloads it."""

    PIP_WHEEL = "pip-wheel"
    PIP_SDIST = "pip-sdist"
    NPM = "npm"
    ENVIRONMENT = "environment"
    """A virtual environment of a tool's own, from a lock file with hashes; `sha256` is that file's."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """One block of `artefacts.lock`; the fields are explained at its top."""

    name: str
    kind: Kind
    package: str
    version: str
    sha256: str
    purpose: str
    required: bool
    root: str = ""
    members: tuple[str, ...] = ("*",)
    unpacked: bool = True
    checkout_only: bool = False
    lock: str = ""

    @property
    def folder(self) -> str:
        """Name of the unpacked folder: another pin or another choice of members is another folder."""
        pins = [self.kind, self.package, self.sha256, self.root, self.members, self.unpacked]
        pins += [sys.version_info[:2]] if self.kind is Kind.ENVIRONMENT else []
        pinned = json.dumps(pins)
        return f"{self.name}-{self.version}-{hashlib.sha256(pinned.encode()).hexdigest()[:8]}"


def read_lock(lock: Path) -> dict[str, Artefact]:
    """Return the artefacts by name. Raises SettingsError when the file is missing or a block is wrong."""
    try:
        blocks = tomllib.loads(lock.read_text(encoding="utf-8")).get("artefact", [])
        found = [
            Artefact(**{**block, "kind": Kind(block["kind"]), "members": tuple(block.get("members", ("*",)))})
            for block in blocks
        ]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        message = f"{lock} cannot be read ({problem}). Cure: restore it, or correct the block by the list at its top."
        raise SettingsError(message) from problem
    by_name = {artefact.name: artefact for artefact in found}
    if len(by_name) != len(found):
        raise SettingsError(f"{lock} has two artefacts of one name. Cure: rename one of them.")
    return by_name


class Store:
    """Artefacts of one lock file, unpacked under one folder. Other lock files bring what they name as `artefacts`."""

    def __init__(self, lock: Path, folder: Path, artefacts: dict[str, Artefact] | None = None) -> None:
        self.folder = folder
        self.artefacts = read_lock(lock) if artefacts is None else artefacts
        self._locks = lock.parent

    def path(self, name: str) -> Path:
        """Return the folder of an artefact. Raises UserError when there is no such one, or it was not fetched."""
        found = self._place(name)
        if not found.is_dir():
            purpose = self.artefacts[name].purpose
            raise UserError(f"The artefact {name} is not here; it is needed for {purpose}. Cure: {CURE}.")
        return found

    def available(self, name: str) -> bool:
        """Say whether an artefact was fetched. Raises UserError when the lock has no such artefact."""
        return self._place(name).is_dir()

    def fetch(self, name: str) -> Path:
        """Return the folder of an artefact, downloading and unpacking it if it is not there yet.

        Safe beside other processes doing the same. Raises Transient when the client failed, Permanent when what it
        brought is not what was pinned.
        """
        place = self._place(name)
        if place.is_dir():
            return place
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=self.folder) as temporary:
            downloads, unpacked = Path(temporary, "downloads"), Path(temporary, "unpacked")
            downloads.mkdir()
            unpacked.mkdir()
            self._fill(self.artefacts[name], downloads, unpacked)
            try:
                unpacked.rename(place)
            except OSError:
                if not place.is_dir():  # else another process was faster, with the same bytes
                    raise
        return place

    def _fill(self, artefact: Artefact, downloads: Path, folder: Path) -> None:
        if artefact.kind is Kind.ENVIRONMENT:
            install_environment(self._locks / artefact.lock, artefact.sha256, folder)
            return
        archive = download(artefact, downloads)
        if artefact.unpacked:
            unpack(artefact, archive, folder)
        else:
            archive.rename(folder / archive.name)

    def _place(self, name: str) -> Path:
        if name not in self.artefacts:
            known = ", ".join(sorted(self.artefacts)) or "none"
            raise UserError(f"There is no artefact {name} in artefacts.lock. Cure: use one of: {known}.")
        return self.folder / self.artefacts[name].folder


def download(artefact: Artefact, folder: Path) -> Path:
    """Download into the empty `folder` and return the archive, its hash proved."""
    if artefact.kind is Kind.NPM:
        command = ["npm", "pack", "--ignore-scripts", "--silent", f"{artefact.package}@{artefact.version}"]
    else:
        pins = folder.parent / "pins.txt"
        pins.write_text(f"{artefact.package}=={artefact.version} --hash=sha256:{artefact.sha256}\n", encoding="utf-8")
        # For an sdist pip also asks its build backend for metadata; with --require-hashes it proves the hash first.
        only = "--only-binary" if artefact.kind is Kind.PIP_WHEEL else "--no-binary"
        options = ["--no-deps", only, ":all:", "--require-hashes", "--disable-pip-version-check", "--no-input"]
        command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "--dest", ".", "-r", str(pins)]
    run_client(command, folder)
    archives = [path for path in folder.iterdir() if path.is_file()]
    if len(archives) != 1:
        raise Permanent(f"`{command[0]}` left {len(archives)} files for {artefact.name} where one was expected.")
    with archives[0].open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != artefact.sha256:
        message = f"{artefact.package} {artefact.version} has the hash {digest}, pinned is {artefact.sha256}."
        raise Permanent(f"{message} Cure: find out why it changed; correct artefacts.lock only then.")
    return archives[0]


@dataclass(frozen=True, slots=True)
class Member:
    """One regular file of an archive."""

    name: str
    size: int
    is_executable: bool


def unpack(artefact: Artefact, archive: Path, target: Path) -> None:
    """Write the chosen members under `target`. Raises Permanent on a link, a path that leads out, or too much."""
    total, count = 0, 0
    with opened(archive) as members:
        for member, stream in members:
            relative = relative_to_root(member.name, artefact.root)
            if relative is None or not any(fnmatchcase(relative, pattern) for pattern in artefact.members):
                continue
            total, count = total + member.size, count + 1
            if total > MAX_UNPACKED_BYTES or count > MAX_FILES:
                raise Permanent(
                    f"{artefact.name} unpacks to more than {MAX_UNPACKED_BYTES} bytes or {MAX_FILES} files."
                )
            place = target / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as out:
                shutil.copyfileobj(stream, out)
            place.chmod(0o755 if member.is_executable else 0o644)
    if not count:
        raise Permanent(f"{artefact.name}: nothing in {archive.name} is under {artefact.root} and matches its members.")


@contextmanager
def opened(archive: Path) -> Iterator[Iterator[tuple[Member, IO[bytes]]]]:
    """Give the regular files of a wheel or a tarball one after the other."""
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as wheel:
            yield read_zip(wheel)
    else:
        with tarfile.open(archive) as tarball:
            yield read_tar(tarball)


def read_zip(wheel: zipfile.ZipFile) -> Iterator[tuple[Member, IO[bytes]]]:
    """Give a zip file's files. `zipfile` holds each to the size its directory states."""
    for info in wheel.infolist():
        if not info.is_dir():
            with wheel.open(info) as stream:
                yield Member(info.filename, info.file_size, bool(info.external_attr >> 16 & 0o100)), stream


def read_tar(tarball: tarfile.TarFile) -> Iterator[tuple[Member, IO[bytes]]]:
    """Give a tarball's files; anything that is neither a file nor a folder is refused."""
    for info in tarball:
        if info.isdir():
            continue
        stream = tarball.extractfile(info) if info.isfile() else None
        if stream is None:
            raise Permanent(f"The member {info.name} is a link or a device, which no artefact may hold.")
        with stream:
            yield Member(info.name, info.size, bool(info.mode & 0o100)), stream


def relative_to_root(name: str, root: str) -> str | None:
    """Return a member's path below `root`, None when it lies elsewhere. Raises Permanent when it leads out."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise Permanent(f"The archive's member {name!r} leads out of its folder.")
    if not path.is_relative_to(root) or path == PurePosixPath(root):
        return None
    return path.relative_to(root).as_posix()


def default_store(module: Path = Path(__file__)) -> Store:
    """Return the checkout's artefacts; for an installed package those that it needs, in the user's cache."""
    checkout = module.parent.parent
    if (checkout / "artefacts.lock").is_file():
        return Store(checkout / "artefacts.lock", checkout / ".artefacts")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    store = Store(module.with_name("artefacts.lock"), cache / "yantra" / "artefacts")
    store.artefacts = {name: one for name, one in store.artefacts.items() if not one.checkout_only}
    return store


def path(name: str) -> Path:
    """Return the folder of an unpacked artefact. Raises UserError, saying the cure, when it is not there."""
    return default_store().path(name)


def available(name: str) -> bool:
    """Say whether an artefact is there."""
    return default_store().available(name)


def fetch_all(store: Store) -> bool:
    """Fetch what is missing, saying so; return whether every required artefact is there."""
    is_complete = True
    for artefact in store.artefacts.values():
        if store.available(artefact.name):
            continue
        sys.stdout.write(f"Fetching {artefact.name} ({artefact.package} {artefact.version}) …\n")
        sys.stdout.flush()
        try:
            store.fetch(artefact.name)
        except YantraError as problem:
            consequence = "REQUIRED" if artefact.required else "OFF from now on"
            sys.stderr.write(f"*** {artefact.name} could not be fetched. {consequence}: {artefact.purpose}.\n")
            sys.stderr.write(f"*** {problem}\n*** Cure: see to that, then {CURE}.\n")
            is_complete = is_complete and not artefact.required
    return is_complete


def main() -> None:
    """Fetch everything; end with 1 when a required artefact is missing."""
    sys.exit(0 if fetch_all(default_store()) else 1)


if __name__ == "__main__":
    main()
