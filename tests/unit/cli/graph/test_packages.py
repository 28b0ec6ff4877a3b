"""A graph believes the repository's own packages, those that somebody names, or none, and is brought up to date."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from yantra_bot.errors import UserError

Ask = Callable[..., Result]
AskJson = Callable[..., Any]
PACKAGE = "class Reply:\n    def json(self): ...\ndef get() -> Reply: ...\n"


def install(folder: Path, source: str) -> None:
    packages = folder / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True, exist_ok=True)
    (folder / "pyvenv.cfg").touch()
    (packages / "web.py").write_text(source)


def callees(ask_json: AskJson) -> list[str]:
    return sorted(row["name"] for row in named(ask_json("callees", "fetch")))


def named(answer: Any) -> list[dict[str, str]]:
    """Return every record with a name in an answer."""
    if isinstance(answer, dict):
        own = [{"name": answer["qualified_name"]}] if str(answer.get("qualified_name", "")).startswith("web.") else []
        return own + [one for value in answer.values() for one in named(value)]
    return [one for value in answer for one in named(value)] if isinstance(answer, list) else []


@pytest.fixture
def fetching(project: Path) -> Path:
    (project / "fetching.py").write_text("import web\n\n\ndef fetch():\n    return web.get().json()\n")
    return project


def test_the_repository_s_own_environment_is_believed(ask: Ask, ask_json: AskJson, fetching: Path) -> None:
    """From when it is there; a change in it makes the graph anew, nothing else does."""
    assert set(callees(ask_json)) == {"web.get"}
    install(fetching / ".venv", PACKAGE)
    assert set(callees(ask_json)) == {"web.get", "web.Reply.json"}
    assert ask("update").stderr == ""
    assert "What 1 module of packages declares is believed" in ask("stats").stdout.replace("\n", " ")
    install(fetching / ".venv", PACKAGE.replace("Reply", "Answer"))
    assert set(callees(ask_json)) == {"web.get", "web.Answer.json"}


def test_another_environment_is_remembered(ask: Ask, ask_json: AskJson, fetching: Path, tmp_path: Path) -> None:
    """Until another choice is made; a folder without packages is refused with the cure."""
    install(fetching / ".venv", PACKAGE)
    install(tmp_path / "other", PACKAGE.replace("Reply", "Other"))
    ask("build", "--environment", str(tmp_path / "other"))
    assert set(callees(ask_json)) == {"web.get", "web.Other.json"}
    ask("build")
    assert set(callees(ask_json)) == {"web.get", "web.Other.json"}
    ask("update", "--environment", "none")
    assert set(callees(ask_json)) == {"web.get"}
    assert "No installed packages" in ask("stats").stdout
    ask("update", "--environment", "own")
    assert set(callees(ask_json)) == {"web.get", "web.Reply.json"}
    with pytest.raises(UserError, match="virtual environment"):
        ask("update", "--environment", str(tmp_path))
