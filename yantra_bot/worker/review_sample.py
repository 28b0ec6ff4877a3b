"""A change of a few lines, as a review sees it: whoever will review later loads with it all that a review takes."""

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType
from typing import Final

from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Hunk
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.subject import Version

_BEFORE: Final = "import os\n\n\ndef scan(text):\n    return text\n\n\ndef use():\n    return scan('')\n"
_AFTER: Final = "import os\n\n\ndef scan(text, strict):\n    return texts\n\n\ndef use():\n    return scan('')\n"
FILES: Final = (
    ChangedFile("a.py", FileStatus.MODIFIED, FileKind.SOURCE, hunks=(Hunk(4, 2, 4, 2),), added=2, removed=2),
)


def make_sample(folder: Path) -> tuple[Version, Version]:
    """Return both versions of the sample, whose files are `FILES`, laid out in an empty folder."""
    return _version(folder / "base", _BEFORE), _version(folder / "head", _AFTER)


def _version(root: Path, text: str) -> Version:
    root.mkdir()
    (root / "a.py").write_text(text)
    indexer = Indexer(root, processes=1)
    indexer.refresh()
    data = text.encode()
    return Version(GraphView.of(indexer.resolve()), indexer.facts, lambda path: data if path == "a.py" else None)


def import_all(package: ModuleType) -> None:
    """Load every module of a package."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
