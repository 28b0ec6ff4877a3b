"""Where a place of the base is in the head, by the change's hunks. Pure."""

from yantra_bot.domain.review import ChangedFile, FileStatus
from yantra_bot.review.subject import Subject

Place = tuple[str, int, int]
"""Path, line from 1, column from 0 in bytes."""


class Lines:
    """The lines that both versions have."""

    def __init__(self, subject: Subject) -> None:
        self._by_base = {
            file.base_path: file for file in subject.files if file.status is not FileStatus.ADDED
        }  # fmt: skip
        self._new = {file.path for file in subject.files if file.status is FileStatus.ADDED}

    def file_of(self, base_path: str) -> ChangedFile | None:
        """Return the changed file that had this path in the base."""
        return self._by_base.get(base_path)

    def to_head(self, place: Place) -> Place | None:
        """Return where an unchanged line of the base is in the head; None where it was changed or is gone."""
        path, line, column = place
        file = self._by_base.get(path)
        if file is None:
            return place
        if file.status in (FileStatus.REMOVED, FileStatus.TYPE_CHANGED):
            return None
        if not file.hunks and (file.skipped or file.status is FileStatus.MODIFIED):
            return None
        offset = 0
        for hunk in file.hunks:
            if hunk.old_lines and hunk.old_start <= line < hunk.old_start + hunk.old_lines:
                return None
            last = hunk.old_start + hunk.old_lines - 1 if hunk.old_lines else hunk.old_start
            offset += hunk.new_lines - hunk.old_lines if last < line else 0
        return file.path, line + offset, column
