"""The past of a real repository, tied to the symbols of today."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from yantra_bot.domain.graph import NodeKind, Span, Symbol
from yantra_bot.domain.history import History, TouchEvidence
from yantra_bot.errors import Transient, UserError
from yantra_bot.graphdb.history.cochange import count_files, count_pairs, count_symbols
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.graphdb.history.ownership import HALF_LIFE, count_churn, count_ownership
from yantra_bot.graphdb.history.reading import HistoryLimits, read_history

ONE = "def one():\n    a = 1\n    return a\n"
TWO = "def two():\n    b = 2\n    return b\n"


def symbols_of(folder: Path) -> list[Symbol]:
    """Return the functions, classes and module-level variables of a folder's Python files."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder).as_posix()
        stack: list[tuple[ast.AST, str]] = [(ast.parse(file.read_text()), "")]
        while stack:
            node, prefix = stack.pop()
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.FunctionDef | ast.ClassDef):
                    name, kind = child.name, NodeKind.CLASS if isinstance(child, ast.ClassDef) else NodeKind.FUNCTION
                elif isinstance(child, ast.Assign) and isinstance(child.targets[0], ast.Name):
                    name, kind = child.targets[0].id, NodeKind.VARIABLE
                else:
                    continue
                full = f"{prefix}{name}"
                span = Span(child.lineno, 0, child.end_lineno or child.lineno, 0)
                found.append(Symbol(f"{path}::{full}", kind, name, full, path, span))
                stack.append((child, f"{full}."))
    return found


def read(here: Any, **options: Any) -> History:
    return read_history(HostGit(here.folder), symbols_of(here.folder), **options)


def touched(history: History, commit: str) -> set[tuple[str | None, TouchEvidence]]:
    return {(touch.symbol, touch.evidence) for touch in history.touches if touch.commit == commit}


def test_a_commit_touches_the_symbols_whose_lines_it_changed(repository: Any) -> None:
    """Lines are followed back through later insertions above them."""
    repository.write("a.py", f"X = 1\n{ONE}{TWO}")
    first = repository.commit("Begin")
    repository.write("a.py", f"X = 1\n{ONE}{TWO.replace('2', '3')}")
    second = repository.commit("Change two")
    repository.write("a.py", f"import os\n\n\nX = 1\n{ONE}{TWO.replace('2', '3')}")
    third = repository.commit("Add above")
    history = read(repository)
    assert [commit.sha for commit in history.commits] == [third, second, first]
    assert touched(history, second) == {("a.py::two", TouchEvidence.LINES)}
    assert touched(history, third) == {(None, TouchEvidence.FILE)}
    assert touched(history, first) == {
        ("a.py::X", TouchEvidence.LINES),
        ("a.py::one", TouchEvidence.LINES),
        ("a.py::two", TouchEvidence.LINES),
    }


def test_lines_that_were_rewritten_belong_to_what_is_around_them(repository: Any) -> None:
    """A line that is no more still tells whose body it stood in; a deletion between two functions touches neither."""
    repository.write("a.py", f"{ONE}\n\ndef gone():\n    pass\n\n\n{TWO}")
    repository.commit("Begin")
    repository.write("a.py", f"{ONE}\n\ndef gone():\n    pass\n\n\n{TWO.replace('2', '3')}")
    second = repository.commit("Change two")
    repository.write("a.py", f"{ONE}\n\n{TWO.replace('2', '4')}")
    third = repository.commit("Change again, and delete")
    repository.write("a.py", f"{ONE}\n\n{TWO.replace('2', '5')}")
    repository.commit("And again")
    history = read(repository)
    assert touched(history, second) == {("a.py::two", TouchEvidence.AROUND)}
    assert ("a.py::one", TouchEvidence.AROUND) not in touched(history, third)
    assert ("a.py::two", TouchEvidence.AROUND) in touched(history, third)


