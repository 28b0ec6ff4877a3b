"""`yantra tests` as a person runs it: selections as text and as JSON, and the miss rate."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.fakes.git_project import Project
from yantra_bot.cli.review import Asked, make_review
from yantra_bot.cli.tests import tests as command
from yantra_bot.review.parts import choose_parts

LIBRARY = "def area(width, height):\n    return width * height\n\n\ndef edge(width):\n    return width * 4\n"
SUITE = """from shapes import area, edge


def test_area():
    assert area(1, 2) == 2


def test_edge():
    assert edge(1)
"""
NEW = "\n\ndef volume(width):\n    cube = width**3\n    return cube\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    made = Project(tmp_path / "project")
    made.commit("first", {"shapes.py": LIBRARY, "test_shapes.py": SUITE})
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words), catch_exceptions=False)


def test_a_selection_is_one_json_object(project: Project) -> None:
    """With the reason of each test, and what no test reaches."""
    project.write("shapes.py", LIBRARY.replace("* height", "+ height") + NEW)
    told = json.loads(run("select", str(project.folder), "--base", "HEAD", "--json").stdout)
    assert (told["all"], told["tests"], told["known"]) == (False, ["test_shapes.py::test_area"], 2)
    assert "area" in told["reasons"]["test_shapes.py::test_area"]
    assert told["untested"] == ["shapes.volume"]


def test_a_selection_is_told_in_lines(project: Project) -> None:
    """The whole suite with the reason; nothing where nothing differs."""
    project.write("pyproject.toml", "[tool.pytest.ini_options]\n")
    told = run("select", str(project.folder), "--base", "HEAD").stdout
    assert "The whole suite is called for:\npyproject.toml configures" in told
    (project.folder / "pyproject.toml").unlink()
    assert "Nothing differs." in run("select", str(project.folder), "--base", "HEAD").stdout


def test_a_test_that_no_longer_calls_what_it_is_named_after_is_a_finding(project: Project) -> None:
    """The review says so at the test."""
    project.write("test_shapes.py", SUITE.replace("area(1, 2) == 2", "edge(2)"))
    made = make_review(Asked(project.folder, "HEAD", None, None, choose_parts(only=["tests"])))
    assert [(one.rule, one.path, one.symbol) for one in made.findings] == [
        ("tests/no-longer-covers", "test_shapes.py", "shapes.area")
    ]


def test_what_is_only_imported_now_is_no_longer_what_a_test_is_named_after(project: Project) -> None:
    """One of two like functions is gone, and its module takes the other."""
    plane = "def area(width, height):\n    total = width * height\n    return abs(total)\n"
    project.commit("another", {"plane.py": plane})
    project.write("shapes.py", "from plane import area\n\n\ndef edge(width):\n    return width * 4 + area(0, 0)\n")
    project.write("test_shapes.py", SUITE.replace("import area, edge", "import edge\nfrom plane import area"))
    made = make_review(Asked(project.folder, "HEAD", None, None, choose_parts(only=["tests"])))
    assert [one.rule for one in made.findings] == []


def test_the_miss_rate_is_said(project: Project) -> None:
    """Nothing is claimed before there is anything to tell from."""
    assert "no miss rate is known" in run("misses", str(project.folder)).stdout
