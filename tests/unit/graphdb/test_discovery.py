"""Which files are read: languages, links, limits, other people's code; what is left out is named."""

import os
from pathlib import Path

import pytest

from yantra_bot.domain.graph import Problem
from yantra_bot.graphdb.discovery import (
    MAX_DEPTH,
    MAX_FILE_BYTES,
    MAX_LINE_BYTES,
    Reader,
    Source,
    check_source,
    chunks,
    discover,
    is_minified,
    read_source,
)


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x = 1\n")


def test_only_files_of_a_language_are_found(tmp_path: Path) -> None:
    """Text, data and other people's code are passed over."""
    write(tmp_path, "a.py", "b/c.ts", "README.md", "node_modules/x/index.js", ".venv/lib/y.py", "own/pyvenv.cfg")
    write(tmp_path, ".cache/made.py", ".github/scripts/check.py")
    write(tmp_path, "own/lib/z.py")
    found = discover(tmp_path)
    assert sorted(found.stamps) == [".github/scripts/check.py", "a.py", "b/c.ts"]
    assert [(problem.path, problem.kind) for problem in found.problems] == [(".cache", "hidden folder")]


def test_a_loop_of_links_ends_and_is_named(tmp_path: Path) -> None:
    """No symbolic link is followed, to a folder or a file."""
    write(tmp_path, "a.py")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "again.py").symlink_to(tmp_path / "a.py")
    found = discover(tmp_path)
    assert list(found.stamps) == ["a.py"]
    assert [problem.path for problem in found.problems] == ["again.py"]
    assert isinstance(read_source(tmp_path, "again.py"), Problem)


def test_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    """A file name in another encoding cannot be a key, nor that of a link be stored."""
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py"))).write_text("x = 1\n")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfe.py"))).symlink_to("nowhere")
    found = discover(tmp_path)
    assert found.stamps == {}
    assert [(problem.path, problem.kind) for problem in found.problems] == [
        ("?.py", "symbolic link"),
        ("?.py", "name is no text"),
    ]


def test_what_lies_too_deep_is_named(tmp_path: Path) -> None:
    """No folder is passed over in silence."""
    deep = tmp_path.joinpath(*["d"] * (MAX_DEPTH + 2))
    deep.mkdir(parents=True)
    (deep / "a.py").write_text("x = 1\n")
    (tmp_path / "b.py").write_text("x = 1\n")
    found = discover(tmp_path)
    assert list(found.stamps) == ["b.py"]
    assert [(problem.path.count("d"), problem.kind) for problem in found.problems] == [
        (MAX_DEPTH + 1, "folder too deep")
    ]


def test_a_file_that_vanishes_is_a_problem_and_no_error(tmp_path: Path) -> None:
    """Between the walk and the reading anything can happen."""
    assert read_source(tmp_path, "gone.py") == Problem("gone.py", "vanished")
    (tmp_path / "folder.py").mkdir()
    assert isinstance(read_source(tmp_path, "folder.py"), Problem)


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        ("a.py", b"x" * (MAX_FILE_BYTES + 1), "too long"),
        ("a.py", b"x = 1\n" + b"y" * (MAX_LINE_BYTES + 1), "too long"),
        ("a.py", b"a\0b", "not text"),
        ("lib.min.js", b"var a", "minified"),
        ("lib.js", b"var a=1;" * 5000, "minified"),
    ],
)
def test_what_is_not_read_says_why(path: str, data: bytes, kind: str) -> None:
    """Too long, no text, or made by a machine."""
    found = check_source(path, data)
    assert isinstance(found, Problem)
    assert found.kind == kind


def test_ordinary_sources_are_read() -> None:
    """Long files with ordinary lines are no exception."""
    data = b"const a = 1;\n" * 20_000
    assert check_source("a.js", data) == Source("a.js", data)
    assert not is_minified("a.py", b"x" * 50_000)
    assert len(Source("a.js", data).digest) == 32


def test_the_reader_stays_inside(tmp_path: Path) -> None:
    """A configuration file outside of the repository is none."""
    write(tmp_path, "repo/go.mod", "secret")
    reader = Reader(tmp_path / "repo")
    assert reader("go.mod") == b"x = 1\n"
    assert reader("../secret") is None
    assert reader(str(tmp_path / "secret")) is None
    assert reader("nothing") is None


def test_parts_are_about_equal_and_whole() -> None:
    """Every file is in exactly one part, and the big ones are spread."""
    stamps = {f"f{number}.py": (number * 1000, 0) for number in range(40)}
    parts = list(chunks(list(stamps), stamps, 4))
    assert sorted(path for part in parts for path in part) == sorted(stamps)
    sizes = [sum(stamps[path][0] for path in part) for part in parts]
    assert max(sizes) < 1.2 * min(sizes)
    assert list(chunks([], {}, 4)) == []
