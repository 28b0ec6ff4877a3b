"""`yantra context` in this process: texts, explanations, revisions, bare repositories, and a graph that fails."""

import json
import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from tests.fakes.context_world import BANK, ContextWorld
from yantra_bot.cli.context import context, show_explanation
from yantra_bot.cli.trees import open_tree
from yantra_bot.errors import UserError

TASK = "Account.pay rounds money the wrong way"
Ask = Callable[..., Result]


def git(folder: Path, *words: str) -> None:
    """Run git as a person of that name."""
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    folder = tmp_path / "project"
    ContextWorld(folder, {**BANK, "AGENTS.md": "Use tabs."})
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "Keep accounts")):
        git(folder, *words)
    return folder


@pytest.fixture
def ask(project: Path) -> Ask:
    def call(*words: str, said: str | None = None) -> Result:
        return CliRunner().invoke(context, [str(project), *words], catch_exceptions=False, input=said)

    return call


def test_the_text_is_printed_and_notes_stand_apart(ask: Ask) -> None:
    """What a model reads is on standard output alone."""
    done = ask(TASK)
    assert done.exit_code == 0
    assert "\nUse tabs.\n" in done.stdout
    assert "bank/account.py, lines 8-23: Account\n" in done.stdout
    assert "Instructions are those of main" in done.stderr
    assert "Instructions are those of main" not in done.stdout


def test_the_explanation_is_lines(ask: Ask) -> None:
    """A pipe gets each line whole; the text may come from a pipe too."""
    told = ask("-", "--explain", said=TASK).stdout
    assert "      91  bank/account.py:8-23 Account\n          1st of the classes and tables that were found: " in told
    assert json.loads(ask(TASK, "--explain", "--json").stdout)["budget"]["total"] == 16_000


def test_a_narrow_terminal_breaks_between_words(ask: Ask, project: Path) -> None:
    """What is broken goes on below where it began."""
    made = ContextWorld(project, dict(BANK))
    console = Console(file=StringIO(), force_terminal=True, width=40, color_system=None)
    show_explanation(console, made.assemble(made.found("bank/account.py::Account.pay"), view=made.view()))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]  # it is the StringIO above
    assert all(len(line.rstrip()) <= 40 for line in lines)
    assert "          PageRank from the code of the" in [line.rstrip() for line in lines]
    assert "          task" in [line.rstrip() for line in lines]


def test_a_revision_is_read_without_a_checkout(ask: Ask, project: Path) -> None:
    """Its files and its graph are those of the commit."""
    (project / "bank" / "account.py").write_text("def pay(amount):\n    return 0\n")
    done = ask(TASK, "--rev", "HEAD")
    assert "self.balance -= round_money(amount)" in done.stdout
    assert "code graph could not" not in done.stderr


def test_a_bare_repository_is_read_at_its_head(ask: Ask, project: Path, tmp_path: Path) -> None:
    """There is nothing checked out to read."""
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(project), str(bare))
    done = CliRunner().invoke(context, [str(bare), TASK], catch_exceptions=False)
    assert "self.balance -= round_money(amount)" in done.stdout


def test_without_a_graph_the_reason_is_told(ask: Ask, tmp_path: Path) -> None:
    """The context is made all the same."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "graphs").write_text("in the way")
    done = ask(TASK)
    assert "bank/account.py, lines 8-23: Account\n" in done.stdout
    assert "The code graph could not be asked: " in done.stderr


@pytest.mark.parametrize(("words", "said"), [((" ",), "The text is empty"), ((TASK, "--budget", "1"), "too small")])
def test_what_cannot_be_done_is_refused(ask: Ask, words: tuple[str, ...], said: str) -> None:
    """Before anything is read."""
    with pytest.raises(UserError, match=said):
        ask(*words)


def test_a_part_of_a_revision_is_read(project: Path) -> None:
    """Paths are relative to the folder that is named."""
    with open_tree(project / "bank", "HEAD") as tree:
        assert tree.read("money.py") == BANK["bank/money.py"].encode()
        assert tree.read("bank/money.py") is None
        assert tree.view is not None
        assert "money.py" in tree.view.files
