"""A commit becomes files, and what happens to them becomes a change, to the byte."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.mirror import GIT_ENVIRONMENT, MirrorMaker, run_git
from yantra_bot.domain.changes import Changeset, FileChange, FileMode
from yantra_bot.errors import Permanent, UserError
from yantra_bot.sandbox.checkout import Checkout, Survey
from yantra_bot.sandbox.layout import CheckoutLimits
from yantra_bot.sandbox.mirror import Mirror, open_mirror

LIMITS = CheckoutLimits()
FILES = {"a.txt": b"one\n", "src/b.py": b"x = 1\n", "run.sh": ("100755", b"#!/bin/sh\n"), "link": ("120000", b"a.txt")}


class Place:
    """A mirror, and the folders that checkouts are made in."""

    def __init__(self, folder: Path) -> None:
        self.maker = MirrorMaker(folder / "mirror.git")
        self.folder = folder
        self.fd = self.maker.open()
        (folder / "scratch").mkdir()
        self.mirror = Mirror(self.fd, folder / "scratch")
        self.count = 0

    def check_out(self, files: dict[str, bytes | tuple[str, bytes]], *, limits: CheckoutLimits = LIMITS) -> Checkout:
        return self.check_out_commit(self.maker.commit(files), limits=limits)

    def check_out_commit(self, commit: str, *, limits: CheckoutLimits = LIMITS) -> Checkout:
        self.count += 1
        root = self.folder / f"tree-{self.count}"
        root.mkdir()
        return Checkout(self.mirror, commit, root, limits)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    os.close(place.fd)


def _change(path: str, data: bytes | None, mode: FileMode = FileMode.REGULAR) -> FileChange:
    return FileChange(path, None if data is None else hashlib.sha256(data).hexdigest(), mode)


def _look(checkout: Checkout) -> Survey:
    """Survey a tree that a command has run in."""
    checkout.expect_anything()
    return checkout.survey()


def _snapshot(root: Path) -> dict[str, tuple[str, bytes]]:
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_symlink():
            found[str(path.relative_to(root))] = ("link", os.fsencode(path.readlink()))
        elif path.is_file():
            kind = "exec" if path.stat().st_mode & 0o100 else "file"
            found[str(path.relative_to(root))] = (kind, path.read_bytes())
    return found


def test_a_commit_is_laid_out_as_it_is_stored(place: Place) -> None:
    """Files, modes, links and nothing else appear, and nothing has changed yet."""
    checkout = place.check_out(FILES)
    assert _snapshot(checkout.tree.root) == {
        "a.txt": ("file", b"one\n"), "src/b.py": ("file", b"x = 1\n"),
        "run.sh": ("exec", b"#!/bin/sh\n"), "link": ("link", b"a.txt"),
    }  # fmt: skip
    assert _look(checkout) == Survey(Changeset())
    assert checkout.diff() == ""
    assert checkout.layout.bytes == 4 + 6 + 10 + 5
    assert not (checkout.tree.root / ".git").exists()


@pytest.mark.parametrize("hash_kind", ["sha1", "sha256"])
def test_both_kinds_of_object_ids_are_read(tmp_path: Path, hash_kind: str) -> None:
    """A repository with SHA-256 ids is checked out and compared like any other."""
    maker = MirrorMaker(tmp_path / "m.git", hash_kind=hash_kind)
    (tmp_path / "scratch").mkdir()
    (tmp_path / "tree").mkdir()
    fd = open_mirror(maker.folder)
    try:
        checkout = Checkout(Mirror(fd, tmp_path / "scratch"), maker.commit(FILES), tmp_path / "tree", LIMITS)
        (tmp_path / "tree/a.txt").write_bytes(b"one\n")
        assert checkout.survey().changes == Changeset()
    finally:
        os.close(fd)


def test_an_empty_commit_is_an_empty_folder(place: Place) -> None:
    """A commit without files is no error."""
    commit = place.maker.commit_tree(place.maker.tree())
    assert place.check_out_commit(commit).layout.files == {}


def test_edits_formatters_and_deletions_count(place: Place) -> None:
    """What a tool wrote and what a command did to known files is the change; what a command made is only named."""
    checkout = place.check_out(FILES)
    root = checkout.tree.root
    checkout.tree.write_bytes("new/n.py", b"n = 1\n")
    (root / "src/b.py").write_bytes(b"x = 2\n")
    (root / "a.txt").unlink()
    (root / "run.sh").chmod(0o644)
    (root / "build").mkdir()
    (root / "build/out\x1b.o").write_bytes(b"junk")
    survey = _look(checkout)
    assert survey.changes.files == (
        _change("a.txt", None),
        _change("new/n.py", b"n = 1\n"),
        _change("run.sh", b"#!/bin/sh\n"),
        _change("src/b.py", b"x = 2\n"),
    )
    assert survey.created == ("build/out\\x1b.o",)
    assert survey.created_count == 1
    assert checkout.content(_change("x", b"n = 1\n").blob or "") == b"n = 1\n"


def test_only_what_the_tools_touched_is_looked_at(place: Place) -> None:
    """Between commands a survey costs what was edited; whatever a command may have done is found after it."""
    checkout = place.check_out(FILES)
    (checkout.tree.root / "src/b.py").write_bytes(b"x = 9\n")
    checkout.tree.write_bytes("a.txt", b"two\n")
    assert checkout.survey().changes.paths == ("a.txt",)
    checkout.tree.write_bytes("a.txt", b"one\n")
    checkout.tree.write_bytes("new", b"1")
    checkout.tree.delete("run.sh")
    with pytest.raises(UserError):
        checkout.tree.delete("nothing")
    assert checkout.survey().changes.paths == ("new", "run.sh")
    checkout.tree.delete("new")
    assert checkout.paths() == ("a.txt", "src/b.py")
    checkout.expect_anything()
    assert checkout.survey().changes.paths == ("run.sh", "src/b.py")


def test_a_touched_file_with_the_same_bytes_is_no_change(place: Place) -> None:
    """The time of a file says that it has to be looked at, not that it differs."""
    checkout = place.check_out(FILES)
    (checkout.tree.root / "a.txt").write_bytes(b"one\n")
    os.utime(checkout.tree.root / "src/b.py")
    assert _look(checkout).changes == Changeset()


def test_a_change_with_the_old_size_and_time_is_found(place: Place) -> None:
    """Setting a file's time back hides nothing."""
    checkout = place.check_out(FILES)
    file = checkout.tree.root / "a.txt"
    before = file.stat()
    file.write_bytes(b"two\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert _look(checkout).changes.paths == ("a.txt",)


def test_a_change_is_put_on_top(place: Place) -> None:
    """Base and change give the same tree again, with no memory of how it came about."""
    first = place.check_out(FILES)
    first.tree.write_bytes("new/n.sh", b"#!/bin/sh\n", is_executable=True)
    first.tree.write_bytes("a.txt", b"two\r\n")
    first.tree.delete("src/b.py")
    changes = first.survey().changes
    second = place.check_out(FILES)
    second.apply(changes, first.content)
    assert _snapshot(second.tree.root) == _snapshot(first.tree.root)
    assert second.survey().changes == changes
    with pytest.raises(KeyError):
        second.apply(Changeset((_change("z", b"unknown"),)), first.content)


def test_a_file_takes_the_place_of_a_folder_and_a_link(place: Place) -> None:
    """A change may turn a folder or a link into a file."""
    checkout = place.check_out(FILES)
    contents = {hashlib.sha256(data).hexdigest(): data for data in (b"file\n",)}
    checkout.apply(
        Changeset((_change("link", b"file\n"), _change("src", b"file\n"), _change("src/b.py", None))),
        contents.__getitem__,
    )
    assert checkout.survey().changes.files == (
        _change("link", b"file\n"), _change("src", b"file\n"), _change("src/b.py", None),
    )  # fmt: skip
    diff = checkout.diff()
    assert "deleted file mode 120000" in diff
    assert "new file mode 100644" in diff


def test_what_cannot_be_part_of_a_change_is_put_back(place: Place) -> None:
    """Links, oversized files, pipes and protected paths are as in the base again, and named."""
    files = {**FILES, ".github/workflows/ci.yml": b"on: push\n", "CODEOWNERS": b"* @a\n", "p": b""}
    checkout = place.check_out(files, limits=CheckoutLimits(max_file_bytes=100))
    root = checkout.tree.root
    before = _snapshot(root)
    (root / "a.txt").write_bytes(b"x" * 101)
    (root / "src/b.py").unlink()
    (root / "src/b.py").symlink_to("/etc/passwd")
    (root / "link").unlink()
    (root / "link").symlink_to("elsewhere")
    (root / "p").unlink()
    os.mkfifo(root / "p")
    (root / "CODEOWNERS").unlink()
    shutil.rmtree(root / ".github")
    (root / ".github").symlink_to("src")
    survey = _look(checkout)
    assert survey.changes == Changeset()
    assert [line.partition(":")[0] for line in survey.put_back] == [
        ".github/workflows/ci.yml", "CODEOWNERS", "a.txt", "link", "p", "src/b.py",
    ]  # fmt: skip
    assert _snapshot(root) == before
    (root / "CODEOWNERS").write_bytes(b"* @evil\n")
    assert "approve" in _look(checkout).put_back[0]
    assert _snapshot(root) == before


def test_a_written_file_that_became_odd_goes(place: Place) -> None:
    """A new file that a command replaced by a link is not part of the change and is removed."""
    checkout = place.check_out(FILES)
    checkout.tree.write_bytes("new", b"1")
    (checkout.tree.root / "new").unlink()
    (checkout.tree.root / "new").symlink_to("a.txt")
    assert _look(checkout).put_back == ("new: it is no regular file any more",)
    assert not (checkout.tree.root / "new").is_symlink()


def test_what_tests_change_is_undone(place: Place) -> None:
    """After the tests the tree is what it was before: edits and a command's files kept, litter gone."""
    checkout = place.check_out(FILES)
    root = checkout.tree.root
    checkout.tree.write_bytes("a.txt", b"edited\n")
    checkout.tree.write_bytes("new.py", b"new\n")
    checkout.tree.delete("run.sh")
    (root / "built.so").write_bytes(b"so")
    before = _snapshot(root)
    mark = checkout.mark()
    (root / "a.txt").write_bytes(b"by a test\n")
    (root / "new.py").unlink()
    (root / "run.sh").write_bytes(b"again")
    (root / "link").unlink()
    shutil.rmtree(root / "src")
    (root / "cache/deep").mkdir(parents=True)
    (root / "cache/deep/f\n").write_bytes(b"1")
    restored = checkout.undo_since(mark)
    assert restored == ("a.txt", "link", "new.py", "run.sh", "src/b.py")
    assert _snapshot(root) == before
    assert not (root / "cache").exists()
    assert _look(checkout).changes.paths == ("a.txt", "new.py", "run.sh")


def test_locked_files_and_folders_are_opened_again(place: Place) -> None:
    """A test that takes all rights from a file or a folder hides nothing from its owner."""
    checkout = place.check_out(FILES)
    (checkout.tree.root / "src/b.py").write_bytes(b"x = 3\n")
    (checkout.tree.root / "src/b.py").chmod(0)
    (checkout.tree.root / "src").chmod(0)
    assert _look(checkout).changes.files == (_change("src/b.py", b"x = 3\n"),)


def test_the_diff_is_what_git_would_apply(place: Place, tmp_path: Path) -> None:
    """Applying the shown diff to the base gives the tree, deletions, modes and missing line ends included."""
    files = {"a.txt": b"one\ntwo", "s p.py": b"x\r\n", "gone": b"g\n", "run.sh": ("100755", b"1\n")}
    checkout = place.check_out(files)
    checkout.tree.write_bytes("a.txt", b"one\nthree\n")
    checkout.tree.write_bytes("s p.py", b"y\r\nz")
    checkout.tree.delete("gone")
    checkout.tree.write_bytes("new/n", b"n\n", is_executable=True)
    checkout.tree.write_bytes("run.sh", b"1\n", is_executable=False)
    other = place.check_out(files).tree.root
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn"], input=checkout.diff().encode(), cwd=other, env=GIT_ENVIRONMENT,
        check=True,
    )  # fmt: skip
    assert _snapshot(other) == _snapshot(checkout.tree.root)


