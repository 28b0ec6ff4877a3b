"""What is learned from: pinned, permissive, and split by the hands that wrote it."""

from collections import Counter
from pathlib import Path

import pytest

from yantra_bot.errors import SettingsError
from yantra_bot.training.corpora import LICENCES, Part, licence_problem, read_projects, source_files

BLOCK = """[[project]]
name = "{name}"
version = "1"
sha256 = "{digest}"
licence = "{licence}"
family = "{family}"
part = "{part}"
"""


def block(**given: str) -> str:
    known = {"name": "one", "digest": "0" * 64, "licence": "MIT", "family": "one", "part": "train"}
    return BLOCK.format(**{**known, **given})


def test_the_lock_has_enough_projects_of_different_hands_in_three_parts() -> None:
    """At least sixty families; each project pinned by a hash; the parts about 60, 15 and 25 of a hundred."""
    projects = read_projects()
    assert len({one.family for one in projects}) >= 60
    assert all(len(one.sha256) == 64 and one.licence in LICENCES for one in projects)
    parts = Counter(one.part for one in projects)
    assert {
        part: parts[part] / len(projects) > low for part, low in zip(Part, (0.4, 0.1, 0.2), strict=True)
    } == dict.fromkeys(Part, True)


def test_the_small_corpus_has_all_parts() -> None:
    """Eight projects, with something to train on, to steer by and to judge by."""
    small = read_projects(small=True)
    assert len(small) == 8
    assert {one.part for one in small} == set(Part)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (block(licence="GPL-3.0"), "Cure: take another project"),
        (block() + block(name="two", part="test"), "in two parts"),
        (block() + block(), "twice"),
        ("[[project]]\nname = 'one'\n", "cannot be read"),
        (block(part="other"), "cannot be read"),
    ],
)
def test_a_wrong_lock_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """A licence that is not permissive, a family or a project twice, and a block that lacks something."""
    lock = tmp_path / "corpora.lock"
    lock.write_text(text)
    with pytest.raises(SettingsError, match=told):
        read_projects(lock)


@pytest.mark.parametrize(
    ("stated", "is_fine"),
    [
        ("License-Expression: MIT\n", True),
        ("Classifier: License :: OSI Approved :: MIT License\n", True),
        ("License: GNU LGPL v3+\nClassifier: License :: OSI Approved :: MIT License\n", False),
        ("License: Apache-2.0\n", False),
        ("", False),
    ],
)
def test_the_licence_is_held_against_what_the_package_states(tmp_path: Path, stated: str, is_fine: bool) -> None:
    """What was pinned has to be what the fetched metadata says; a copyleft word anywhere refuses it."""
    project = next(one for one in read_projects() if one.licence == "MIT")
    assert licence_problem(tmp_path, project) == "it states no licence."
    place = tmp_path / "one-1.dist-info"
    place.mkdir()
    place.joinpath("METADATA").write_text(f"Name: one\n{stated}\n")
    assert (licence_problem(tmp_path, project) == "") is is_fine


def test_only_a_projects_own_code_is_read(tmp_path: Path) -> None:
    """Its tests and what it carries of other projects are left out, and files too long for hands."""
    for path in ("a/b.py", "a/tests/c.py", "a/_vendor/d.py", "a/test_e.py", "a/e_test.py", "conftest.py", "f.txt"):
        tmp_path.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(path).write_text("x = 1\n")
    tmp_path.joinpath("a/long.py").write_text("x = 1\n" * 100_000)
    assert list(source_files(tmp_path)) == [("a/b.py", b"x = 1\n")]


def test_a_file_that_a_wheel_has_twice_is_read_once(tmp_path: Path) -> None:
    """The copy that a script is installed from, and a module under two names; empty packages stay what they are."""
    for path in ("a/__init__.py", "a/b/__init__.py", "a/c.py", "a-1.data/scripts/a.py", "a/b/d.py"):
        tmp_path.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(path).write_text("" if path.endswith("__init__.py") else "x = 1\n")
    assert [path for path, _ in source_files(tmp_path)] == ["a/__init__.py", "a/b/__init__.py", "a/b/d.py"]
