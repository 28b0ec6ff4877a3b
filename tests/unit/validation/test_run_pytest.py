"""The script that runs beside untrusted code: the parts of it that can be looked at alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from runners import run_pytest
from runners.run_pytest import Chooser, plugin_options, read_selection, write_coverage


class Measured:
    """What coverage answers, for a few files."""

    def __init__(self, files: dict[str, list[int] | None]) -> None:
        self.files = files
        self.is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True

    def get_data(self) -> "Measured":
        return self

    def measured_files(self) -> Iterable[str]:
        return self.files

    def lines(self, path: str) -> list[int] | None:
        return self.files[path]


def test_plugins_that_are_there_are_quietened() -> None:
    """pytest-cov is installed here: its own measuring would take ours away."""
    assert "--no-cov" in plugin_options()


@pytest.mark.parametrize(
    ("wanted", "inside", "is_wanted"),
    [
        ("a.py::test_a", "test_a", True),
        ("a.py::test_a", "test_a[x::y[1]]", True),
        ("a.py::test_a[1]", "test_a[1]", True),
        ("a.py::test_a[1]", "test_a[2]", False),
        ("a.py::test_a", "test_ab", False),
        ("a.py::TestA", "TestA::test_b", True),
        ("a.py::TestA", "TestAB::test_b", False),
        ("a.py", "anything", True),
        ("b.py::test_a", "test_a", False),
    ],
)
def test_a_name_means_what_pytest_takes_it_for(wanted: str, inside: str, is_wanted: bool) -> None:
    """A function with its cases, one case, a class, or a whole file."""
    assert Chooser([wanted], "/tree").wants("/tree/a.py", inside) is is_wanted


def test_without_a_list_there_is_no_plug_in(tmp_path: Path) -> None:
    """Then pytest takes its arguments as they are."""
    assert read_selection(tmp_path / "selection.json", pytest) is None


@pytest.mark.parametrize(("options", "tells"), [((), True), (("-n0",), True), (("-n1",), False)])
def test_of_tests_in_other_processes_no_line_is_told(tmp_path: Path, options: tuple[str, ...], tells: bool) -> None:
    """xdist is installed here: what runs in its workers is not measured, so that a few lines would look like all."""
    tree, results = tmp_path / "tree", tmp_path / "results"
    for folder in (tree, results):
        folder.mkdir()
    (tree / "test_a.py").write_text("def test_a():\n    assert True\n")
    words = [sys.executable, run_pytest.__file__, str(results), "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(
        words, cwd=tree, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (results / "coverage.json").exists() is tells


def test_lines_are_written_by_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies outside of the workspace is left out."""
    monkeypatch.chdir(tmp_path)
    measured = Measured({str(tmp_path / "src/a.py"): [3, 1], str(tmp_path / "b.py"): None, "/usr/lib/c.py": [1]})
    write_coverage(measured, tmp_path)
    assert measured.is_stopped
    assert json.loads((tmp_path / "coverage.json").read_text()) == {"src/a.py": [1, 3], "b.py": []}


@pytest.mark.parametrize("measured", [None, Measured({}), Measured({"/usr/lib/c.py": [1]})])
def test_without_lines_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: Measured | None
) -> None:
    """Not measured is not the same as nothing executed."""
    monkeypatch.chdir(tmp_path)
    write_coverage(measured, tmp_path)
    assert list(tmp_path.iterdir()) == []
