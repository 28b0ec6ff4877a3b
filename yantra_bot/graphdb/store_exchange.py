"""A stored graph as bytes, handed out to somebody who may write to a copy of it, and taken in again as a new one.

The giver opens no engine and looks into no file but the head that it wrote itself: what comes back may be anything.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import structlog

from yantra_bot.errors import Permanent
from yantra_bot.graphdb.schema import SCHEMA_VERSION
from yantra_bot.graphdb.store_errors import StoreDamaged, StoreFull, StoreNewer
from yantra_bot.graphdb.store_head import NAME as HEAD
from yantra_bot.graphdb.store_head import Head, read_head, sum_of, sync_folder, write_head
from yantra_bot.graphdb.store_lock import hold

FACTS: Final = "facts.sqlite"
"""What was parsed, by file, beside a stored graph."""
LOCK: Final = "lock"
MAX_BYTES: Final = 4 * 1024**3
"""One file of a stored graph."""
_GRAPH: Final = "graph-{generation}.db"
_PATIENCE: Final = 30.0
_PART: Final = 1024 * 1024
_ENGINE: Final = "ladybug"
"""The engine that whoever was handed a store uses."""
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_TAKEN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MADE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

log = structlog.get_logger()


def revision_of(store: Path) -> str:
    """Return the commit that the graph in a folder is of; empty where there is none, or none of this version."""
    head = _head_of(store)
    return head.revision if head else ""


def hand_out(store: Path, to: Path, account: int | None, *, beside: Iterable[str] = ()) -> None:
    """Make the folder `to`, for an account alone, with a copy of the store in it, as far as there is one.

    `beside` are names of files that are kept beside the graph, and are handed out where they are there.
    Raises StoreFull, StoreBusy. A store of another version, or a damaged one, gives its parsed files alone.
    """
    with _telling_full(to):
        to.mkdir(mode=0o700)
        if store.exists():
            with hold(store / LOCK, exclusive=False, patience=_PATIENCE):
                head = _head_of(store)
                _copy_all(store, to, (FACTS, *beside, *((head.file, HEAD) if head else ())))
        _give(to, account)


def hand_out_beside(store: Path, to: Path, account: int | None, names: Iterable[str]) -> None:
    """Make the folder `to`, for an account alone, with copies of what is kept beside the stored graph, and not of it.

    Raises StoreFull, StoreBusy.
    """
    with _telling_full(to):
        to.mkdir(mode=0o700)
        if store.exists():
            with hold(store / LOCK, exclusive=False, patience=_PATIENCE):
                _copy_all(store, to, names)
        _give(to, account)


def _copy_all(store: Path, to: Path, names: Iterable[str]) -> None:
    for name in names:
        with suppress(FileNotFoundError):
            _copy(os.open(store / name, _TAKEN), to / name)


def _give(to: Path, account: int | None) -> None:
    if account is not None:
        for path in (*to.iterdir(), to):
            os.chown(path, account, account, follow_symlinks=False)


def take_in(folder: Path, store: Path, revision: str, account: int | None, *, patience: float = _PATIENCE) -> int:
    """Put the graph that was written into a handed-out folder in the place of the stored one; return its generation.

    What is copied are regular files of the account, opened through no link. The head is written anew. Raises Permanent
    when there is no graph or it is none that may be taken, StoreFull, StoreBusy; the graph is then as it was.
    """
    with _telling_full(store):
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        with hold(store / LOCK, exclusive=True, patience=patience):
            old = _head_of(store)
            for left in store.glob("new-*"):  # of a process that was killed
                left.unlink()
            try:
                with _opened(folder) as place:
                    written = _graph_in(place)
                    _copy(_open_taken(place, written, account), store / "new-graph")
                    _copy(_open_taken(place, FACTS, account), store / "new-facts")
                return _put(store, old, revision)
            except BaseException:
                for left in store.glob("new-*"):
                    left.unlink()
                raise


def take_beside(folder: Path, name: str, store: Path, account: int | None, *, most: int) -> None:
    """Put a file that somebody left in a folder beside the stored graph, in the place of the one before, as bytes.

    It has to be a regular file of the account with at most so many bytes, opened through no link. Raises Permanent
    when it is none or is not there, StoreFull, StoreBusy; what was kept stays then.
    """
    draft = store / "new-beside"
    with _telling_full(store):
        store.mkdir(mode=0o700, parents=True, exist_ok=True)
        with hold(store / LOCK, exclusive=True, patience=_PATIENCE), _opened(folder) as place:
            draft.unlink(missing_ok=True)  # of a process that was killed
            try:
                _copy(_open_taken(place, name, account, most=most), draft, most=most)
                draft.replace(store / name)
                sync_folder(store)
            finally:
                draft.unlink(missing_ok=True)


def _put(store: Path, old: Head | None, revision: str) -> int:
    """Name what was copied; the head that names the graph is the moment in which it is the graph."""
    generation = max((old.generation if old else 0, *_generations(store))) + 1
    name = _GRAPH.format(generation=generation)
    (store / "new-facts").replace(store / FACTS)
    (store / "new-graph").replace(store / name)
    sync_folder(store)
    write_head(store, Head(name, _ENGINE, generation, sum_of(store / name), revision=revision))
    for path in store.glob("graph-*.db*"):
        if path.name != name:
            path.unlink()
    return generation


def _generations(store: Path) -> Iterator[int]:
    """Yield the numbers of graphs whose head is lost."""
    for path in store.glob("graph-*.db"):
        number = path.stem.removeprefix("graph-")
        if number.isascii() and number.isdigit():
            yield int(number)


def _head_of(store: Path) -> Head | None:
    try:
        head = read_head(store)
    except (StoreDamaged, StoreNewer) as unknown:
        log.warning("graph.not_handed_out", reason=str(unknown), cure="none needed: the next push builds it anew")
        return None
    return head if head is not None and head.schema == SCHEMA_VERSION else None


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    try:
        place = os.open(folder, _FOLDER)
    except OSError as odd:
        raise Permanent(f"The worker left no folder with a graph: {odd.strerror}.") from odd
    try:
        yield place
    finally:
        os.close(place)


def _graph_in(place: int) -> str:
    names = [name for name in os.listdir(place) if name.startswith("graph-") and name.endswith(".db")]
    if len(names) != 1:
        raise Permanent(f"The worker left {len(names)} graphs, and one was to be there.")
    return names[0]


def _open_taken(place: int, name: str, account: int | None, *, most: int = MAX_BYTES) -> int:
    try:
        taken = os.open(name, _TAKEN, dir_fd=place)
    except OSError as odd:
        raise Permanent(f"What the worker left cannot be taken: {odd.strerror}.") from odd
    status = os.fstat(taken)
    is_own = account is None or status.st_uid == account
    if not stat.S_ISREG(status.st_mode) or not is_own or status.st_nlink != 1 or status.st_size > most:
        os.close(taken)
        raise Permanent("The worker left what is no file of its own, or too large a one; it is not taken.")
    return taken


def _copy(source: int, to: Path, *, most: int = MAX_BYTES) -> None:
    """Copy an open file, at most so many bytes of it, into a new one, and make it last."""
    with os.fdopen(source, "rb") as taken, os.fdopen(os.open(to, _MADE, 0o600), "wb") as out:
        left = most
        while left > 0 and (part := taken.read(min(_PART, left))):
            out.write(part)
            left -= len(part)
        out.flush()
        os.fsync(out.fileno())


@contextmanager
def _telling_full(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as refused:
        raise StoreFull(f"The graph in {folder} cannot be written: {refused.strerror}. Free some space.") from refused
