"""Which messages tell of a fix, and what is left of them as a query."""

import pytest

from benchmarks.localisation_messages import is_fix, list_ends, make_query, names_file


@pytest.mark.parametrize(
    "message",
    [
        "Fix crash of the pager",
        "fix(core): do not lose options",
        "Close the file\n\nFixes #12",
        "Wrong width of wide characters",
        "Add a check of the length\n\nThis fixes a regression of 2.0.",
    ],
)
def test_a_mended_bug_is_a_fix(message: str) -> None:
    """The subject says it, or the rest says plainly that something is mended."""
    assert is_fix(message)


@pytest.mark.parametrize(
    "message",
    [
        "Add options for colours",
        "Fix typo in error message",
        "Fix tests",
        "fix docs build",
        "docs: fix an error in the guide",
        "Merge branch 'fix-crash'",
        "Revert \"Fix crash\"",
        "build(deps): bump a package\n\nBugs fixed there: many",
        "Release 1.2\n\nFixes #1, fixes #2",
        "Fixed",
        "",
    ],
)  # fmt: skip
def test_what_mends_no_code_is_no_fix(message: str) -> None:
    """Typos, documents, tests, merges, releases and new features are no bugs."""
    assert not is_fix(message)


def test_a_query_has_no_paths_no_addresses_and_no_trailers() -> None:
    """What would give the answer away, or says nothing of the bug, is gone; the numbers of issues may stay."""
    message = (
        "core.py: fix the pager, see src/app/core.py:12 and app/core\n\n"
        "Reading and/or writing failed in Pager.read(), see https://example.org/core.py\n\n"
        "Closes #12\nSigned-off-by: A <a@example.org>\nCo-authored-by: B <b@example.org>"
    )
    query = make_query(message, lambda: ["src/app/core.py"])
    assert query == "fix the pager, see and\n\nReading and/or writing failed in Pager.read(), see\n\nCloses #12"


def test_a_message_that_only_names_files_makes_no_query() -> None:
    """Fewer than four words are left."""
    assert make_query("Fix core.py, types.py and utils.py", list) is None


def test_the_tree_is_asked_only_where_there_is_a_slash() -> None:
    """Listing a tree takes time."""
    asked: list[str] = []

    def list_paths() -> list[str]:
        asked.append("")
        return []

    assert make_query("Fix the crash of pagers", list_paths) == "Fix the crash of pagers"
    assert not asked
    assert make_query("Fix the input/output of pagers", list_paths) == "Fix the input/output of pagers"
    assert asked


def test_ends_of_paths_name_files_and_folders() -> None:
    """A path is known from any of its folders on, with its suffix and without."""
    ends = list_ends(["src/app/core/io.py"])
    assert {"app/core", "app/core/io", "core/io.py", "src/app"} <= ends
    assert names_file("./app/core/:", ends)
    assert not names_file("app/other", ends)
    assert names_file("anything.py", set())
