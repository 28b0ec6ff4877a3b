"""A real repository in a temporary folder, written commit by commit."""

import subprocess
from pathlib import Path

import pytest


class Repository:
    """Runs git in a folder, as somebody, at a time that moves on by a day with each commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._days = 0
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, **environment: str) -> str:
        base = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_COMMITTER_NAME": "C",
            "GIT_COMMITTER_EMAIL": "c@example.org",
        }
        return subprocess.run(
            ["git", *words], cwd=self.folder, env=base | environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def commit(self, message: str, *, name: str = "Ada Lovelace", mail: str = "ada@example.org") -> str:
        self._days += 1
        self.git("add", "-A")
        date = f"{1_700_000_000 + self._days * 86_400} +0000"
        self.git(
            *("commit", "-q", "--allow-empty", "-m", message),
            GIT_AUTHOR_NAME=name,
            GIT_AUTHOR_EMAIL=mail,
            GIT_AUTHOR_DATE=date,
            GIT_COMMITTER_DATE=date,
        )
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    folder = tmp_path / "repository"
    folder.mkdir()
    return Repository(folder)