@pytest.mark.case("D18")
@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbfbom\r\n", "u16".encode("utf-16"), b"\x00\xff\x00", b"no end", b"", b"cr\rlf\r\n"]
)
def test_odd_bytes_survive(place: Place, data: bytes) -> None:
    """Binary, UTF-16, CRLF, unended and marked files are laid out, recorded and shown without a changed byte."""
    checkout = place.check_out({"f": data})
    assert (checkout.tree.root / "f").read_bytes() == data
    checkout.tree.write_bytes("f", data + data[:1] + b"!")
    (change,) = checkout.survey().changes.files
    assert checkout.content(change.blob or "") == data + data[:1] + b"!"
    assert checkout.diff().startswith("diff --git a/f b/f\n")


def test_a_large_base_file_is_named_only(place: Place) -> None:
    """A file whose old content is too large to hold is shown as binary."""
    checkout = place.check_out({"big": b"x\n" * 100}, limits=CheckoutLimits(max_file_bytes=10))
    checkout.tree.write_bytes("big", b"small\n")
    assert "Binary files a/big and b/big differ" in checkout.diff()


def test_limits_are_told_with_their_numbers(place: Place) -> None:
    """Too many files, too many bytes and too large a change are refused with what was found and what is allowed."""
    commit = place.maker.commit({f"f{number}": b"x" * 1000 for number in range(20)})
    with pytest.raises(UserError, match="more than 5 files"):
        place.check_out_commit(commit, limits=CheckoutLimits(max_files=5))
    with pytest.raises(UserError, match="0 MB of files"):
        place.check_out_commit(commit, limits=CheckoutLimits(max_bytes=10))
    checkout = place.check_out_commit(commit, limits=CheckoutLimits(max_change_bytes=10))
    checkout.tree.write_bytes("f1", b"y" * 100)
    with pytest.raises(UserError, match="more than 10 bytes"):
        checkout.survey()
    with pytest.raises(UserError, match="more than 10 files in the tree"):
        place.check_out_commit(commit, limits=CheckoutLimits(max_names=10))


