"""The packages of an environment are found as Python finds them, read within limits, and never outside of it."""

from pathlib import Path

import pytest

from yantra_bot.graphdb import environment as limits
from yantra_bot.graphdb.environment import Environment, find_environment, open_environment
from yantra_bot.graphdb.environment_kept import Kept, load, save, take


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return root


def make(root: Path, files: dict[str, str]) -> Environment:
    return Environment(write(root, files))


def test_a_repository_s_own_environment_is_found(tmp_path: Path) -> None:
    """`.venv`, `venv` or `env` with a `pyvenv.cfg`, for its version of Python; another folder is none."""
    assert find_environment(tmp_path) is None
    (tmp_path / "env/lib/python3.12/site-packages").mkdir(parents=True)
    assert find_environment(tmp_path) is None
    (tmp_path / "env/pyvenv.cfg").touch()
    found = find_environment(tmp_path)
    assert found is not None
    assert found.target.version == (3, 12)
    assert found.folder == tmp_path / "env/lib/python3.12/site-packages"


def test_an_environment_is_opened_by_its_folder_or_its_packages(tmp_path: Path) -> None:
    """The newest Python of several; the layout of Windows; a folder without packages is none."""
    (tmp_path / "a/lib/python3.9/site-packages").mkdir(parents=True)
    (tmp_path / "a/lib/python3.11/site-packages").mkdir(parents=True)
    (tmp_path / "w/Lib/site-packages").mkdir(parents=True)
    newest = open_environment(tmp_path / "a")
    assert newest is not None
    assert newest.target.version == (3, 11)
    inner = open_environment(tmp_path / "a/lib/python3.9/site-packages")
    assert inner is not None
    assert inner.target.version == (3, 9)
    windows = open_environment(tmp_path / "w")
    assert windows is not None
    assert windows.target.platform == "win32" or windows.folder.parent.name == "lib"
    assert open_environment(tmp_path) is None


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Neither the environment itself, nor a folder, nor a file of it may be one: they could lead anywhere."""
    outside = write(tmp_path / "outside", {"lib/python3.12/site-packages/p.py": "def f() -> int: ...\n"})
    (outside / "pyvenv.cfg").touch()
    repo = tmp_path / "repo"
    repo.mkdir()
    (repo / ".venv").symlink_to(outside)
    assert find_environment(repo) is None
    packages = make(tmp_path / "packages", {"real.py": "def f() -> int: ...\n"})
    (packages.folder / "linked").symlink_to(outside)
    (packages.folder / "p.py").symlink_to(outside / "lib/python3.12/site-packages/p.py")
    catalogue = packages.open()
    assert catalogue.has("real")
    assert not catalogue.has("p")
    assert not catalogue.has("linked")


def test_stubs_come_first(tmp_path: Path) -> None:
    """A stub package, then a stub beside, then the source; what stubs leave out is found in the package."""
    files = {
        "p/__init__.py": "a: int\n",
        "p/q.py": "b: int\n",
        "p/r.py": "c: int\n",
        "p/r.pyi": "d: int\n",
        "p-stubs/__init__.pyi": "e: int\n",
        "name/space/m.py": "f: int\n",
        "single.py": "g: int\n",
    }
    catalogue = make(tmp_path, files).open()
    for module, name in {"p": "e", "p.q": "b", "p.r": "d", "name.space.m": "f", "single": "g"}.items():
        declared = catalogue.module(module)
        assert declared is not None
        assert list(declared.names) == [name]
    assert catalogue.has("name.space")
    assert catalogue.module("name.space") is None
    assert not catalogue.has("p.none")
    assert not catalogue.has("../p")
    assert not catalogue.has(".".join(["p"] * 50))
    assert catalogue.is_package("p")
    assert not catalogue.is_package("p.q")


def test_what_is_left_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too long, no text, no syntax, too many: each is a problem with its path, none is an exception."""
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 100)
    monkeypatch.setattr(limits, "MAX_FILES", 3)
    files = {"long.py": "x: int\n" * 50, "broken.py": "def (\n", "a.py": "", "b.py": "", "c.py": "", "d.py": ""}
    packages = make(tmp_path, files)
    (tmp_path / "zero.py").write_bytes(b"x: int\0\n")
    catalogue = packages.open()
    assert [catalogue.module(name) for name in ("long", "zero", "none")] == [None] * 3
    for name in ("broken", "a", "b", "c", "d"):
        catalogue.module(name)
    assert [(problem.path, problem.kind) for problem in catalogue.problems] == [
        ("<environment>/long.py", "too long"),
        ("<environment>/zero.py", "not text"),
        ("<environment>/broken.py", "syntax error"),
        ("<environment>/", "too many modules"),
    ]
    assert catalogue.problems[-1].detail.startswith("2 left out")


def test_a_change_of_what_was_asked_is_seen(tmp_path: Path) -> None:
    """Another content, a file that comes in front of another, one that goes; nothing else is a change."""
    packages = make(tmp_path, {"p.py": "a: int\n", "q.py": "b: int\n", "other.py": ""})
    catalogue = packages.open()
    assert catalogue.module("p") is not None
    assert catalogue.module("missing") is None
    assert not packages.is_changed()
    (tmp_path / "other.py").write_text("x: int\n")
    assert not packages.is_changed()
    (tmp_path / "p.py").write_text("a: str\n")
    assert packages.is_changed()
    (tmp_path / "p.py").write_text("a: int\n")
    assert not packages.is_changed()
    (tmp_path / "p.pyi").write_text("a: int\n")
    assert packages.is_changed()
    (tmp_path / "p.pyi").unlink()
    (tmp_path / "missing.py").touch()
    assert packages.is_changed()


def test_what_was_read_is_kept_by_content(tmp_path: Path) -> None:
    """A later run knows it without parsing; a damaged or an older file says nothing but the choice."""
    packages = make(tmp_path / "packages", {"p.py": "a: int\n"})
    packages.open().module("p")
    kept = take("own", packages)
    save(tmp_path / "kept", kept)
    again, fresh = load(tmp_path / "kept"), Environment(packages.folder)
    assert again == kept
    assert again.is_of(fresh)
    again.lend(fresh)
    assert fresh.kept == packages.kept
    assert not again.is_of(None)
    assert not again.is_of(Environment(tmp_path))
    assert take("none", None).is_of(None)
    (packages.folder / "p.py").write_text("a: str\n")
    assert not load(tmp_path / "kept").is_of(Environment(packages.folder))
    (tmp_path / "kept").write_bytes(b"damaged")
    assert load(tmp_path / "kept") == Kept()
    assert load(tmp_path / "none") == Kept()
    save(tmp_path / "no" / "folder", kept)
