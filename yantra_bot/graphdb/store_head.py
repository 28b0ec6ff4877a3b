"""The head of a stored graph: a small file that names the engine's file in use, its generation and its check sum.

The head is replaced as a whole, never edited: that is the moment in which a write becomes the graph.
"""

import json
import os
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from yantra_bot.graphdb.schema import SCHEMA_VERSION
from yantra_bot.graphdb.store_errors import StoreDamaged, StoreNewer

NAME: Final = "head.json"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Head:
    """What a store says of itself."""

    file: str
    """Name of the engine's file in the store's folder."""
    engine: str
    generation: int
    """Grows with every write, whoever wrote."""
    checksum: str
    """Of the file, so that damage is found before the engine, which would crash, sees it."""
    schema: int = SCHEMA_VERSION
    revision: str = ""
    """The commit that the graph is of; empty where it is of a folder."""


def read_head(folder: Path, *, force: bool = False) -> Head | None:
    """Return the head; None where there is no graph.

    Raises StoreDamaged for what is no head, and StoreNewer for that of a newer schema unless `force`.
    """
    try:
        text = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as refused:
        raise StoreDamaged(f"The graph in {folder} cannot be read: {refused.strerror}.") from refused
    try:
        fields = json.loads(text)
        schema = int(fields["schema"])
        if schema > SCHEMA_VERSION and not force:
            raise StoreNewer(
                f"The graph in {folder} was written by a newer Yantra (schema {schema}, this one reads "
                f"{SCHEMA_VERSION}). Upgrade, or build it anew with --force."
            )
        head = Head(**{"revision": "", **{name: fields[name] for name in Head.__dataclass_fields__ if name in fields}})
    except (ValueError, KeyError, TypeError) as wrong:
        raise StoreDamaged(f"{folder / NAME} is not the head of a graph.") from wrong
    if Path(head.file).name != head.file or not isinstance(head.generation, int) or not isinstance(head.revision, str):
        raise StoreDamaged(f"{folder / NAME} is not the head of a graph.")
    return head


def write_head(folder: Path, head: Head) -> None:
    """Replace the head, so that a crash leaves the old or the new one. Raises OSError."""
    fresh = folder / f"{NAME}.new"
    with fresh.open("w") as out:
        json.dump(asdict(head), out)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / NAME)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sum_of(path: Path) -> str:
    """Return the check sum of a file: enough against damage, none against forgery. 20 MB take about 15 ms."""
    value = 0
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            value = zlib.crc32(chunk, value)
    return f"{value:08x}-{path.stat().st_size}"
