"""A change is shown so that people can read it and `git apply` can use it."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yantra_bot.sandbox import differ
from yantra_bot.sandbox.differ import Version, show_change

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}


def _apply(folder: Path, path: str, old: bytes | None, diff: str) -> bytes | None:
    """Return what `git apply` makes of the file."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    if old is not None:
        file.write_bytes(old)
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "--unidiff-zero", "-"],
        input=diff.encode(), cwd=folder, env=ENVIRONMENT, check=True, capture_output=True,
    )  # fmt: skip
    return file.read_bytes() if file.exists() else None


TEXT = st.lists(st.sampled_from(["a", "b", "c", "", "d\r", "é"]), max_size=30).flatmap(
    lambda lines: st.sampled_from(["\n".join(lines), "\n".join(lines) + "\n"])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=TEXT, new=TEXT)
def test_git_applies_what_is_shown(tmp_path: Path, old: str, new: str) -> None:
    """Whatever two texts differ in, git turns the first into the second with the diff alone."""
    diff = show_change("f", Version(old.encode(), "100644"), Version(new.encode(), "100644"))
    if old == new:
        assert diff == ""
    else:
        assert _apply(tmp_path, "f", old.encode(), diff) == new.encode()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=TEXT, new=TEXT)
def test_a_change_too_large_to_compare_is_shown_as_a_whole(tmp_path: Path, old: str, new: str) -> None:
    """Above the limit the lines are replaced as a block, and git still applies it."""
    limit = differ.MAX_LINES
    text = "x\n" * (limit + 20)
    before, after = f"{text}1\n{old}", f"{text}2\n{new}"
    before, after = before.replace("x", "y", limit + 1), after.replace("x", "z", limit + 1)
    diff = show_change("f", Version(before.encode(), "100644"), Version(after.encode(), "100644"))
    assert _apply(tmp_path, "f", before.encode(), diff) == after.encode()


@pytest.mark.parametrize("path", ["a b.txt", "deep/er/f.py", "é/ü.txt", 'q"uote'])
def test_names_with_spaces_and_accents_are_applied(tmp_path: Path, path: str) -> None:
    """A name's end is known even where it holds a space."""
    diff = show_change(path, Version(b"1\n", "100644"), Version(b"2\n", "100644"))
    assert _apply(tmp_path, path, b"1\n", diff) == b"2\n"


def test_new_and_deleted_files_are_applied(tmp_path: Path) -> None:
    """A file that appears or goes is shown with its mode, an empty one too."""
    new = show_change("n", None, Version(b"x", "100755"))
    assert "new file mode 100755" in new
    assert _apply(tmp_path, "n", None, new) == b"x"
    assert _apply(tmp_path, "g", b"x\n", show_change("g", Version(b"x\n", "100644"), None)) is None
    assert show_change("e", None, Version(b"", "100644")) == "diff --git a/e b/e\nnew file mode 100644\n"
    assert show_change("e", None, None) == ""


def test_a_mode_alone_is_shown() -> None:
    """Making a file executable is a change without lines."""
    diff = show_change("f", Version(b"x\n", "100644"), Version(b"x\n", "100755"))
    assert diff == "diff --git a/f b/f\nold mode 100644\nnew mode 100755\n"


@pytest.mark.case("D18")
def test_what_is_no_text_is_named_only() -> None:
    """Binary content never reaches the text; UTF-16 with its mark is shown as text."""
    diff = show_change("f.bin", Version(b"\x00\x01", "100644"), Version(b"\xff\x02", "100644"))
    assert diff.endswith("Binary files a/f.bin and b/f.bin differ\n")
    assert "Binary files /dev/null and b/f differ" in show_change("f", None, Version(b"\xff\xfea", "100644"))
    utf16 = show_change("f", Version("a\nb".encode("utf-16"), "100644"), Version("a\nc".encode("utf-16"), "100644"))
    assert "-b" in utf16
    assert "+c" in utf16


@pytest.mark.case("D18")
def test_line_ends_and_marks_are_kept() -> None:
    """CRLF, a missing end of line and a byte order mark appear in the diff as they are in the file."""
    diff = show_change("f", Version(b"\xef\xbb\xbfa\r\nb\r\n", "100644"), Version(b"\xef\xbb\xbfa\r\nc", "100644"))
    assert diff.split("\n")[3:] == [
        "@@ -1,2 +1,2 @@", " \ufeffa\r", "-b\r", "+c", "\\ No newline at end of file", "",
    ]  # fmt: skip