def test_a_body_that_is_gone_is_known_by_gits_header(repository: Any) -> None:
    """Where nothing around is left, the name beside the hunk is a hint."""
    body = "".join(f"    x{number} = {number}\n" for number in range(20))
    repository.write("a.py", f"def one():\n{body}")
    repository.commit("Begin")
    repository.write("a.py", f"def one():\n{body.replace('x7 = 7', 'x7 = 8')}")
    second = repository.commit("Change one")
    repository.write("a.py", "def one():\n    return None\n")
    repository.commit("Rewrite")
    history = read(repository)
    (touch,) = [touch for touch in history.touches if touch.commit == second]
    assert touch.symbol == "a.py::one"
    assert touch.confidence < 0.9


def test_renamed_files_are_followed(repository: Any) -> None:
    """What a file was called earlier does not cut its past; another file of the old name is another file."""
    repository.write("old name.py", ONE + TWO)
    first = repository.commit("Begin")
    repository.git("mv", "old name.py", "näw.py")
    repository.commit("Rename")
    repository.write("old name.py", "y = 1\n")
    third = repository.commit("Another")
    history = read(repository)
    assert {touch.path for touch in history.touches if touch.commit == first} == {"näw.py"}
    assert touched(history, first) >= {("näw.py::one", TouchEvidence.LINES)}
    assert touched(history, third) == {("old name.py::y", TouchEvidence.LINES)}


def test_deleted_and_binary_files_are_touched_as_files(repository: Any) -> None:
    """What has no symbols today is kept at the level of files, with a file's certainty."""
    (repository.folder / "data.bin").write_bytes(bytes(range(256)) * 20)
    repository.write("gone.py", ONE)
    first = repository.commit("Begin")
    (repository.folder / "gone.py").unlink()
    repository.commit("Delete")
    history = read(repository)
    files = {(touch.path, touch.symbol, touch.confidence) for touch in history.touches if touch.commit == first}
    assert files == {("data.bin", None, 1.0), ("gone.py", None, 1.0)}


def test_merged_branches_are_less_sure(repository: Any) -> None:
    """Merges touch nothing themselves, and the confidence of what lies before them is lower."""
    repository.write("a.py", ONE + TWO)
    first = repository.commit("Begin")
    repository.git("switch", "-q", "-c", "side")
    repository.write("a.py", ONE + TWO.replace("2", "3"))
    side = repository.commit("Side")
    repository.git("switch", "-q", "main")
    repository.write("b.py", "z = 1\n")
    repository.commit("Main")
    repository.git("merge", "-q", "--no-edit", "side", GIT_AUTHOR_NAME="A", GIT_AUTHOR_EMAIL="a@b.c")
    repository.write("a.py", "import os\n" + ONE + TWO.replace("2", "3"))
    last = repository.commit("After")
    history = read(repository)
    merge = next(commit for commit in history.commits if commit.is_merge)
    assert touched(history, merge.sha) == set()
    assert touched(history, side) == {("a.py::two", TouchEvidence.LINES)}
    sure = {touch.commit: touch.confidence for touch in history.touches if touch.symbol}
    assert sure[side] == sure[first] == 0.8
    assert {touch.confidence for touch in history.touches if touch.commit == last} == {1.0}


def test_a_huge_commit_is_tied_to_files_alone(repository: Any) -> None:
    """Reformatting everything says nothing about single symbols."""
    for number in range(201):
        repository.write(f"f{number}.py", ONE)
    first = repository.commit("Import")
    assert {touch.symbol for touch in read(repository).touches if touch.commit == first} == {None}


