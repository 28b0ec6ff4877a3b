"""Which packages may be taken, and how one is written down without touching anything else."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.errors import UserError
from yantra_bot.validation.packages.declare import choose_file, declare
from yantra_bot.validation.packages.policy import (
    NobodyVouches,
    find_candidates,
    find_unvouched,
    known_names,
    load_table,
)

LOCK = b'version = 1\n\n[[package]]\nname = "in-the-lock"\nversion = "1.0"\n'


def candidates(module: str, package: str = "", *, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
    locked = known_names({"uv.lock": LOCK, "requirements.txt": b"declared-here>=1\nopencv-python-headless\n"})
    return find_candidates(module, package, locked=locked, allowed=allowed)


@pytest.mark.parametrize(
    ("module", "first"),
    [
        ("PIL.Image", "Pillow"),
        ("sklearn", "scikit-learn"),
        ("yaml", "PyYAML"),
        ("bs4", "beautifulsoup4"),
        ("dateutil.parser", "python-dateutil"),
        ("requests", "requests"),
    ],
)
def test_a_module_leads_to_its_distribution(module: str, first: str) -> None:
    """Whatever the two are called."""
    assert candidates(module)[0] == first


def test_the_lock_file_and_the_operator_vouch() -> None:
    """Their names compare as an index compares them, and of several the one that is there already comes first."""
    assert candidates("in_the_lock") == ("in-the-lock",)
    assert candidates("declared_here") == ("declared-here",)
    assert candidates("thing", "In.The_Lock") == ("In.The_Lock",)
    assert candidates("own_one", allowed=("Own.One",)) == ("own-one",)
    assert candidates("cv2")[:2] == ("opencv-python-headless", "opencv-python")
    assert len(candidates("cv2")) == 3
    assert candidates("cv2", "opencv-contrib-python") == ("opencv-contrib-python",)


def test_the_table_names_each_module_once_and_all_are_names() -> None:
    """Nothing in it is refused by its own rules."""
    for module, names in load_table().items():
        assert find_candidates(module, "", locked=(), allowed=())[: len(names)]
        assert 1 <= len(names) <= 3


@given(st.text(max_size=30))
def test_no_name_that_nobody_vouches_for_is_taken(name: str) -> None:
    """Whatever it is written like."""
    for module, package in ((name, ""), ("yaml", name), (name, name)):
        try:
            found = find_candidates(module, package, locked=(), allowed=())
        except UserError:
            continue
        known = {one for names in load_table().values() for one in names}
        assert {one.lower().replace("_", "-").replace(".", "-") for one in found} <= {
            one.lower().replace("_", "-").replace(".", "-") for one in known
        }


def test_a_question_says_what_a_name_looks_like() -> None:
    """A person sees at once that a letter is missing."""
    with pytest.raises(NobodyVouches, match=r"`reqeusts`.* looks like `requests`"):
        candidates("reqeusts")


PYPROJECT = {
    "many lines": '[project]\nname = "a"\ndependencies = [\n  "x>=1", # needed\n  "y[z]",\n]\n\n[tool.b]\nk = 1\n',
    "without a last comma": '[project]\nname = "a"\ndependencies = [\n    "x"\n]\n',
    "one line": '[project]\nname = "a"\ndependencies = ["x"]\n',
    "empty": '[project]\nname = "a"\ndependencies = []\n',
    "none": '[project]\nname = "a"\n\n[project.optional-dependencies]\ntest = ["t"]\n',
}


@pytest.mark.parametrize("kind", PYPROJECT)
def test_a_line_is_added_to_a_project(kind: str) -> None:
    """All else stays: comments, tables, the order."""
    text = PYPROJECT[kind]
    added = declare("pyproject.toml", text.encode(), "PyYAML").decode()
    before, after = tomllib.loads(text), tomllib.loads(added)
    assert after["project"]["dependencies"] == [*before["project"].get("dependencies", []), "PyYAML"]
    assert {**after["project"], "dependencies": 0} == {**before["project"], "dependencies": 0}
    assert after.get("tool") == before.get("tool")
    assert "# needed" in added or "# needed" not in text


def test_a_line_is_added_to_the_other_files() -> None:
    """Each as its own tools write it."""
    assert declare("requirements.txt", b"a==1", "PyYAML") == b"a==1\nPyYAML\n"
    assert declare("requirements.txt", None, "PyYAML") == b"PyYAML\n"
    cfg = b"[metadata]\nname = a\n[options]\ninstall_requires =\n    x\n"
    assert declare("setup.cfg", cfg, "PyYAML") == cfg.replace(b"=\n", b"=\n    PyYAML\n")
    package = b'{\n    "name": "a",\n    "dependencies": {\n        "x": "^1"\n    }\n}\n'
    assert b'        "lodash": "*",\n        "x": "^1"' in declare("package.json", package, "lodash")
    poetry = b'[tool.poetry.dependencies]\npython = "^3.11"\n'
    assert declare("pyproject.toml", poetry, "PyYAML") == poetry.replace(b"]\n", b']\nPyYAML = "*"\n')


def test_what_cannot_be_added_surely_is_left() -> None:
    """A file that is none, or that would not say it afterwards."""
    for text in ("[project\n", '[project]\ndependencies = "x"\n'):
        with pytest.raises(UserError, match="by hand"):
            declare("pyproject.toml", text.encode(), "PyYAML")


def test_the_file_is_the_one_that_declares_already() -> None:
    """Where there is none, a new file of requirements."""
    project = b'[project]\nname = "a"\n'
    assert choose_file({"pyproject.toml": project, "requirements.txt": b""}) == "pyproject.toml"
    assert choose_file({"pyproject.toml": b"[tool.ruff]\n", "requirements.txt": b""}) == "requirements.txt"
    dynamic = b'[project]\ndynamic = ["dependencies"]\n'
    assert choose_file({"pyproject.toml": dynamic, "setup.cfg": b"install_requires = \n"}) == "setup.cfg"
    assert choose_file({}) == "requirements.txt"


def test_what_a_change_declares_is_held_against_the_base() -> None:
    """Its own lock file vouches for nothing; an address is never vouched for; the project's own name is no package."""
    base = {"requirements.txt": b"kept\n"}
    after = {
        "requirements.txt": b"kept\nPyYAML\nevil\nrequests @ https://x.example/r.whl\n",
        "pyproject.toml": b'[project]\nname = "own"\ndependencies = ["own[extra]", "mine"]\n',
        "uv.lock": LOCK.replace(b"in-the-lock", b"evil"),
    }
    assert find_unvouched(base, after, ("mine",)) == ("evil", "requests")
