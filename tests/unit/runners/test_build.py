"""An installation, run here without a sandbox, with packages made here."""

import json
import os
import sys
from pathlib import Path

import pytest

from runners.build import Places, Report, build, check_interpreter, guess_version, keep_generated, main
from tests.fakes.wheel_world import SAMPLE, make_wheels
from yantra_bot.sandbox.interpreter import find_pip, unpack_pip


@pytest.fixture(scope="module")
def pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wheel = find_pip(Path(sys.base_prefix))
    if wheel is None:
        pytest.skip("this Python comes without pip")
    return unpack_pip(wheel, tmp_path_factory.mktemp("pip"))


@pytest.fixture
def places(tmp_path: Path, pip: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Folders like those of a sandbox; pip knows only the wheels made here."""
    for name in ("source", "tree", "environment", "overlay", "report", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    for name, value in {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_FIND_LINKS", str(make_wheels(tmp_path / "wheels")))
    return Places(*(tmp_path / name for name in ("source", "tree", "environment", "overlay", "report")), pip=pip)


def write(places: Places, files: dict[str, str]) -> None:
    for name, text in files.items():
        (places.source / name).parent.mkdir(parents=True, exist_ok=True)
        (places.source / name).write_text(text)


def list_installed(places: Places) -> set[str]:
    (site,) = places.environment.glob("lib/python3*/site-packages")
    return {path.stem for path in site.glob("*.py")} | {path.name for path in site.glob("*.pth")}


def test_everything_is_installed_at_once(places: Places) -> None:
    """Project, test requirements and runner are one installation; what it generates is kept."""
    write(places, {**SAMPLE, "requirements-test.txt": "helper\n--pre\n"})
    main([sys.version, sys.base_prefix, *map(str, places_of(places))])
    report = json.loads((places.report / "report.json").read_text())
    assert report == {"problems": [], "notes": ["ignored: --pre"], "python_path": []}
    assert list_installed(places) == {"pytest", "coverage", "needed", "helper", "sample.pth"}
    assert [path.name for path in places.overlay.rglob("*.py")] == ["sample_version.py"]


def test_part_by_part_what_works_is_installed(places: Places) -> None:
    """Where one requirement cannot be had, the others are installed, and each failure is named."""
    extras = SAMPLE["extras.txt"].replace("Requires-Dist: helper;", "Requires-Dist: absent;")
    files = {"requirements-test.txt": "absent\n", "test-requirements.txt": "helper\n", "extras.txt": extras}
    write(places, {**SAMPLE, **files})
    report = Report()
    build(places, report)
    assert report.problems == [
        "the extras test could not be installed",
        "requirements-test.txt could not be installed",
    ]
    assert list_installed(places) == {"pytest", "coverage", "needed", "helper", "sample.pth"}


def test_a_project_that_cannot_be_installed_is_put_on_the_path(places: Places) -> None:
    """Its dependencies are installed all the same, and its folders are named."""
    write(places, {**SAMPLE, "backend.py": "raise SystemExit"})
    report = Report()
    build(places, report)
    assert report.python_path == [".", "src"]
    assert report.problems == ["the project itself could not be installed; its folders are on the path instead"]
    assert {"needed", "pytest"} <= list_installed(places)


def test_hashes_are_held(places: Places) -> None:
    """A file with hashes is an installation of its own, and a wrong hash fails it."""
    write(places, {"requirements.txt": f"needed==1.0 --hash=sha256:{'0' * 64}\n", "app.py": ""})
    report = Report()
    build(places, report)
    assert report.problems == ["requirements.txt could not be installed"]
    assert list_installed(places) == {"pytest", "coverage"}


def test_another_python_builds_nothing(places: Places) -> None:
    """A Python that is not the expected one is reported before anything is done."""
    main(["2.7", sys.base_prefix, *map(str, places_of(places))])
    assert "another Python" in json.loads((places.report / "report.json").read_text())["problems"][0]
    assert list(places.environment.iterdir()) == []
    assert check_interpreter(sys.version, sys.base_prefix) is None


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("PKG-INFO", "Metadata-Version: 2.1\nName: a\nVersion: 3.2.1\n", "3.2.1"),
        ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2024-01-02\n", "1.2.3"),
        ("HISTORY.rst", "Version 2.2.0\n-------------\n", "2.2.0"),
        ("NEWS", "pluggy 1.5.0 (2024-04-20)\n=====", "1.5.0"),
        ("docs/changelog.rst", "v4.0\n", "4.0"),
        ("README.md", "1.0.0\n", "9999.0"),
    ],
)
def test_a_version_is_guessed(tmp_path: Path, name: str, text: str, expected: str) -> None:
    """Without git, a version is the metadata's, the newest of the change log, or a high one."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert guess_version(tmp_path) == expected


def test_generated_files_are_kept_within_bounds(tmp_path: Path) -> None:
    """What was there before, links, caches and build folders are left out; too much is cut off."""
    source, tree, overlay = (tmp_path / name for name in ("source", "tree", "overlay"))
    for folder in (source, tree, overlay, tree / "__pycache__", tree / "build", tree / "pkg"):
        folder.mkdir(exist_ok=True)
    (source / "old.py").touch()
    for name in ("old.py", "__pycache__/x.pyc", "build/x.o", "pkg/_version.py"):
        (tree / name).write_text("x")
    (tree / "link").symlink_to("/etc/passwd")
    keep_generated(source, tree, overlay)
    assert [str(path.relative_to(overlay)) for path in overlay.rglob("*") if path.is_file()] == ["pkg/_version.py"]
    with (tree / "huge").open("wb") as file:
        file.truncate(1 << 30)
    keep_generated(source, tree, overlay)
    assert not (overlay / "huge").exists()


def places_of(places: Places) -> tuple[Path, ...]:
    return (places.source, places.tree, places.environment, places.overlay, places.report, places.pip)


def test_a_linter_that_cannot_be_had_is_no_problem_of_the_tests(places: Places) -> None:
    """What another group names for checking code comes last, apart, and is only noted where it is missing."""
    groups = '\n[dependency-groups]\ntests = ["helper"]\nlint = ["ruff", "absent"]\n'
    write(places, {**SAMPLE, "pyproject.toml": SAMPLE["pyproject.toml"] + groups})
    report = Report()
    build(places, report)
    assert (report.problems, report.notes) == (
        [],
        ["the repository's type checkers and linters could not be installed"],
    )
    assert {"helper", "pytest"} <= list_installed(places)