def test_authors_are_people_and_addresses_are_nowhere(repository: Any) -> None:
    """The mailmap, one address, one account or one full name make one author; no address can be read anywhere."""
    repository.write(".mailmap", "Ada Lovelace <ada@example.org> <countess@example.org>\n")
    repository.commit("One")
    repository.commit("Two", name="ada", mail="countess@example.org")
    repository.commit("Three", name="Ada Lovelace", mail="1+ada@users.noreply.github.com")
    repository.commit("Four", name="ada", mail="ada@users.noreply.github.com")
    repository.commit("Five", name="Bob", mail="bob@example.org")
    repository.commit("Six", name="Bob", mail="other-bob@example.com")
    repository.commit("Seven", name="carl@example.net", mail="carl@example.net")
    repository.commit("Eight", name="dependabot[bot]", mail="d@example.net")
    repository.commit("Nine\n\nCo-authored-by: Dora <dora@example.org>\nMail me: me@example.org")
    history = read(repository)
    assert [author.key for author in history.authors] == [
        "Ada Lovelace",
        "Bob",
        "Bob (2)",
        "Dora",
        "dependabot[bot]",
        "unnamed",
    ]
    assert [author.is_bot for author in history.authors] == [False, False, False, False, True, False]
    assert history.commits[0].coauthors == ("Dora",)
    assert "example" not in repr(history)
    assert all(author.identity and author.identity not in repr(author) for author in history.authors)


def test_issues_that_a_message_names_are_kept(repository: Any) -> None:
    """References are the repository's own unless they say otherwise; closing keywords count as on GitHub."""
    repository.commit("Fix the door, see #7\n\nFixes #12, closes other/thing#3. `#99` is code.")
    (commit,) = read(repository, repository="me/mine").commits
    assert commit.references == ("me/mine#7", "me/mine#12", "other/thing#3")
    assert commit.fixes == ("me/mine#12", "other/thing#3")
    assert commit.subject == "Fix the door, see #7"


def test_a_repository_without_a_past_says_so(repository: Any, tmp_path: Path) -> None:
    """No commits, and no repository at all, are reasons, not failures."""
    assert "revision" in read(repository).absence or "any commits" in read(repository).absence
    empty = tmp_path / "empty"
    empty.mkdir()
    history = read_history(HostGit(empty), [])
    assert (history.commits, "not a git repository" in history.absence) == ((), True)


def test_a_bare_mirror_is_read_like_a_checkout(repository: Any, tmp_path: Path) -> None:
    """In the worker there is no work tree: names are those of the commit's own mailmap, lines those of its files."""
    repository.write(".mailmap", "Ada Lovelace <ada@example.org> Countess <countess@example.org>\n")
    repository.write("a.py", ONE)
    first = repository.commit("One", name="Countess", mail="countess@example.org")
    bare = tmp_path / "bare.git"
    repository.git("clone", "-q", "--bare", str(repository.folder), str(bare))
    symbols = symbols_of(repository.folder)
    history = read_history(HostGit(bare), symbols, revision=first)
    assert [author.name for author in history.authors] == ["Ada Lovelace"]
    assert history == read_history(HostGit(repository.folder), symbols)


def test_limits_cut_the_past_and_say_so(repository: Any) -> None:
    """Number, size, time and touches each end the reading; what was read before is kept."""
    for number in range(4):
        repository.write("a.py", f"x = {number}\n{ONE}")
        repository.commit(f"Number {number}")
    assert len(read(repository, limits=HistoryLimits(commits=2)).commits) == 2
    assert read(repository, limits=HistoryLimits(commits=2)).problems[0].kind == "history cut"
    assert "bytes" in read(repository, limits=HistoryLimits(bytes=10)).absence
    assert "touches" in read(repository, limits=HistoryLimits(touches=1)).problems[0].detail
    ticks = iter(range(0, 1000, 40))
    assert "took more than" in read(repository, clock=lambda: next(ticks)).absence


def test_a_runner_that_fails_half_way_leaves_what_it_told(repository: Any) -> None:
    """A git that is ended for its time is a problem, not a loss."""
    repository.commit("One")
    repository.commit("Two")

    def run(arguments: Sequence[str]) -> Iterator[bytes]:
        yield from HostGit(repository.folder)(arguments)
        raise Transient("its time was over")

    history = read_history(run, [])
    assert (len(history.commits), history.problems[0].detail) == (1, "its time was over")


