"""Reading git's answer: odd paths, counted lines, hostile content."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.graphdb.history import gitlog
from yantra_bot.graphdb.history.gitlog import Hunk, RawCommit, parse_log, split_lines

HEAD = b"\0".join([b"", b"abc123", b"p1 p2", b"Ada", b"a@b.c", b"1700000000", b"Subject\n\nBody\n", b"\n"])


def parse(text: bytes) -> list[RawCommit]:
    return list(parse_log([text]))


def test_a_commit_is_read_with_its_files() -> None:
    """Paths, renames, counts and hunks are those of git's answer."""
    diff = (
        b"\ndiff --git a/x y.py b/x y.py\nindex 1..2 100644\n--- a/x y.py\t\n+++ b/x y.py\t\n"
        b"@@ -1 +1,2 @@ def f():\n-old\n+new\n+newer\n\\ No newline at end of file\n"
        b'diff --git "a/\\303\\244\\t.py" "b/\\303\\244\\t.py"\nnew file mode 100644\n--- /dev/null\n'
        b'+++ "b/\\303\\244\\t.py"\n@@ -0,0 +1 @@\n+x\n'
        b"diff --git a/old.py b/new.py\nsimilarity index 100%\nrename from old.py\nrename to new.py\n"
        b"diff --git a/b.bin b/b.bin\ndeleted file mode 100644\nBinary files a/b.bin and /dev/null differ\n"
        b"diff --git a/m.sh b/m.sh\nold mode 100644\nnew mode 100755\n"
    )
    (commit,) = parse(HEAD + diff)
    assert (commit.sha, commit.parents, commit.name, commit.time) == ("abc123", ("p1", "p2"), "Ada", 1_700_000_000)
    assert commit.message == "Subject\n\nBody"
    assert [(file.old_path, file.new_path, file.added, file.removed) for file in commit.files] == [
        ("x y.py", "x y.py", 2, 1),
        (None, "ä\t.py", 1, 0),
        ("old.py", "new.py", 0, 0),
        ("b.bin", None, 0, 0),
        ("m.sh", "m.sh", 0, 0),
    ]
    assert commit.files[0].hunks == [Hunk(1, 1, 1, 2, "def f():", is_flush=True)]


def test_content_cannot_pose_as_a_commit() -> None:
    """A line of a file that looks like the head of a commit or of a file is a line."""
    diff = b"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n-" + HEAD.split(b"\n")[0]
    diff += b"\n-diff --git a/evil b/evil\n+@@ -1 +1 @@\n+x\n"
    (commit,) = parse(HEAD + diff)
    assert [file.new_path for file in commit.files] == ["a"]


def test_a_commit_that_is_cut_off_is_left_out() -> None:
    """Half a diff says the wrong thing; the commits before it are kept."""
    diff = b"diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n-x\n"
    assert [commit.sha for commit in parse(HEAD + HEAD.replace(b"abc", b"def") + diff)] == ["abc123"]


def test_long_lines_and_messages_are_cut() -> None:
    """Minified files and endless messages cost no memory."""
    lines = list(split_lines([b"a" * 10, b"b" * gitlog.MAX_LINE, b"c" * 10, b"\nnext\nlast"]))
    assert [len(line) for line in lines] == [gitlog.MAX_LINE, 4, 4]
    long = b"\0".join([b"", b"abc", b"", b"A", b"a@b", b"1", b"word\n" * 100_000, b"\n"])
    (commit,) = parse(long)
    assert len(commit.message) <= gitlog.MAX_MESSAGE + gitlog.MAX_LINE


def test_a_file_of_too_many_hunks_is_counted_all_the_same() -> None:
    """Its later hunks are not kept, and it says so."""
    hunks = b"".join(b"@@ -%d +%d @@\n-x\n+y\n" % (number, number) for number in range(1, gitlog.MAX_HUNKS + 3))
    (commit,) = parse(HEAD + b"diff --git a/a b/a\n--- a/a\n+++ b/a\n" + hunks)
    (file,) = commit.files
    assert (len(file.hunks), file.added, file.is_cut) == (gitlog.MAX_HUNKS, gitlog.MAX_HUNKS + 2, True)


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=4))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_it_fail(noise: bytes, cuts: list[int]) -> None:
    """Whatever git prints, in whatever parts, reading ends without an error, and parts make no difference."""
    text = HEAD + b"diff --git a/a b/a\n" + noise + HEAD
    places = [0, *sorted(cuts), len(text)]
    parts = [text[start:end] for start, end in pairwise(places)]
    assert list(parse_log(parts)) == list(parse_log([text]))
