"""Frames and paths lift what they point at in this tree, and nothing where they are of another."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from yantra_bot.retrieval.corpus import Corpus, Group
from yantra_bot.retrieval.cues import Place, find_cues
from yantra_bot.retrieval.places import find_files, find_rows, lift_places

MakeCorpus = Callable[[Mapping[str, str]], Corpus]
CODE = {
    "src/app/cart.py": "class Cart:\n    def add(self):\n        pass\n\n\n"
    "def total():\n    def inner():\n        pass\n",
    "src/other/cart.py": "def other():\n    pass\n",
    "src/app/__init__.py": "def start():\n    pass\n",
    "src/com/shop/Cart.java": "class Cart {\n  Cart() {\n    fill();\n  }\n}\n",
    "single.py": "def alone():\n    pass\n",
}


@pytest.fixture
def code(make_corpus: MakeCorpus) -> Group:
    """Return the rows of a small tree."""
    return make_corpus(CODE).groups.code


def names(code: Group, place: Place) -> list[str]:
    """Return what a place finds."""
    return [code.chunks[row].key for row in find_rows(code, place)]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/srv/src/app/cart.py", ["src/app/cart.py"]),
        ("C:\\work\\app\\cart.py", ["src/app/cart.py"]),
        ("cart.py", ["src/app/cart.py", "src/other/cart.py"]),
        ("/elsewhere/shop/cart.py", []),
        ("/lib/__init__.py", []),
        ("app/__init__.py", ["src/app/__init__.py"]),
        ("./single.py", ["single.py"]),
        ("/somewhere/single.py", ["single.py"]),
        ("unknown.py", []),
        ("///", []),
    ],
)
def test_a_path_is_the_files_that_share_its_end(code: Group, path: str, found: list[str]) -> None:
    """The folder beside the file counts where both have one."""
    assert [code.paths[number] for number in find_files(code, path)] == found


def test_a_frame_is_its_function_whatever_its_line(code: Group) -> None:
    """Lines move between versions, names stay."""
    assert names(code, Place("app/cart.py", 999, "add")) == ["src/app/cart.py::Cart.add"]
    assert names(code, Place("app/cart.py", 2, "Cart.add [as put]")) == ["src/app/cart.py::Cart.add"]
    assert names(code, Place("com/shop/Cart.java", 3, "<init>")) == ["src/com/shop/Cart.java::Cart.<init>"]


def test_a_line_is_the_innermost_function_around_it(code: Group) -> None:
    """Also where the frame's function has no name of its own."""
    assert names(code, Place("app/cart.py", 3)) == ["src/app/cart.py::Cart.add"]
    assert names(code, Place("app/cart.py", 8, "<lambda>"))[0].startswith("src/app/cart.py::total")
    assert names(code, Place("app/cart.py", 400)) == []


def test_a_function_that_is_not_there_is_of_another_project(code: Group) -> None:
    """Its line says nothing then."""
    assert names(code, Place("app/cart.py", 3, "checkout")) == []


def test_the_innermost_frame_is_lifted_most(code: Group) -> None:
    """And each one outward less."""
    text = 'File "src/app/cart.py", line 6, in total\nFile "src/app/cart.py", line 2, in add\n'
    scores = lift_places(code, find_cues(text), np.zeros(len(code)))
    lifted = {chunk.name: score for chunk, score in zip(code.chunks, scores.tolist(), strict=True)}
    assert lifted["Cart.add"] > lifted["total"] > lifted["other"] == 0


def test_a_traceback_of_another_project_lifts_nothing(code: Group) -> None:
    """The same file names in other folders, with other functions, at lines that are here as well."""
    text = 'File "/usr/lib/shop/cart.py", line 2, in add\nFile "/usr/lib/python3/single.py", line 1, in run\n'
    assert not lift_places(code, find_cues(text), np.zeros(len(code))).any()


def test_a_path_lifts_its_file_and_a_line_its_function(code: Group) -> None:
    """Written in a sentence, without any traceback."""
    scores = lift_places(code, find_cues("see app/cart.py:3"), np.zeros(len(code)))
    best = code.chunks[int(np.argmax(scores))]
    assert best.key == "src/app/cart.py::Cart.add"
    assert {code.chunks[row].path for row in np.flatnonzero(scores)} == {"src/app/cart.py"}


def test_no_rows_and_no_places_change_nothing(make_corpus: MakeCorpus, code: Group) -> None:
    """The same scores come back."""
    assert lift_places(make_corpus({}).groups.code, find_cues("a.py:1"), np.zeros(0)).shape == (0,)
    assert not lift_places(code, find_cues("nothing"), np.zeros(len(code))).any()
