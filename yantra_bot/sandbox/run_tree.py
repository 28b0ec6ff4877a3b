"""The tree as the editing tools of a run see it: confined like any other, and it remembers what they did to it."""

from pathlib import Path

from yantra_bot.domain.paths import check_path
from yantra_bot.sandbox.tree import Tree


class RunTree(Tree):
    """`written` are all paths that were ever written, `touched` those written or deleted since somebody cleared it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.written: set[str] = set()
        self.touched: set[str] = set()

    def write_bytes(self, path: str, data: bytes, *, is_executable: bool | None = None) -> None:
        self.touched.add(check_path(path))
        super().write_bytes(path, data, is_executable=is_executable)
        self.written.add(check_path(path))

    def delete(self, path: str) -> None:
        self.touched.add(check_path(path))
        super().delete(path)
