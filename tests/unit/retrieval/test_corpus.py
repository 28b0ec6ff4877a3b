"""The chunks of a tree stand in three groups, and what changed is read anew."""

from collections.abc import Callable, Mapping

import pytest

from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.corpus import Corpus, class_of, is_aside

MakeCorpus = Callable[[Mapping[str, str]], Corpus]
FILES = {
    "app/bank.py": "class Bank:\n    def pay(self): ...\n\n    def owe(self): ...\n\n\ndef pay(): ...\n",
    "tests/test_bank.py": "def test_pay(): ...\n",
    "README.md": "# Bank\n\nHow to pay.\n",
    "setup.cfg": "[metadata]\nname = bank\n",
    "picture.png": "no chunk",
}


def test_code_tests_and_the_rest_are_kept_apart(make_corpus: MakeCorpus) -> None:
    """A file is in the group of its sort, and one of no known kind in none."""
    groups = make_corpus(FILES).groups
    assert [chunk.key for chunk in groups.code.chunks] == [
        "app/bank.py::Bank",
        "app/bank.py::Bank.pay",
        "app/bank.py::Bank.owe",
        "app/bank.py::pay",
    ]
    assert [chunk.key for chunk in groups.tests.chunks] == ["tests/test_bank.py::test_pay"]
    assert {chunk.path for chunk in groups.others.chunks} == {"README.md", "setup.cfg"}
    assert groups.code.is_function.tolist() == [False, True, True, True]


def test_a_file_that_is_put_again_replaces_what_it_was(make_corpus: MakeCorpus) -> None:
    """And one that is removed is gone; removing what is not there is nothing."""
    corpus = make_corpus(FILES)
    assert len(corpus.groups.code) == 4
    corpus.put("app/bank.py", b"def other(): ...\n")
    assert [chunk.name for chunk in corpus.groups.code.chunks] == ["other"]
    corpus.remove("app/bank.py")
    corpus.remove("app/bank.py")
    assert len(corpus.groups.code) == 0


def test_rows_know_their_file_and_their_class(make_corpus: MakeCorpus) -> None:
    """Methods share a number with their class; what stands in none is one class for each file."""
    corpus = make_corpus(FILES | {"app/a.py": "def one(): ...\n\n\ndef two(): ...\n"})
    code = corpus.groups.code
    assert code.class_rows.tolist() == [0, 0, 1, 1, 1, 2]
    assert code.paths == ("app/a.py", "app/bank.py")
    assert list(code.rows_of_file(1)) == [2, 3, 4, 5]
    assert code.files_by_name == {"a.py": [0], "bank.py": [1]}


def test_twins_are_told_apart_and_share_their_plain_key(make_corpus: MakeCorpus) -> None:
    """The second of one name has a number that is no part of its name."""
    chunks = make_corpus({"a.py": "def f(): return 1\n\n\ndef f(): return 2\n"}).groups.code.chunks
    assert [chunk.key for chunk in chunks] == ["a.py::f", "a.py::f#2"]
    assert {chunk.plain_key for chunk in chunks} == {"a.py::f"}
    assert {chunk.own_name for chunk in chunks} == {"f"}


def test_one_counting_serves_several_trees(make_corpus: MakeCorpus) -> None:
    """What was read for one tree is placed in another without reading it again."""
    first = make_corpus(FILES)
    second = Corpus(first.counting)
    second.place(first.files["app/bank.py"])
    assert second.groups.code.chunks == first.groups.code.chunks
    first.put("app/new.py", b"def entirely_new_word(): ...\n")
    number = first.counting.words.find("entirely_new_word")
    assert second.groups.code.index(b=0.75).score({number: 1.0}).tolist() == [0.0] * 4


@pytest.mark.parametrize(
    ("path", "said"),
    [("docs/conf.py", True), ("setup.py", True), ("Vendor/x.js", True), ("src/tools.py", False), ("app/x.py", False)],
)
def test_what_a_project_is_not_about_is_aside(path: str, said: bool) -> None:
    """Examples, tools and other people's code are."""
    assert is_aside(path) is said


def test_a_class_is_its_own_class() -> None:
    """A method's is the one it stands in."""
    chunk = Chunk("a.py", "A", ChunkKind.CLASS, 1, 2, "", "", "")
    method = Chunk("a.py", "A.f", ChunkKind.FUNCTION, 1, 2, "", "", "")
    assert class_of(chunk) == class_of(method) == ("a.py", "A")
    assert (method.owner, chunk.owner) == ("A", "")
    assert "a.py:1" in method.header
