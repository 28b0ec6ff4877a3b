"""A person searches a project in a terminal, programs ask for JSON, and an evaluation hands over a batch of tasks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.git_project import Project

CART = "class Cart:\n    def add(self, item):\n        '''Put an article in.'''\n        return reserve(item)\n"
STOCK = "def reserve(item):\n    '''Keep one back.'''\n    return item\n"
FILES = {
    "shop/cart.py": CART,
    "shop/stock.py": STOCK,
    "tests/test_stock.py": "from shop.stock import reserve\n\n\ndef test_stock_is_reserved():\n    reserve(1)\n",
    "README.md": "# Shop\n\n## Vouchers\n\nA voucher lowers the price.\n",
}


class Terminal:
    """Runs `yantra search`, as a person does."""

    def __init__(self, project: Project, state: Path) -> None:
        self.project = project
        self.folder = project.folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(state),
            "OPENBLAS_NUM_THREADS": "1",  # tests run side by side
            "YANTRA_STATE_FOLDER": str(state / "yantra"),
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }

    def search(self, *words: str | Path, status: int = 0, stdin: bytes = b"") -> tuple[str, str]:
        """Return what it printed on standard output and on standard error."""
        command = [sys.executable, "-m", "yantra_bot", "search", *map(str, words)]
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, input=stdin, check=False
        )
        assert done.returncode == status, done.stderr.decode()
        return done.stdout.decode(), done.stderr.decode()

    def batch(self, lines: list[str], *, status: int = 0) -> tuple[list[dict[str, Any]], str]:
        """Answer a batch; return the answers and what was said."""
        tasks, out = self.folder.parent / "tasks.jsonl", self.folder.parent / "out.jsonl"
        tasks.write_text("\n".join(lines), "utf-8")
        _, said = self.search("--batch", tasks, "--repo", self.folder, "--out", out, status=status)
        answers = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
        return answers, said


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Return a terminal in a small shop of two commits."""
    project = Project(tmp_path / "project")
    project.commit("Open the shop", FILES)
    project.commit("Count pallets", {"shop/stock.py": f"{STOCK}\n\ndef count_pallets():\n    return 3\n"})
    return Terminal(project, tmp_path)


def test_a_person_finds_a_function_and_reads_why(terminal: Terminal) -> None:
    """Functions, files, tests and documents, each reason on a line, and what was not asked at the end."""
    shown, _ = terminal.search(".", "an article is not put into the cart", "--top", "2")
    lines = shown.splitlines()
    assert lines[:2] == ["Functions", "  1  Cart.add  shop/cart.py:2"]
    assert "words: has the words " in lines[2]
    assert "  1  shop/cart.py" in lines
    shown, _ = terminal.search(".", "reserved stock voucher price")
    assert "  1  test_stock_is_reserved  tests/test_stock.py:4" in shown
    assert "  1  Vouchers  README.md:3" in shown


def test_programs_get_json_alone(terminal: Terminal) -> None:
    """Every hit with place, score and reasons; a failure is JSON too."""
    shown, _ = terminal.search(".", "count the pallets", "--json", "--top", "1")
    answer = json.loads(shown)
    assert set(answer) == {"functions", "files", "tests", "others", "definitions", "notes"}
    (hit,) = answer["functions"]
    assert {key: hit[key] for key in ("key", "path", "line", "last_line")} == {
        "key": "shop/stock.py::count_pallets",
        "path": "shop/stock.py",
        "line": 6,
        "last_line": 7,
    }
    assert {reason["kind"] for reason in hit["reasons"]} >= {"words"}
    assert all(0 < reason["share"] <= 1 and reason["words"] for reason in hit["reasons"])
    assert answer["files"][0]["path"] == "shop/stock.py"
    failed, said = terminal.search(".", " ", "--json", status=1)
    assert json.loads(failed)["error"] in said


def test_a_revision_is_searched_as_it_was(terminal: Terminal) -> None:
    """Without what came later, and without what is not committed."""
    terminal.project.write("shop/new.py", "def unsaved_pallets(): ...\n")
    now, _ = terminal.search(".", "pallets", "--json")
    assert "shop/new.py::unsaved_pallets" in now
    then, _ = terminal.search(".", "pallets", "--json", "--rev", "HEAD~1")
    assert "pallets" not in then
    inner, _ = terminal.search("shop", "pallets", "--json", "--rev", "HEAD")
    assert json.loads(inner)["functions"][0]["key"] == "stock.py::count_pallets"


def test_a_text_comes_from_standard_input(terminal: Terminal) -> None:
    """Whatever its bytes are."""
    shown, _ = terminal.search(".", "-", stdin=b"count pallets \xff\xfe\x00 \r\n")
    assert "count_pallets" in shown.splitlines()[1]
    assert terminal.search(".", "-", status=1)[1].startswith("The text is empty.")