def test_a_missing_commit_or_mirror_is_said(place: Place, tmp_path: Path) -> None:
    """A commit that is not there, a name instead of an id, and a folder that is not there are told apart."""
    with pytest.raises(Permanent, match="cannot be read from the mirror"):
        place.check_out_commit("1" * 40)
    for name in ("main", "--upload-pack=touch x", "", "A" * 40):
        with pytest.raises(UserError, match="full commit id"):
            place.check_out_commit(name)
    with pytest.raises(Permanent, match="cannot be opened"):
        open_mirror(tmp_path / "nowhere")
    with pytest.raises(Permanent, match="does not have the object"):
        place.mirror.read_blob("1" * 40, "2" * 40)


def test_what_was_not_fetched_is_listed(tmp_path: Path) -> None:
    """A blob above the size filter of a partial clone is named, not fetched and not taken for deleted."""
    source = MirrorMaker(tmp_path / "source.git")
    commit = source.commit({"big.bin": os.urandom(50_000), "small": b"s\n"})
    run_git(source.folder, "update-ref", "refs/heads/main", commit)
    run_git(source.folder, "config", "uploadpack.allowFilter", "true")
    run_git(tmp_path, "clone", "-q", "--bare", "--filter=blob:limit=1k", f"file://{source.folder}", "m.git")
    shutil.rmtree(source.folder)
    (tmp_path / "scratch").mkdir()
    (tmp_path / "tree").mkdir()
    fd = open_mirror(tmp_path / "m.git")
    try:
        checkout = Checkout(Mirror(fd, tmp_path / "scratch"), commit, tmp_path / "tree", LIMITS)
    finally:
        os.close(fd)
    assert [(left.shown, left.reason) for left in checkout.layout.omitted] == [
        ("big.bin", "it is larger than what is fetched")
    ]
    assert checkout.survey().changes == Changeset()
