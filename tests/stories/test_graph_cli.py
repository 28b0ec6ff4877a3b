"""A person asks the code graph in a terminal, changes the code, and asks again: real processes, a real git folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = {
    "bank/account.py": """class Account:
    def __init__(self):
        self.balance = 0

    def pay(self, amount):
        self.balance -= amount
        return self.balance
""",
    "bank/desk.py": """from bank.account import Account


def serve(amount):
    return Account().pay(amount)
""",
    "tests/test_desk.py": """from bank.desk import serve


def test_money_is_paid():
    assert serve(3) == -3
""",
}


class Terminal:
    """Runs `yantra` in a folder, as a person does."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(state),
            "YANTRA_STATE_FOLDER": str(state / "yantra"),
        }

    def yantra(self, *words: str, status: int = 0) -> tuple[str, str]:
        """Return what it printed on standard output and on standard error."""
        command = [sys.executable, "-m", "yantra_bot", "graph", *words]
        environment = self._environment | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        return done.stdout, done.stderr

    def git(self, *words: str) -> None:
        """Run git as a person of that name."""
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
        subprocess.run(["git", *who, *words], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    folder = tmp_path / "project"
    for name, text in CODE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    made = Terminal(folder, tmp_path)
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "First")):
        made.git(*words)
    return made


def test_a_person_looks_before_changing_and_learns_what_broke(terminal: Terminal) -> None:
    """The first question builds the graph; after the change the answers are those of the new code."""
    shown, said = terminal.yantra("impact", "Account.pay")
    assert "3 files" in said
    assert "test  " in shown
    assert "calls bank.account.Account.pay  bank/desk.py:5" in shown
    assert "2 symbols in 2 files, 1 test among them, within 3 steps." in shown

    account = terminal.folder / "bank" / "account.py"
    account.write_text(account.read_text().replace("def pay(self, amount):", "def pay(self, amount, currency):"))
    told, _ = terminal.yantra("api-diff", "HEAD", "--check", status=3)
    assert "BREAKS  changed bank.account.Account.pay" in told
    assert "required parameter currency was added" in told

    (terminal.folder / "bank" / "desk.py").unlink()
    shown, said = terminal.yantra("impact", "Account.pay")
    assert "2 files" in said
    assert "Nothing is known to depend on it" in shown


def test_a_wrong_name_ends_with_one_sentence(terminal: Terminal) -> None:
    """What may be meant is named, nothing is printed for programs to misread, and the exit status says so."""
    shown, said = terminal.yantra("callers", "Acount.pay", status=1)
    assert shown == ""
    assert said.splitlines()[-1].startswith(
        "There is no Acount.pay in this graph. Did you mean bank.account.Account.pay"
    )
    assert terminal.yantra("api-diff", "nowhere", status=1)[1].count("\n") == 1


def test_programs_get_json_alone_on_standard_output(terminal: Terminal) -> None:
    """Also while the graph is built."""
    shown, said = terminal.yantra("callers", "Account.pay", "--json")
    assert [item["symbol"]["qualified_name"] for item in json.loads(shown)] == ["bank.desk.serve"]
    assert said.startswith("Graph of ")