def test_a_bare_repository_and_a_plain_folder_are_searched(terminal: Terminal, tmp_path: Path) -> None:
    """The newest commit of the one, the files of the other."""
    terminal.project.run("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    shown, _ = terminal.search(tmp_path / "bare.git", "count pallets", "--json")
    assert json.loads(shown)["functions"][0]["key"] == "shop/stock.py::count_pallets"
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "a.py").write_text(STOCK)
    shown, _ = terminal.search(plain, "reserve", "--json")
    assert json.loads(shown)["functions"][0]["key"] == "a.py::reserve"
    assert "No past was read: what commits say was not asked." in json.loads(shown)["notes"]
    assert "has no revisions" in terminal.search(plain, "reserve", "--rev", "HEAD", status=1)[1]


def test_a_batch_is_answered_line_by_line(terminal: Terminal) -> None:
    """Each task in the tree of its commit; one without words does not end the others, and no lists are empty."""
    head, first = terminal.project.run("rev-parse", "HEAD"), terminal.project.run("rev-parse", "HEAD~1")
    tasks = [
        {"id": "now", "sha": head, "query": "pallets are miscounted"},
        {"id": "before", "sha": first, "query": "pallets are miscounted"},
        {"id": 7, "sha": head[:12], "query": ""},
        {"id": "odd", "sha": head, "query": "line\u2028separator \u0085 and \ud800 \U0001f389"},
    ]
    lines = [json.dumps(task) for task in tasks[:3]] + ["", json.dumps(tasks[3]).replace("\\u2028", "\u2028")]
    answers, _ = terminal.batch(lines)
    assert [answer["id"] for answer in answers] == ["now", "before", "7", "odd"]
    assert answers[0]["functions"][0] == "shop/stock.py::count_pallets"
    assert not any("pallets" in name for name in answers[1]["functions"])
    for answer in answers:
        assert set(answer) == {"id", "files", "functions"}
        assert set(answer["files"]) == {"shop/cart.py", "shop/stock.py"}
        assert len(answer["functions"]) == len(set(answer["functions"])) >= 2


def test_a_batch_names_twenty_where_there_are_so_many(terminal: Terminal) -> None:
    """Also for a text that says nothing of them."""
    many = {f"lib/m{number}.py": f"def f{number}(): ...\n" for number in range(40)}
    head = terminal.project.commit("Many", many)
    (answer,), _ = terminal.batch([json.dumps({"id": "a", "sha": head, "query": "zzz"})])
    assert len(answer["functions"]) >= 20
    assert len(answer["files"]) >= 20


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no json", "tasks.jsonl, line 2: this is no task."),
        ('{"id": "a", "sha": "HEAD"}', "tasks.jsonl, line 2: this is no task."),
        ("[1]", "tasks.jsonl, line 2: this is no task."),
        ("[" * 100_000, "tasks.jsonl, line 2: this is no task."),
        ('{"id": "a", "sha": "' + "0" * 40 + '", "query": "x"}', "There is no revision '000000"),
        ('{"id": "a", "sha": "--help", "query": "x"}', "There is no revision '--help'."),
    ],
)
def test_a_wrong_line_is_named_before_anything_is_written(terminal: Terminal, line: str, said: str) -> None:
    """With its number, and what a right one looks like."""
    answers, error = terminal.batch(['{"id": "a", "sha": "HEAD", "query": "x"}', line], status=1)
    assert answers == []
    assert said in error
    assert "Traceback" not in error


def test_wrong_words_end_with_a_sentence(terminal: Terminal, tmp_path: Path) -> None:
    """Status 2 for what is no command, 1 for what cannot be done."""
    tasks = tmp_path / "some.jsonl"
    tasks.write_text("")
    assert "Name a folder and a text" in terminal.search(status=2)[1]
    assert "--batch needs --repo and --out" in terminal.search("--batch", tasks, status=2)[1]
    assert "is no folder" in terminal.search("nowhere", "x", status=1)[1]
    assert "There is no revision 'nope'" in terminal.search(".", "x", "--rev", "nope", status=1)[1]
    missing = tmp_path / "no" / "out.jsonl"
    said = terminal.search("--batch", tasks, "--repo", ".", "--out", missing, status=1)[1]
    assert "cannot be written" in said
    said = terminal.search("--batch", tmp_path / "none", "--repo", ".", "--out", tasks, status=1)[1]
    assert "cannot be read" in said
    plain = tmp_path / "plain"
    plain.mkdir()
    said = terminal.search("--batch", tasks, "--repo", plain, "--out", tasks, status=1)[1]
    assert "is no git repository" in said
    assert terminal.search("--batch", tasks, "--repo", ".", "--out", tmp_path / "out.jsonl") == ("", "")
