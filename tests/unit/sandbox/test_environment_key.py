"""When two trees share an environment."""

import os
from pathlib import Path

import pytest

from yantra_bot.sandbox.environment_key import compute_key, is_python, read_declarations, read_inside
from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.sandbox.package_index import PackageIndex

PYTHON = Interpreter(executable="/py/bin/python", prefix="/py", version="3.11.7", source=None)


def key(tree: Path, *, python: Interpreter = PYTHON, index: PackageIndex | None = None, scope: str = "1") -> str:
    return compute_key(tree, interpreter=python, index=index or PackageIndex(), scope=scope)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    (tmp_path / "a.py").write_text("x = 1\n")
    return tmp_path


def test_code_does_not_change_the_key(tree: Path) -> None:
    """Only what decides the installation counts: not code, not documents."""
    before = key(tree)
    (tree / "a.py").write_text("x = 2\n")
    (tree / "README.md").write_text("new\n")
    assert key(tree) == before


@pytest.mark.parametrize(
    "name",
    [
        "setup.py",
        "setup.cfg",
        "tox.ini",
        "requirements.txt",
        "requirements-dev.txt",
        "dev-requirements.txt",
        "requirements/test.txt",
        "requirements/nested/base.in",
        "constraints.txt",
        "ci/requirements-test.txt",
    ],
)
def test_each_declaring_file_changes_the_key(tree: Path, name: str) -> None:
    """A declaring file that appears, or changes by one byte, is another environment."""
    keys = [key(tree)]
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    for text in ("a", "b"):
        (tree / name).write_text(text)
        keys.append(key(tree))
    assert len(set(keys)) == 3


def test_interpreter_index_and_scope_change_the_key(tree: Path) -> None:
    """Another Python, another index, another repository: another environment."""
    other = Interpreter(executable="/py/bin/python", prefix="/py", version="3.12.0", source=None)
    index = PackageIndex(url="https://index.test/simple")
    keys = {
        key(tree),
        key(tree, python=other),
        key(tree, index=index),
        key(tree, index=PackageIndex(find_links=(Path("/w"),))),
        key(tree, scope="2"),
    }
    assert len(keys) == 5


def test_included_files_count(tree: Path) -> None:
    """What a requirement file includes, through any number of files, is part of the key; a circle ends."""
    (tree / "requirements.txt").write_text("-r deps/one.lst\n")
    (tree / "deps").mkdir()
    (tree / "deps/one.lst").write_text("a\n  -c  two.lst\n-r ../requirements.txt\n-r ../../outside.txt\n")
    (tree / "deps/two.lst").write_text("b\n")
    assert set(read_declarations(tree)) == {"pyproject.toml", "requirements.txt", "deps/one.lst", "deps/two.lst"}
    before = key(tree)
    (tree / "deps/two.lst").write_text("c\n")
    assert key(tree) != before


def test_a_build_backend_in_the_tree_counts(tree: Path) -> None:
    """What a tree's own build backend does decides what is installed; links and places outside are left alone."""
    places = '[".", "tools/build", "..", "/etc", "linked", "a\0b", "absent"]'
    (tree / "pyproject.toml").write_text(f"[build-system]\nbackend-path = {places}\n")
    (tree / "tools/build").mkdir(parents=True)
    (tree / "linked").symlink_to("/etc")
    (tree / "tools/build/backend.py").write_text("1")
    (tree / "src").mkdir()
    (tree / "src/code.py").touch()
    assert set(read_declarations(tree)) == {"pyproject.toml", "a.py", "tools/build/backend.py"}


@pytest.mark.case("D01")
@pytest.mark.case("D02")
def test_links_are_not_followed(tree: Path) -> None:
    """A declaring file, or a folder on its way, that is a link is not read, nor is a pipe waited for."""
    (tree / "setup.cfg").symlink_to("/etc/passwd")
    (tree / "requirements").symlink_to("/etc")
    (tree / "loop").symlink_to(".")
    os.mkfifo(tree / "setup.py")
    assert set(read_declarations(tree)) == {"pyproject.toml"}
    for name in (
        "setup.cfg",
        "requirements/passwd",
        "loop/pyproject.toml",
        "../x",
        "/etc/passwd",
        "",
        "absent",
        "a\0b",
    ):
        assert read_inside(tree, name) is None
    assert read_inside(tree, "a.py") == b"x = 1\n"


def test_a_repository_of_another_language_is_told_apart(tmp_path: Path) -> None:
    """Python is where there is Python code or a declaration of its dependencies."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/main.go").touch()
    (tmp_path / "linked.py").symlink_to("/etc/passwd")
    assert not is_python(tmp_path)
    (tmp_path / "src/tool.py").touch()
    assert is_python(tmp_path)


def test_odd_names_do_no_harm(tmp_path: Path) -> None:
    """Names that are no text, and folders that cannot be read, are passed over."""
    (tmp_path / "requirements.txt").write_bytes(b"-r \xff\xfe.txt\n")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/requirements\xff.txt")).write_text("a")
    (tmp_path / "shut").mkdir(mode=0o000)
    assert len(read_declarations(tmp_path)) == 2
    assert len(key(tmp_path)) == 64
    (tmp_path / "shut").chmod(0o755)
