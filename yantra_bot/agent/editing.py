"""The tools that change files: checked against the path policy and a parse before anything is written."""

import re
from dataclasses import dataclass, field
from typing import Any

from yantra_bot.agent.edits import Edit, apply_edit, splice_lines
from yantra_bot.agent.nearest import show_lines
from yantra_bot.agent.rendering import escape
from yantra_bot.agent.specs import MAX_CONTENT
from yantra_bot.agent.syntax import Grammars
from yantra_bot.agent.text import Document, decode, read_lines
from yantra_bot.domain.paths import check_path, is_test, protection
from yantra_bot.errors import UserError
from yantra_bot.sandbox.tree import Tree

_RIGHTS = re.compile(rb"""^\s*["']?kind["']?\s*:\s*["']?(Cluster)?Role(Binding)?["']?\s*,?\s*$""", re.MULTILINE)
_MANIFEST = (".yaml", ".yml", ".json")
_CONTEXT = 2
_BETWEEN = "\n     …\n"


@dataclass(slots=True)
class _Draft:
    """A file as it will be: nothing of it is written yet."""

    before: bytes | None
    after: bytes
    places: list[tuple[int, int]] = field(default_factory=list)
    """First and last line of what was replaced, as the file is after the last edit."""

    def move(self, first: int, last: int, more: int) -> None:
        """Note a further place; an edit that made the file longer by `more` lines moves those behind it."""
        moved = [(one + more, other + more) if one >= first else (one, other) for one, other in self.places]
        self.places = [*moved, (first, last)]


class EditingTools:
    """Changes a tree. Methods take checked arguments and return text; UserError means that nothing was changed."""

    def __init__(self, tree: Tree, *, grammars: Grammars) -> None:
        self._tree = tree
        self._grammars = grammars
        self.tests_changed: set[str] = set()
        """Test files of before that were edited or removed: a reviewer has to know."""

    def edit_file(self, arguments: dict[str, Any]) -> str:
        """Replace one piece of a file."""
        return self._apply([arguments])

    def batch_edit(self, arguments: dict[str, Any]) -> str:
        """Make all edits, or none."""
        return self._apply(arguments["edits"])

    def write_file(self, arguments: dict[str, Any]) -> str:
        """Make a file or replace it, in the encoding and with the line endings that it had."""
        path = check_path(arguments["path"])
        before = self._tree.read_bytes(path) if self._tree.kind(path) else None
        after = _encode_like(before, arguments["content"])
        is_executable = arguments.get("executable")
        if before == after and (is_executable is None or is_executable == self._tree.is_executable(path)):
            raise UserError(f"{path} has exactly this content already, so nothing would change.")
        self._check(path, before, after)
        self._tree.write_bytes(path, after, is_executable=is_executable)
        self._note(path, before)
        lines = after.count(b"\n") + (not after.endswith(b"\n") and after != b"")
        return f"{'Made' if before is None else 'Replaced'} {path}: {lines} line{'' if lines == 1 else 's'}."

    def replace_lines(self, path: str, first: int, last: int, text: str) -> None:
        """Put text in the place of whole lines, counted from 1, with the line endings that are there."""
        path = check_path(path)
        before = self._tree.read_bytes(path)
        after = splice_lines(before, first, last, text)
        if after == before:
            raise UserError(f"{path} has exactly these lines already, so nothing would change.")
        self._check(path, before, after)
        self._tree.write_bytes(path, after)
        self._note(path, before)

    def delete_file(self, arguments: dict[str, Any]) -> str:
        """Remove a file."""
        path = check_path(arguments["path"])
        before = self._tree.read_bytes(path)
        _check_policy(path, before, b"")
        self._tree.delete(path)
        self._note(path, before)
        return f"Removed {path}."

    def _apply(self, edits: list[dict[str, Any]]) -> str:
        drafts: dict[str, _Draft] = {}
        for number, edit in enumerate(edits, start=1):
            try:
                self._draft(drafts, edit)
            except UserError as error:
                raise _name_edit(error, number, len(edits)) from error
        for path, draft in drafts.items():
            self._check(path, draft.before, draft.after)
        self._write(drafts)
        return "\n".join(_show(path, draft) for path, draft in drafts.items())

    def _draft(self, drafts: dict[str, _Draft], edit: dict[str, Any]) -> None:
        path = check_path(edit["path"])
        if path not in drafts:
            before = self._tree.read_bytes(path)
            drafts[path] = _Draft(before, before)
        draft = drafts[path]
        try:
            edited = apply_edit(draft.after, Edit(edit["search"], edit["replace"], edit.get("replace_all", False)))
        except UserError as error:
            raise UserError(f"{path}: {escape(str(error))}") from error
        more = edited.data.count(b"\n") - draft.after.count(b"\n")
        draft.after = edited.data
        draft.move(edited.lines[0], edited.lines[0] + edit["replace"].count("\n"), more)

    def _check(self, path: str, before: bytes | None, after: bytes) -> None:
        _check_policy(path, before or b"", after)
        if before is None and (twin := self._tree.find_twin(path)):
            raise UserError(
                f"{path} and {escape(twin)} are the same file on other systems. Use the name that is there."
            )
        problem = self._grammars.find_new_problem(path, before, after)
        if problem is not None:
            raise UserError(
                f"Nothing was written: {path} would not parse any more, {escape(str(problem))}\n"
                "Correct the text; where several edits are needed at once, send them in one batch_edit."
            )

    def _write(self, drafts: dict[str, _Draft]) -> None:
        done: list[str] = []
        try:
            for path, draft in drafts.items():
                self._tree.write_bytes(path, draft.after)
                done.append(path)
        except UserError:
            for path in done:
                self._tree.write_bytes(path, drafts[path].before or b"")
            raise
        for path, draft in drafts.items():
            self._note(path, draft.before)

    def _note(self, path: str, before: bytes | None) -> None:
        if before is not None and is_test(path):
            self.tests_changed.add(path)