def test_git_is_ended_when_its_time_is_over(repository: Any, tmp_path: Path) -> None:
    """A git that never answers is killed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text("#!/bin/sh\nexec sleep 600\n")
    (folder / "git").chmod(0o755)
    with pytest.raises(Transient, match="ended after"):
        list(HostGit(repository.folder, seconds=0.1, searched=f"{folder}:/usr/bin:/bin")(["log"]))
    with pytest.raises(UserError, match="Install it"):
        HostGit(repository.folder, searched="/nonexistent")


def test_nothing_that_the_repository_configures_is_run(repository: Any, tmp_path: Path) -> None:
    """External diffs, text conversions, signature checks, monitors and hooks of a repository stay silent."""
    mark = tmp_path / "ran"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat 2>/dev/null\n")
    script.chmod(0o755)
    repository.write(".gitattributes", "* diff=evil\n")
    repository.write("a.py", ONE)
    repository.commit("One")
    repository.write("a.py", TWO)
    repository.commit("Two")
    settings = {
        "diff.external": script,
        "diff.evil.command": script,
        "diff.evil.textconv": script,
        "core.fsmonitor": script,
        "core.pager": script,
        "pager.log": script,
        "core.sshCommand": script,
        "gpg.program": script,
        "log.showSignature": "true",
        "core.hooksPath": tmp_path,
        "diff.noprefix": "true",
        "diff.orderFile": "nowhere",
        "color.ui": "always",
        "alias.log": f"!{script}",
    }
    for name, value in settings.items():
        repository.git("config", name, str(value))
    history = read(repository)
    assert len(history.commits) == 2
    assert {touch.path for touch in history.touches} == {".gitattributes", "a.py"}
    assert not mark.exists()


def test_files_that_change_together_are_found(repository: Any) -> None:
    """Support, confidence and lift are those of the commits that count; large ones do not."""
    for number in range(4):
        repository.write("a.py", f"def one():\n    return {number}\n")
        repository.write("b.py", f"def two():\n    return {number}\n")
        repository.commit(f"Both {number}")
    repository.write("a.py", "def one():\n    return 9\n")
    repository.commit("Only a")
    for number in range(40):
        repository.write(f"f{number}.txt", "x")
    repository.write("b.py", "def two():\n    return 9\n")
    repository.commit("Many")
    history = read(repository)
    (pair,) = count_files(history.touches)
    assert (pair.a, pair.b, pair.support) == ("a.py", "b.py", 4)
    assert (pair.confidence, pair.reverse) == (0.8, 1.0)
    assert pair.lift == pytest.approx(4 * 5 / (5 * 4))
    assert [(one.a, one.b) for one in count_symbols(history.touches)] == [("a.py::one", "b.py::two")]


def test_rare_members_make_no_pairs() -> None:
    """What is seldom seen is not counted, so that memory is bounded."""
    groups = {f"c{number}": {f"m{number}", f"n{number}", "x", "y"} for number in range(6)}
    assert [(one.a, one.b, one.support) for one in count_pairs(groups, min_support=2)] == [("x", "y", 6)]


def test_churn_and_ownership_count_recent_work_more(repository: Any) -> None:
    """Each share is between nothing and all, and they sum up to all; half a year halves old work."""
    repository.write("a.py", ONE)
    repository.commit("Begin")
    repository.write("a.py", ONE.replace("1", "2"))
    repository.commit("Change", name="Bob Builder", mail="bob@example.org")
    history = read(repository)
    commits = {commit.sha: commit for commit in history.commits}
    churn = {one.key: one for one in count_churn(history.touches, commits)}
    assert (churn["a.py"].commits, churn["a.py"].authors) == (2, 2)
    assert churn["a.py::one"].last - churn["a.py::one"].first == 86_400
    owners = {(one.key, one.author): one for one in count_ownership(history.touches, commits)}
    ada, bob = owners["a.py::one", "Ada Lovelace"], owners["a.py::one", "Bob Builder"]
    assert ada.share + bob.share == pytest.approx(1)
    assert (ada.commits, ada.lines, bob.lines) == (1, 3, 2)
    later = max(commits[sha].time for sha in commits) + 10 * HALF_LIFE
    same = {(one.key, one.author): one for one in count_ownership(history.touches, commits, now=later)}
    assert same["a.py::one", "Ada Lovelace"].share == pytest.approx(ada.share)
    assert count_churn(history.touches, {}) == []
