"""CODEOWNERS as GitHub reads it, and what a hostile one may cost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.domain.review import Owner
from yantra_bot.review.owners import MAX_BYTES, MAX_RULES, find_owners, parse_codeowners


@pytest.mark.parametrize(
    ("pattern", "path", "is_meant"),
    [
        ("*", "a/b/c.py", True),
        ("*.js", "a/b.js", True),
        ("*.js", "a/b.jsx", False),
        ("/build/logs/", "build/logs/deep/x.log", True),
        ("/build/logs/", "a/build/logs/x.log", False),
        ("docs/*", "docs/getting-started.md", True),
        ("docs/*", "docs/build-app/troubleshooting.md", False),
        ("apps/", "a/apps/b/c.py", True),
        ("apps/", "apps", False),
        ("/docs/", "docs/a.md", True),
        ("/docs/", "x/docs/a.md", False),
        ("/apps/github", "apps/github/x.py", True),
        ("/apps/github", "apps/github-2/x.py", False),
        ("**/logs", "deeply/nested/logs/x", True),
        ("/a/**/z.py", "a/z.py", True),
        ("/a/**/z.py", "a/b/c/z.py", True),
        ("/*", "a.py", True),
        ("/*", "a/b.py", False),
        ("a?c.py", "x/abc.py", True),
        (r"/with\ space/", "with space/x.py", True),
        ("README", "sub/README", True),
        ("*.PY", "a.py", False),
    ],
)
def test_a_pattern_means_what_github_says(pattern: str, path: str, is_meant: bool) -> None:
    """Anchors, folders, stars and escaped spaces are read as on GitHub."""
    assert parse_codeowners(f"{pattern} @ada\n".encode()).owners_of(path) == (("@ada",) if is_meant else ())


def test_the_last_match_wins_and_no_owner_means_nobody() -> None:
    """A later line takes files away from an earlier one, for others or for nobody."""
    known = parse_codeowners(b"# all\n* @ada @org/core # by default\n/docs/ grace@example.org\n/docs/api.md\n")
    assert known.owners_of("a.py") == ("@ada", "@org/core")
    assert known.owners_of("docs/a.md") == ("grace@example.org",)
    assert known.owners_of("docs/api.md") == ()


@pytest.mark.parametrize(
    "line", ["!a.py @ada", "[ab].py @ada", r"\#a @ada", "a.py ada", "a.py @", "a.py @ada <script>", "/ @ada"]
)
def test_what_github_does_not_take_is_left_out_and_counted(line: str) -> None:
    """Negation, ranges, an escaped number sign and owners that are none make no rule."""
    known = parse_codeowners(line.encode())
    assert (known.rules, known.skipped) == ((), 1)


def test_owners_of_changed_files_come_before_those_of_affected_ones() -> None:
    """Who owns both is named once, for what the change touches."""
    data = b"/a/ @ada\n/b/ @bob @ada\n/c/ @cleo\n"
    owners, gaps = find_owners({"CODEOWNERS": data}.get, ["a/x.py", "b/x.py"], ["c/y.py", "b/z.py", "a/x.py"])
    assert owners == (
        Owner("@ada", ("a/x.py", "b/x.py")),
        Owner("@bob", ("b/x.py",)),
        Owner("@cleo", ("c/y.py",), is_of_change=False),
    )
    assert gaps == ()


def test_the_first_of_the_three_places_counts() -> None:
    """As on GitHub: .github, then the root, then docs."""
    files = {".github/CODEOWNERS": b"* @first", "CODEOWNERS": b"* @second", "docs/CODEOWNERS": b"* @third"}
    assert find_owners(files.get, ["a"], [])[0][0].name == "@first"
    assert find_owners({}.get, ["a"], []) == ((), ())


@pytest.mark.case("D16")
def test_a_huge_or_hostile_file_costs_little_and_is_said() -> None:
    """Size, number of lines and stars are bounded; what was not read is a gap."""
    owners, gaps = find_owners({"CODEOWNERS": b"x" * (MAX_BYTES + 1)}.get, ["a"], [])
    assert owners == ()
    assert "CODEOWNERS" in gaps[0].why
    many = b"/a*a*a*a*a*a*a*a*b/**/**/**/c @ada\n" * (MAX_RULES + 5)
    owners, gaps = find_owners({"CODEOWNERS": many}.get, [f"{'a' * 200}/{'x/' * 50}{i}" for i in range(300)], [])
    assert owners == ()
    assert "left out" in gaps[0].why
    assert "were held against" in gaps[1].why


@settings(deadline=None)
@given(st.binary(max_size=400), st.text(max_size=60))
def test_nothing_in_it_can_make_it_fail(data: bytes, path: str) -> None:
    """Whatever the bytes and the path."""
    parse_codeowners(data).owners_of(path)