def _check_policy(path: str, before: bytes, after: bytes) -> None:
    reason = protection(path)
    if reason is None and path.endswith(_MANIFEST) and (_RIGHTS.search(before) or _RIGHTS.search(after)):
        reason = "it grants rights in a cluster"
    if reason is not None:
        raise UserError(
            f"{path} may not be changed: {reason}. Leave it, and say in finish what a person should change."
        )


def _encode_like(before: bytes | None, content: str) -> bytes:
    document, is_crlf = Document("", "utf-8"), False
    if before:
        try:
            document = decode(before)
        except UserError:
            document = Document("", "utf-8")
        lines = read_lines(document.text)
        is_crlf = bool(lines.pairs) and len(lines.pairs) == lines.text.count("\n")
    if is_crlf:
        content = content.replace("\r\n", "\n").replace("\n", "\r\n")
    data = document.mark + document.encode(content.removeprefix("\ufeff") if document.mark else content)
    if len(data) > 2 * MAX_CONTENT:
        raise UserError(f"The content has more than {2 * MAX_CONTENT} bytes. Write a smaller file.")
    return data


def _name_edit(error: UserError, number: int, count: int) -> UserError:
    return error if count == 1 else UserError(f"Nothing was written. Edit {number} of {count} does not fit: {error}")


def _show(path: str, draft: _Draft) -> str:
    lines = [line.removesuffix("\r") for line in decode(draft.after).text.split("\n")]
    shown = [show_lines(lines, start, end - start) for start, end in _join(draft.places)]
    return f"Edited {path}. It now reads:\n{escape(_BETWEEN.join(shown))}"


def _join(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the places with the lines around them, from index to index, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(places):
        start, end = max(0, first - 1 - _CONTEXT), last + _CONTEXT
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
