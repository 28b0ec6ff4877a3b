"""A real git repository that a test writes as a person does."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from yantra_bot.graphdb.history.host_git import HostGit


class Project:
    """A git repository that is written as a person does; each commit a day after the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git = HostGit(folder)
        self._days = 0
        folder.mkdir()
        self.run("init", "--quiet", "--initial-branch", "main")

    def run(self, *words: str, stdin: bytes = b"") -> str:
        """Run git and return what it prints."""
        date = f"{1_700_000_000 + 86_400 * self._days} +0000"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
        }
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "protocol.file.allow=always")
        command = ["git", *who, *words]
        done = subprocess.run(command, cwd=self.folder, env=environment, check=True, capture_output=True, input=stdin)
        return done.stdout.decode().strip()

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def commit(self, message: str, files: Mapping[str, str | None] | None = None) -> str:
        """Write files (None deletes one), commit everything, and return the commit's id."""
        for path, text in (files or {}).items():
            if text is None:
                (self.folder / path).unlink()
            else:
                self.write(path, text)
        self._days += 1
        self.run("add", "--all")
        self.run("commit", "--quiet", "--allow-empty", "--message", message)
        return self.run("rev-parse", "HEAD")
