"""Which dependencies a repository declares."""

from pathlib import Path

import pytest

from runners.declared import Declared, find_declared


def declare(root: Path, **files: str) -> Declared:
    """Write files (with `__` for a dot, `_slash_` for a folder) and read what they declare."""
    for name, text in files.items():
        path = root / name.replace("_slash_", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return find_declared(root)


def test_an_empty_repository_declares_nothing(tmp_path: Path) -> None:
    """Nothing is nothing."""
    assert declare(tmp_path) == Declared()


def test_extras_for_tests_are_chosen(tmp_path: Path) -> None:
    """Of the extras those named after tests; the one for development only where there is none."""
    text = "[project]\nname = 'a'\ndependencies = ['x']\n[project.optional-dependencies]\n{}\n"
    found = declare(tmp_path, pyproject__toml=text.format("dev = ['d']\nTests = ['t']\ndocs = ['s']"))
    assert (found.is_installable, found.extras, found.own) == (True, ("Tests",), ("x",))
    assert declare(tmp_path, pyproject__toml=text.format("dev = ['d']\ndocs = ['s']")).extras == ("dev",)


def test_dependency_groups_are_expanded(tmp_path: Path) -> None:
    """Groups include others, by normalised name; circles end; odd entries are passed over."""
    text = """
[project]
name = "a"
[dependency-groups]
test = ["pytest", {include-group = "Type_Stubs"}, {include-group = "test"}, 3, {other = 1}]
type-stubs = ["types-x", {include-group = "test"}]
dev = ["ruff"]
"""
    assert declare(tmp_path, pyproject__toml=text).for_tests == ("pytest", "types-x")


def test_type_checkers_and_linters_of_other_groups_are_told_apart(tmp_path: Path) -> None:
    """They run where they are configured; nothing else of their groups is installed, and nothing twice."""
    text = """
[project]
name = "a"
optional-dependencies.lint = ["flake8-bugbear>=24", "Ruff==0.9"]
[dependency-groups]
test = ["pytest", "types-x"]
typing = ["mypy[faster]>1", "types-x", "types-y", "pyright", "mypy-unrelated"]
"""
    found = declare(tmp_path, pyproject__toml=text)
    assert found.for_tests == ("pytest", "types-x")
    assert set(found.tools) == {"mypy[faster]>1", "types-y", "flake8-bugbear>=24", "Ruff==0.9"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.pdm.dev-dependencies]\ntest = ['a>=1']", ("a>=1",)),
        ("[tool.hatch.envs.default]\ndependencies = ['a']", ("a",)),
        ("[tool.hatch.envs.hatch-test]\nextra-dependencies = ['b']", ("b",)),
        ("[tool.poetry]\nname = 'p'\n[tool.poetry.group.test.dependencies]\na = '^1.2'", ("a>=1.2,<2",)),
        ("[tool.poetry]\nname = 'p'\n[tool.poetry.dev-dependencies]\na = '*'", ("a",)),
    ],
)
def test_groups_of_other_tools_are_read(tmp_path: Path, text: str, expected: tuple[str, ...]) -> None:
    """PDM, Hatch and Poetry write their groups in their own tables."""
    assert declare(tmp_path, pyproject__toml=text).for_tests == expected


def test_poetrys_own_ranges_are_written_as_standard_ones(tmp_path: Path) -> None:
    """Carets, tildes, bare versions and lists of bounds are converted; Python itself and optional ones are left out."""
    text = """
[tool.poetry]
name = "p"
[tool.poetry.dependencies]
python = "^3.8"
a = "^0.2.3"
b = "~1.2"
c = "1.5"
d = ">=1,<3"
e = {version = "^2.0", extras = ["x"]}
f = {git = "https://example.test/f.git"}
g = {version = "1", optional = true}
h = "~1"
i = "^0"
"""
    found = declare(tmp_path, pyproject__toml=text)
    assert found.own == ("a>=0.2.3,<0.3", "b>=1.2,<1.3", "c==1.5", "d>=1,<3", "e>=2.0,<3", "f", "h>=1,<2", "i>=0,<1")


def test_old_style_projects_are_read(tmp_path: Path) -> None:
    """setup.cfg and setup.py declare a project, its dependencies and its extras; setup.py is not run."""
    found = declare(
        tmp_path,
        setup__cfg="[metadata]\nname = a\n[options]\ninstall_requires =\n  x>1 # why\n  # no\n  y\n"
        "[options.extras_require]\ntest =\n  pytest\ndocs = sphinx\n",
    )
    assert (found.is_installable, found.own, found.extras) == (True, ("x>1", "y"), ("test",))
    (tmp_path / "setup.cfg").unlink()
    found = declare(
        tmp_path, setup__py="open('ran', 'w')\nsetup(extras_require={'testing': ['a'], \"docs\": [], 'dev': []})"
    )
    assert (found.is_installable, found.extras) == (True, ("testing",))
    assert not (tmp_path / "ran").exists()


def test_requirement_files_are_chosen_by_name(tmp_path: Path) -> None:
    """Files named after tests, in the root or a folder; the plain one where the project says nothing itself."""
    found = declare(
        tmp_path,
        requirements__txt="",
        requirements_slash_tests__txt="",
        test_requirements__txt="",
        requirements_docs__txt="",
        requirements_latest__txt="",
    )
    assert found.files == ("requirements.txt", "requirements/tests.txt", "test_requirements.txt")
    found = declare(tmp_path, pyproject__toml="[project]\nname = 'a'\ndependencies = ['x']\n")
    assert found.files == ("requirements/tests.txt", "test_requirements.txt")


def test_tox_is_asked_last(tmp_path: Path) -> None:
    """Where nothing else names test dependencies, tox's plain ones are taken; those with conditions are not."""
    tox = "[testenv]\ndeps =\n  pytest\n  py38: old\n  {env:EXTRA}\n  -r ci/deps.txt\n  -e .\n"
    found = declare(tmp_path, tox__ini=tox)
    assert (found.for_tests, found.files) == (("pytest",), ("ci/deps.txt",))
    assert declare(tmp_path, requirements_test__txt="").for_tests == ()


@pytest.mark.parametrize(
    "text", ["[", "[project]\nname = 1\n[project]", "project = 3", "[project]\ndependencies = 'x'", "x = " + "[" * 5000]
)
def test_broken_files_are_noted(tmp_path: Path, text: str) -> None:
    """Files that cannot be read, or hold something else than expected, count as empty."""
    found = declare(tmp_path, pyproject__toml=text, setup__cfg="no section\n", tox__ini="[testenv\n")
    assert (found.own, found.extras, found.for_tests) == ((), (), ())
    assert any("setup.cfg cannot be read" in note for note in found.notes)
