"""The path rules, as a table and as properties."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.paths import (
    check_path,
    decides_what_ci_runs,
    find_twin,
    is_git_folder,
    is_protected,
    is_test,
    protection,
    sensitivity,
    twin_key,
)
from yantra_bot.errors import UserError


@pytest.mark.parametrize(
    ("given_path", "expected"),
    [
        ("a.py", "a.py"),
        ("./src//a.py", "src/a.py"),
        ("src/./a/", "src/a"),
        ("e\u0301.txt", "\u00e9.txt"),
        (".gitignore", ".gitignore"),
        (".github/ISSUE_TEMPLATE.md", ".github/ISSUE_TEMPLATE.md"),
        ("a b/c.d", "a b/c.d"),
        ("gitk~1", "gitk~1"),
        ("日本/語.py", "日本/語.py"),
        ("..a/b..c", "..a/b..c"),
    ],
)
def test_a_good_path_is_normalised(given_path: str, expected: str) -> None:
    """What names a file of the repository passes, in one spelling."""
    assert check_path(given_path) == expected


@pytest.mark.parametrize(
    ("path", "cure"),
    [
        ("", "empty"),
        (".", "root"),
        ("./", "root"),
        ("a/../b", r"'\.\.'"),
        ("/etc/passwd", "relative"),
        ("~/.netrc", "relative"),
        ("C:\\x", "backslash"),
        ("c:x", "relative"),
        ("a\nb", "invisible"),
        ("x" * 256, "255 bytes"),
        ("a/" * 3000, "4096 bytes"),
        ("é" * 200 + "/x", "255 bytes"),
    ],
)
def test_a_bad_path_is_refused_with_the_reason(path: str, cure: str) -> None:
    """The message says what is wrong with it."""
    with pytest.raises(UserError, match=cure):
        check_path(path)


@given(st.text(max_size=60))
def test_what_passes_stays_inside(path: str) -> None:
    """Whatever the text, what comes out is relative, has no way up, and passes again unchanged."""
    try:
        checked = check_path(path)
    except UserError:
        return
    assert check_path(checked) == checked
    assert not checked.startswith(("/", "~"))
    assert not {"", ".", ".."} & set(checked.split("/"))
    assert unicodedata.is_normalized("NFC", checked)
    checked.encode()


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/ci.yml",
        ".GitHub/Workflows/ci.yml",
        ".github/workflows",
        ".github/actions/a/action.yml",
        "CODEOWNERS",
        "docs/CODEOWNERS",
        ".gitmodules",
        "GITMOD~1",
        ".gitmodules ",
        ".github/yantra.yml",
        ".yantra.yml",
        "Dockerfile",
        "deploy/Dockerfile.dev",
        "app.dockerfile",
        "Jenkinsfile",
        ".gitlab-ci.yml",
    ],
)
def test_what_decides_for_others_is_protected(path: str) -> None:
    """Who approves, what runs, what is fetched and what is shipped is no run's to change."""
    assert is_protected(path)
    assert protection(path)


@pytest.mark.parametrize(
    "path", ["src/a.py", ".github/README.md", "dockerfile.py", "codeowners.py", "workflows/ci.yml", ".gitattributes"]
)
def test_the_rest_is_free(path: str) -> None:
    """A name that only looks alike is not protected."""
    assert not is_protected(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/a.txt", True),
        ("src/test_a.py", True),
        ("src/a_test.go", True),
        ("src/a.spec.tsx", True),
        ("src/conftest.py", True),
        ("src/FooTest.java", True),
        ("src/__tests__/a.js", True),
        ("src/a.py", False),
        ("src/contest.py", False),
        ("latest/a.py", False),
    ],
)
def test_tests_are_told_by_custom(path: str, expected: bool) -> None:
    """Names of files and folders say what belongs to a test suite."""
    assert is_test(path) is expected


def test_twins_are_found_and_a_path_is_not_its_own() -> None:
    """Letter case and composition make twins; equality does not."""
    assert find_twin("src/A.py", ["src/b.py", "SRC/a.py"]) == "SRC/a.py"
    assert find_twin("\u00e9", ["e\u0301"]) == "e\u0301"
    assert find_twin("a", ["a", "b"]) is None


@given(st.text(max_size=20))
def test_a_twin_key_knows_every_case_and_composition(name: str) -> None:
    """The key is the same however a name is written."""
    assert twin_key(name) == twin_key(unicodedata.normalize("NFD", name))
    assert twin_key(name) == twin_key(unicodedata.normalize("NFC", name))


def test_git_in_any_spelling_is_git() -> None:
    """One function knows them all; what only starts like it is another name."""
    assert all(map(is_git_folder, [".git", ".GIT", "git~1", ".git.", ".git :x", ".g\u200cit", "\uff0egit"]))
    assert not any(map(is_git_folder, [".gitignore", "git", ".git2", "git~", ".git.x"]))


@pytest.mark.case("C15")
@pytest.mark.parametrize(
    ("path", "is_sensitive"),
    [
        ("requirements-dev.txt", True),
        ("web/package.json", True),
        ("Makefile", True),
        ("run.sh", True),
        ("src/oauth_client.py", True),
        ("app/permissions/views.py", True),
        ("db/migrations/0001_init.py", True),
        ("deploy/app.yaml", True),
        ("infra/main.tf", True),
        ("calc.py", False),
        ("docs/authors.md", False),
        ("src/tokenizer.py", False),
        ("README.md", False),
    ],
)
def test_what_wants_a_closer_look_is_known_by_its_path(path: str, is_sensitive: bool) -> None:
    """What installs, builds, deploys, stores, and says who may do what; too many rather than too few."""
    assert bool(sensitivity(path)) is is_sensitive


def test_what_ci_runs_is_known() -> None:
    """A part of what is protected."""
    assert decides_what_ci_runs(".github/workflows/ci.yml")
    assert decides_what_ci_runs(".gitlab-ci.yml")
    assert not decides_what_ci_runs("CODEOWNERS")
    assert not decides_what_ci_runs("src/a.py")
