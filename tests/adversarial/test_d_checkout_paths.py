"""Group D, paths: links, hostile names and hostile sizes in a repository reach nothing outside the tree."""

import os
from pathlib import Path

import pytest

from tests.fakes.worker_bench import Crew, blobs, cache_folder, config, crew, maker, open_folder
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.errors import UserError
from yantra_bot.sandbox.checkout import Checkout
from yantra_bot.sandbox.layout import CheckoutLimits
from yantra_bot.sandbox.mirror import Mirror

__all__ = ["blobs", "cache_folder", "config", "crew", "maker", "open_folder"]


def _refused(content: str) -> bool:
    return "root:" not in content


@pytest.mark.case("D01")
async def test_a_committed_link_is_never_followed(crew: Crew) -> None:
    """A link to a file of the host can be neither read nor edited; it is laid out as the link it is."""
    workspace = await crew.open({"a": ("120000", b"/etc/passwd"), "f": b"x\n"})
    batch = await workspace.call(
        [
            ToolCall("1", "read_file", {"path": "a"}),
            ToolCall("2", "write_file", {"path": "a", "content": "root::0:0::/:/bin/sh\n"}),
            ToolCall("3", "edit_file", {"path": "a", "search": "root", "replace": "toor"}),
            ToolCall("4", "search", {"pattern": "root"}),
            ToolCall("5", "delete_file", {"path": "a"}),
        ]
    )
    assert [result.is_error for result in batch.results] == [True, True, True, False, True]
    assert all(_refused(result.content) for result in batch.results)
    assert batch.changes == Changeset()
    assert "root:" not in await workspace.diff()


@pytest.mark.case("D02")
async def test_a_folder_link_leads_nowhere(crew: Crew) -> None:
    """A link to a folder outside is no way out, committed or planted by what ran in the sandbox."""
    workspace = await crew.open({"d": ("120000", b"../../../../../.."), "src/f": b"x\n", "g": b"y\n"})
    swap = (
        "import os, shutil; shutil.rmtree('src'); os.symlink('/etc', 'src'); os.remove('g');"
        " os.symlink('/etc/passwd', 'g')"
    )
    batch = await workspace.call(
        [
            ToolCall("1", "read_file", {"path": "d/etc/passwd"}),
            ToolCall("2", "write_file", {"path": "d/tmp/x", "content": "x"}),
            ToolCall("3", "run_command", {"argv": ["python3", "-c", swap]}),
            ToolCall("4", "read_file", {"path": "src/passwd"}),
            ToolCall("5", "write_file", {"path": "src/new", "content": "x"}),
            ToolCall("6", "read_file", {"path": "g"}),
        ]
    )
    assert [result.is_error for result in batch.results] == [True, True, False, True, True, False]
    assert all(_refused(result.content) for result in batch.results)
    # The link in the place of a file was put back; a folder that went is a deletion of what was in it.
    assert batch.results[5].content.endswith("y")
    assert batch.changes.paths == ("src/f",)
    assert not Path("/etc/new").exists()


@pytest.mark.case("D03")
@pytest.mark.parametrize(
    "path",
    [
        "../x", "/etc/x", "a/../../x", "C:\\x", "a\0b", ".git/config", ".GIT/config", "git~1", ".git\u200c/config",
        "x" * 5000, "dot.", "space ", "A.TXT",
    ],
)  # fmt: skip
async def test_paths_that_a_model_proposes_are_judged(crew: Crew, path: str) -> None:
    """Every spelling of a path outside, of git's folder, of another name for a file that is there, is refused."""
    workspace = await crew.open({"a.txt": b"x\n"})
    batch = await workspace.call([ToolCall("1", "write_file", {"path": path, "content": "x"})])
    assert batch.results[0].is_error
    assert batch.changes == Changeset()


class Raw:
    """Checks out trees that no well-behaved git would write."""

    def __init__(self, crew: Crew, folder: Path) -> None:
        self.maker = crew.maker
        self.folder = folder
        self.mirror = self.maker.open()

    def lay_out(self, tree: str, limits: CheckoutLimits = CheckoutLimits()) -> Checkout:  # noqa: B008 (frozen)
        (self.folder / "scratch").mkdir()
        (self.folder / "tree").mkdir()
        try:
            return Checkout(
                Mirror(self.mirror, self.folder / "scratch"), self.maker.commit_tree(tree), self.folder / "tree", limits
            )
        finally:
            os.close(self.mirror)


@pytest.fixture
def raw(crew: Crew, tmp_path: Path) -> Raw:
    return Raw(crew, tmp_path)


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.case("D03")
@pytest.mark.parametrize(
    "name",
    [
        b"..", b".", b".git", b".GIT", b"git~1", ".g\u200cit".encode(), b"a/../../x", b"/etc", b"a\\b", b"C:x", b"dot.",
        b"cafe\xcc\x81",
    ],
)  # fmt: skip
def test_names_in_a_commit_are_judged(raw: Raw, name: bytes) -> None:
    """A tree object with a name that leaves the folder, or that is git's, lays out nothing and says so."""
    blob = raw.maker.blob(b"x")
    checkout = raw.lay_out(raw.maker.tree(("100644", name, blob), ("100644", b"ok", blob)))
    assert _names(raw.folder / "tree") == {"ok"}
    assert [left.reason for left in checkout.layout.omitted] == ["its name is not one that can be used safely"]
    assert checkout.survey().changes == Changeset()
    assert not (raw.folder / "x").exists()


