"""Writes an edited page whole or not at all, and only if nobody changed it meanwhile. It follows no symbolic link."""

import os
import secrets
import stat
from pathlib import Path

from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError
from yantra_bot.graphdb.docs.registry import MAX_BYTES, find_pages
from yantra_bot.graphdb.docs.writing import Edit


def read_texts(root: Path) -> dict[str, str]:
    """Return the exact text of every page under `root`; pages that are no UTF-8 or too long to edit are left out."""
    found: dict[str, str] = {}
    for path in find_pages(root, []):
        try:
            data = (root / path).read_bytes()
            if len(data) <= MAX_BYTES:
                found[path] = data.decode()
        except (OSError, UnicodeDecodeError):
            continue
    return found


def write_edit(root: Path, edit: Edit, *, before: str | None) -> None:
    """Replace the page in one step; `before` is the text that the edit was made from, None for a new page.

    Raises UserError when the page was changed meanwhile, is a link, or cannot be written.
    """
    path = check_path(edit.path)
    target = root / path
    _refuse_links(root, path)
    try:
        mode = _check_unchanged(target, path, before)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            _write(draft, edit.text, mode)
            _put(draft, target, is_new=before is None)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}. Check the rights of its folder.") from error


def _refuse_links(root: Path, path: str) -> None:
    place = root
    for name in path.split("/"):
        place /= name
        if place.is_symlink():
            raise UserError(f"{path} leads through the link {name}. Name the page where it really is.")


def _check_unchanged(target: Path, path: str, before: str | None) -> int | None:
    """Return the mode that the page has; None for a new one."""
    if before is None:
        return None
    if target.read_bytes() != before.encode():
        raise UserError(f"{path} was changed meanwhile. Run the command again.")
    return stat.S_IMODE(target.stat().st_mode)


def _write(draft: Path, text: str, mode: int | None) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(descriptor)
        if mode is not None:
            os.fchmod(descriptor, mode)


def _put(draft: Path, target: Path, *, is_new: bool) -> None:
    if is_new:
        os.link(draft, target)  # fails where a page appeared meanwhile
    else:
        draft.replace(target)
