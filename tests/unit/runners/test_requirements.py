"""Requirement files, without what would choose another source of packages."""

from pathlib import Path

import pytest

from runners.requirements import join_lines, read_requirements


def test_lines_are_joined_and_comments_dropped() -> None:
    """Continued lines are one; comments and empty lines are none; a # inside a word stays."""
    text = "a==1 \\\n  --hash=sha256:0\n# no\nb  # why\n\nc @ file.whl#egg=c\n"
    assert join_lines(text) == ["a==1    --hash=sha256:0", "b", "c @ file.whl#egg=c"]


@pytest.mark.case("D19")
def test_options_are_ignored_and_addresses_refused(tmp_path: Path) -> None:
    """Options that name an index are noted; requirements with an address of their own are problems; others stay."""
    (tmp_path / "r.txt").write_text(
        "--index-url https://evil.test\n-i x\n--extra-index-url=y\n--trusted-host z\n--pre\n--no-binary :all:\n"
        "good>=1; python_version > '3'\n./local\n-e ./sub[x]\n-e .\n.[test]\n"
        "a @ https://evil.test/a.whl\n-e git+https://evil.test/b.git#egg=b\ngit+ssh://c\nfile:///etc/d\nHTTPS://e\n"
    )
    found = read_requirements(tmp_path, "r.txt")
    assert found.lines == ["good>=1; python_version > '3'", "./local", "-e ./sub[x]"]
    assert len(found.notes) == 6
    assert len(found.problems) == 5
    assert not found.has_hashes


def test_includes_are_followed_inside_the_repository(tmp_path: Path) -> None:
    """Included files count where they stand, constraints apart; circles end; files outside and missing are problems."""
    tree = tmp_path / "tree"
    (tree / "deps").mkdir(parents=True)
    (tmp_path / "outside.txt").write_text("stolen\n")
    (tree / "r.txt").write_text(
        "a\n-r deps/b.txt\n-c deps/c.txt\n--requirement=../outside.txt\n-r absent.txt\n-rdeps/d.txt"
    )
    (tree / "deps/b.txt").write_text("b\n-r ../r.txt\n-r 'b.txt'\n")
    (tree / "deps/c.txt").write_text("c<2\n")
    (tree / "deps/d.txt").write_text("\ufeffd==1 --hash=sha256:00\n")
    found = read_requirements(tree, "r.txt")
    assert (found.lines, found.constraints) == (["a", "b", "d==1 --hash=sha256:00"], ["c<2"])
    assert found.has_hashes
    assert found.problems == ["outside.txt lies outside the repository", "absent.txt: No such file or directory"]
