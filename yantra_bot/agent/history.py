"""The tools that look back: the commits of a file, who last changed each line, what one commit did. They only read.

Git is asked in a bare repository that no run writes to, of which it sees the objects alone, under a configuration of
ours; never in the tree. A model's words reach git as a literal path behind `--`, as checked numbers, or behind the
equals sign of an option of ours. What git prints was written by strangers and is data.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from yantra_bot.agent.rendering import cut_line, cut_middle, escape
from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb.history.gitlog import configure, split_lines
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.sandbox.mirror import Mirror

SECONDS: Final = 20.0
MAX_SHOWN: Final = 24_000
MAX_READ: Final = 400_000
"""Bytes of git's answer that are read; git is ended then."""
MAX_BLAMED: Final = 300
COMMITS: Final = 20
NO_PAST: Final = "The history of the repository is not at hand in this run: only its present state is. Do without it."
_ID: Final = re.compile(r"[0-9a-f]{7,64}")
_UNSENDABLE: Final = re.compile(r"[\x00\ud800-\udfff]")
_QUIET: Final = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes")
_LINE: Final = "--format=%h %ad %an: %s"
_WHOLE: Final = "--format=commit %H%nparents %p%ndate %ad%nauthor %an%n%n%B"


class HistoryTools:
    """Looks at what led to a commit. Methods take checked arguments and return text; they raise UserError."""

    def __init__(self, past: Mirror | None, commit: str) -> None:
        self._past = past
        self._commit = commit
        self._oldest: frozenset[str] = frozenset()

    def log(self, arguments: dict[str, Any]) -> str:
        """Return commits, newest first, a line each."""
        lines = _range_of(arguments)
        path = check_path(arguments["path"]) if "path" in arguments else ""
        if lines and not path:
            raise UserError("Lines are those of a file: give its path too.")
        if lines and "text" in arguments:
            raise UserError("Give lines or a text, not both.")
        if _UNSENDABLE.search(arguments.get("text", "")):
            raise UserError("The text holds what no file is searched for: a zero character, or broken text.")
        git = self._open()
        most = arguments.get("limit", COMMITS)
        words = ["log", *_QUIET, "--date=short", _LINE, f"--max-count={most}"]
        if lines:
            self._find_file(git, path)
            words += ["--no-patch", f"-L{lines[0]},{lines[1]}:{path}"]
        if "text" in arguments:
            words.append(f"-S{arguments['text']}")
        paths = [path] if path and not lines else []
        shown, is_cut = _ask(git, (*words, "--end-of-options", self._commit, "--", *paths))
        if not shown:
            return f"No commit of the history at hand is about that. {self._reach(git)}".rstrip()
        more = [f"[There may be more: at most {most} are shown.]"] if is_cut or len(shown) >= most else []
        return _show([self._heading(), *shown, *(more or [self._reach(git)])])

    def blame(self, arguments: dict[str, Any]) -> str:
        """Return lines of a file with the commit, author and date of each."""
        path = check_path(arguments["path"])
        first, last = _range_of({"start_line": 1, **arguments}) or (1, MAX_BLAMED)
        last = min(last, first + MAX_BLAMED - 1)
        git = self._open()
        count = self._count_lines(git, path)
        if first > count:
            raise UserError(f"{path} has {count} lines in the commit that this run began at. Ask for others.")
        last = min(last, count)
        words = ("blame", "--no-textconv", "--date=short", "--abbrev=9", f"-L{first},{last}")
        shown, _ = _ask(git, (*words, self._commit, "--", path))
        more = [f"[Lines {last + 1}-{count} are not shown. Ask for start_line {last + 1}.]"] if last < count else []
        note = "[^ before an id: the line is as old as that commit, or older than the history at hand.]"
        marked = [note] if any(line.startswith("^") for line in shown) else []
        return _show([self._heading(), *shown, *more, *marked])

    def show(self, arguments: dict[str, Any]) -> str:
        """Return one commit: who, when, why, and its difference, of one path where that is asked for."""
        paths = [check_path(arguments["path"])] if "path" in arguments else []
        git = self._open()
        commit = self._find_commit(git, arguments["commit"])
        words = ("show", *_QUIET, "--date=short", _WHOLE)
        if commit in self._oldest:
            shown, _ = _ask(git, (*words, "--no-patch", "--end-of-options", commit))
            return _show([*shown, "[The history at hand begins here: what this commit changed cannot be told.]"])
        changes = ("--diff-merges=first-parent", "--stat=100", "-p", "-M", "--submodule=short")
        shown, is_cut = _ask(git, (*words, *changes, "--end-of-options", commit, "--", *paths))
        if not shown:
            return f"{commit[:9]} changed nothing in {escape(paths[0])}." if paths else f"{commit[:9]} is empty."
        return _show([*shown, *(["[The rest is left out. Ask for one path of it.]"] if is_cut else [])])

    def _open(self) -> HostGit:
        """Return git on the past, having seen that it has the commit of this run."""
        if self._past is None:
            raise UserError(NO_PAST)
        place, environment = self._past.place_of_past(self._commit)
        self._oldest = _read_oldest(Path(environment["GIT_DIR"]))
        git = HostGit(
            place, seconds=SECONDS, environment={**environment, "GIT_LITERAL_PATHSPECS": "1"}, name="the repository"
        )
        if not _succeeds(git, ("cat-file", "-e", f"{self._commit}^{{commit}}")):
            raise UserError(f"{NO_PAST} It has not reached the commit of this run yet.")
        return git

    def _find_commit(self, git: HostGit, given: str) -> str:
        """Return the full id of a commit that led to this run's; what was fetched once and was withdrawn is none."""
        if _ID.fullmatch(given) is None:
            raise UserError("A commit is named by 7 to 64 hexadecimal digits, as git_log and git_blame show it.")
        unknown = UserError(f"No commit {given} led to the one that this run began at. Find one with git_log.")
        try:
            found, _ = _ask(git, ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{given}^{{commit}}"))
        except YantraError:
            raise unknown from None
        commit = found[0] if found else ""
        if not commit or not _succeeds(git, ("merge-base", "--is-ancestor", commit, self._commit)):
            raise unknown
        return commit

    def _find_file(self, git: HostGit, path: str) -> None:
        if not _succeeds(git, ("cat-file", "-e", f"{self._commit}:{path}")):
            raise UserError(f"There was no file {escape(path)} in the commit that this run began at.")

    def _count_lines(self, git: HostGit, path: str) -> int:
        self._find_file(git, path)
        return sum(1 for _ in split_lines(git((*configure(), "cat-file", "blob", f"{self._commit}:{path}"))))

    def _heading(self) -> str:
        return f"As of {self._commit[:9]}, before any change of this run:"

    def _reach(self, git: HostGit) -> str:
        """Say how far back the history goes, where it has an end that is not the repository's beginning."""
        if not self._oldest:
            return ""
        oldest, _ = _ask(git, ("log", "--no-walk=sorted", "--date=short", "--format=%ad", *sorted(self._oldest)[:50]))
        return f"[The history at hand goes back to {oldest[-1]} only.]" if oldest else ""


def _range_of(arguments: dict[str, Any]) -> tuple[int, int] | None:
    """Return the lines that are asked for; a lone first line asks for what follows, a lone last one for what leads."""
    if "start_line" not in arguments and "end_line" not in arguments:
        return None
    first = arguments.get("start_line", 1)
    last = arguments.get("end_line", first + MAX_BLAMED - 1)
    if first > last:
        raise UserError(f"There are no lines from {first} to {last}: the first comes after the last.")
    return first, last


def _ask(git: HostGit, words: Sequence[str]) -> tuple[list[str], bool]:
    """Return the lines of git's answer, and whether they are cut."""
    lines: list[str] = []
    size = 0
    for line in split_lines(git((*configure(), "--no-pager", *words))):
        size += len(line) + 1
        if size > MAX_READ:
            return lines, True
        lines.append(line.decode("utf-8", "replace"))
    return lines, False


def _succeeds(git: HostGit, words: Sequence[str]) -> bool:
    try:
        _ask(git, words)
    except UserError:
        return False
    return True


def _show(lines: Iterable[str]) -> str:
    return cut_middle("\n".join(escape(cut_line(line, 1_000)) for line in lines).rstrip(), MAX_SHOWN)


def _read_oldest(folder: Path) -> frozenset[str]:
    """Return the commits before which nothing is at hand."""
    try:
        return frozenset((folder / "shallow").read_text("ascii", "replace").split())
    except FileNotFoundError:
        return frozenset()
