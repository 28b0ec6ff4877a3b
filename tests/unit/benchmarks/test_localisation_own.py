"""The product's search on a small history, whole, with parts left out, and with parts alone."""

from pathlib import Path

import pytest

from benchmarks.localisation_git import ask
from benchmarks.localisation_own import PARTS, UNMEANT, OwnSearch, open_search
from benchmarks.localisation_tasks import Task
from yantra_bot.cli.searching import open_repository, open_trees
from yantra_bot.retrieval.git_trees import Pasts

SOURCE = "def read_pages():\n    return [1]\n\n\ndef write():\n    return read_pages()\n"


def commit(folder: Path, message: str) -> str:
    """Commit all that is in the folder."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    ask(folder, "add", "-A")
    ask(folder, *who, "commit", "-q", "-m", message)
    return ask(folder, "rev-parse", "HEAD").strip()


def test_every_variant_answers_at_the_commit_of_the_task(tmp_path: Path) -> None:
    """A function that a later commit brings is never found; what only the past knows is not found without it."""
    ask(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "a.py").write_text(SOURCE)
    first = commit(tmp_path, "Begin with the pages")
    (tmp_path / "b.py").write_text("def pages_are_wrong():\n    return 1\n")
    second = commit(tmp_path, "Later")
    tasks = [Task(sha, sha, "the pages are wrong", (), (), ()) for sha in (first, second)]
    opened = open_repository(tmp_path)
    assert opened is not None
    with open_trees(opened) as trees:
        own = OwnSearch(trees, Pasts(opened.git, [first, second], trees.counting, max_commits=10), None)
        retrievers = own.list_retrievers()
        assert next(iter(retrievers)) == UNMEANT
        assert len(retrievers) > len(PARTS)
        for retrieve in retrievers.values():
            before = retrieve(tasks[0])
            assert set(before.functions) == {"a.py::read_pages", "a.py::write"}
            assert before.files == ("a.py",)
        assert retrievers[UNMEANT](tasks[0]).functions[0] == "a.py::read_pages"
        assert retrievers["only words"](tasks[1]).functions[0] == "b.py::pages_are_wrong"
        assert own.answer_by_meaning(tasks[0]).functions == ()


def test_a_folder_without_a_past_is_refused(tmp_path: Path) -> None:
    """The message says what is needed."""
    with pytest.raises(SystemExit, match="name a clone"), open_search(tmp_path, []):
        pass