@pytest.mark.case("D16")
def test_hostile_names_are_named_escaped(raw: Raw) -> None:
    """Names with line feeds, escapes, quotes or no UTF-8 are refused or kept, and never printed raw."""
    blob = raw.maker.blob(b"x")
    names = (b"a\nb", b"esc\x1b[31m", b"\xff\xfe", b'quo"te', b"x" * 255)
    checkout = raw.lay_out(raw.maker.tree(*(("100644", name, blob) for name in sorted(names))))
    assert _names(raw.folder / "tree") == {'quo"te', "x" * 255}
    assert sorted(left.shown for left in checkout.layout.omitted) == ["\\xff\\xfe", "a\\nb", "esc\\x1b[31m"]


@pytest.mark.case("D02")
def test_a_link_and_a_folder_of_one_name_do_not_mix(raw: Raw) -> None:
    """A tree that has a link and a folder by the same name, or a name twice, writes through neither."""
    maker, blob = raw.maker, raw.maker.blob(b"evil")
    link = maker.blob(bytes(raw.folder))
    below = maker.tree(("120000", b"out", maker.blob(b"x")), ("100644", b"pwned", blob))
    checkout = raw.lay_out(
        maker.tree(
            ("120000", b"d", link), ("40000", b"d", below), ("100644", b"f", blob), ("40000", b"f", below),
            ("100644", b"t", blob), ("120000", b"t", link),
        )
    )  # fmt: skip
    assert not (raw.folder / "pwned").exists()
    assert not (raw.folder / "out").is_symlink()
    assert (raw.folder / "tree" / "d").is_dir()
    assert not (raw.folder / "tree" / "d").is_symlink()
    assert sorted(left.shown for left in checkout.layout.omitted) == ["d", "f", "t"]
    assert (raw.folder / "tree" / "t").read_bytes() == b"evil"


@pytest.mark.case("D16")
def test_unknown_kinds_are_left_out(raw: Raw) -> None:
    """A mode that git does not write, a link that is too long, and a link to nothing are named, not guessed."""
    maker = raw.maker
    checkout = raw.lay_out(
        maker.tree(
            ("120000", b"empty", maker.blob(b"")), ("120000", b"long", maker.blob(b"x" * 5000)),
            ("100664", b"old", maker.blob(b"x")), ("100600", b"odd", maker.blob(b"x")),
            ("120000", b"zero", maker.blob(b"a\0b")),
        )
    )  # fmt: skip
    reasons = {left.shown: left.reason for left in checkout.layout.omitted}
    assert set(reasons) == {"empty", "long", "zero"}, reasons
    assert (raw.folder / "tree" / "old").stat().st_mode & 0o777 == 0o644


@pytest.mark.case("D16")
def test_a_path_two_thousand_folders_deep_is_left_out(raw: Raw) -> None:
    """A path longer than any system call takes is named; what can be laid out is."""
    tree = raw.maker.tree(("100644", b"f", raw.maker.blob(b"x")))
    for _ in range(2000):
        tree = raw.maker.tree(("40000", b"dd", tree))
    checkout = raw.lay_out(raw.maker.tree(("40000", b"deep", tree), ("100644", b"ok", raw.maker.blob(b"y"))))
    assert _names(raw.folder / "tree") == {"ok"}
    assert len(checkout.layout.omitted) == 1


@pytest.mark.case("D16")
def test_too_many_and_too_large_are_refused_before_anything_is_written(raw: Raw) -> None:
    """A tree of a thousand times the same large file is added up, and refused with the numbers."""
    maker = raw.maker
    inner = maker.tree(*(("100644", b"%03d" % number, maker.blob(b"x" * 100_000)) for number in range(100)))
    bomb = maker.tree(*(("40000", b"%03d" % number, inner) for number in range(100)))
    with pytest.raises(UserError, match="1000 MB of files, and the limit for a checkout is 100 MB"):
        raw.lay_out(bomb, CheckoutLimits(max_bytes=10**8))
    assert _names(raw.folder / "tree") == set()


@pytest.mark.case("D16")
def test_a_fan_out_of_trees_ends_at_the_limit(raw: Raw) -> None:
    """A handful of tree objects that unfold to ten thousand million files stops at the limit of files."""
    maker = raw.maker
    tree = maker.tree(*(("100644", b"%02d" % number, maker.blob(b"x")) for number in range(100)))
    for _ in range(4):
        tree = maker.tree(*(("40000", b"%02d" % number, tree) for number in range(100)))
    with pytest.raises(UserError, match="more than 1000 files"):
        raw.lay_out(tree, CheckoutLimits(max_files=1000))
