"""`yantra implement` from a terminal: on a folder, on an issue, and settings that are wrong."""

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories.library import FINISH, HEAD, ISSUE_BODY, SHELL_FILES, turn
from tests.stories.process import environment
from tests.stories.scene import Scene


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


async def yantra(scene: Scene, *arguments: str, stdin: str = "", **variables: str | None) -> Said:
    """Run the command with the scene's settings and some others; None takes one away."""
    settings = {name: value for name, value in (environment(scene) | variables).items() if value is not None}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "yantra_bot", *arguments),
        env=settings,
        cwd=scene.folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate(stdin.encode())
    except asyncio.CancelledError:
        process.kill()
        await process.communicate()
        raise
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


def git(folder: Path, *arguments: str, stdin: str = "") -> str:
    """Run git in a folder and return what it says."""
    done = subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def checkout(scene: Scene) -> Path:
    """A person's clone of the library, with work of theirs that is not committed."""
    scene.work_in(SHELL_FILES)
    folder = scene.folder / "checkout"
    subprocess.run(["git", "clone", "-q", str(scene.repository.git_dir), str(folder)], check=True)
    (folder / "notes.txt").write_text("mine")
    return folder


async def test_a_task_leaves_a_branch_and_the_work_tree_alone(scene: Scene, checkout: Path) -> None:
    """The diff is printed; current branch, index and files are as they were."""
    before = git(checkout, "status", "--porcelain=v1", "--branch")
    said = await yantra(scene, "implement", ISSUE_BODY, "--repo", str(checkout))
    assert said.code == 0, said
    assert "+add() { echo $(($1 + $2)); }" in said.out
    assert git(checkout, "status", "--porcelain=v1", "--branch") == before
    (branch,) = git(checkout, "branch", "--list", "yantra/*", "--format=%(refname:short)").split()
    assert branch in said.out
    assert "$1 + $2" in git(checkout, "show", f"{branch}:calc.sh")
    assert not scene.home.folder.exists() or scene.runs()
    # Lessons of one folder would be shown in all.
    assert not [step for step in scene.steps() if step.name.startswith(("recall", "learn"))]


async def test_a_dry_run_prints_a_patch_that_git_takes(scene: Scene, checkout: Path) -> None:
    """Standard output is the patch and nothing else; no branch is left."""
    said = await yantra(scene, "implement", ISSUE_BODY, "--repo", str(checkout), "--dry-run")
    assert said.code == 0, said
    assert said.out.startswith("diff --git")
    git(checkout, "apply", "--check", "-", stdin=said.out)
    assert git(checkout, "branch", "--list", "yantra/*") == ""


async def test_an_issue_on_github_becomes_a_pull_request(scene: Scene) -> None:
    """With a person's own token, and no server."""
    scene.work_in(SHELL_FILES)
    token = scene.github.user_token("alice").value
    said = await yantra(scene, "implement", "--issue", f"octo/other#{scene.issue.number}", GITHUB_TOKEN=token)
    assert said.code == 0, said
    (opened,) = scene.pull_requests()
    assert f"/pull/{opened.number}" in said.out
    assert token not in said.out + said.err
    assert len([one for one in scene.issue.comments if "Done" in one.body]) == 1


async def test_what_cannot_be_worked_on_is_one_sentence(scene: Scene, tmp_path: Path) -> None:
    """No run is started for a folder that is none or no repository, nor for a model that nobody answers for."""
    (tmp_path / "plain").mkdir()
    for folder, words in (("absent", "is no folder"), ("plain", "is no git repository")):
        said = await yantra(scene, "implement", "x", "--repo", str(tmp_path / folder))
        assert (said.code, said.out, len(said.err.splitlines())) == (1, "", 1), said
        assert words in said.err
    claude = {"YANTRA_REPLAY_SCRIPT": None, "ANTHROPIC_API_KEY": "x" * 20}
    git(tmp_path, "init", "-q", "-b", "main", "mine")
    said = await yantra(scene, "implement", "x", "--repo", str(tmp_path / "mine"), "--model", "gpt-nope", **claude)
    assert (said.code, said.out) == (os.EX_CONFIG, "")
    assert "OPENAI_API_KEY" in said.err


async def test_no_comment_is_proposed_to_who_has_a_terminal(scene: Scene, checkout: Path, tmp_path: Path) -> None:
    """What failed outside is said as it is; nobody would hear `@yantra retry`."""
    script = tmp_path / "nothing.toml"
    script.write_text(HEAD + turn("never", FINISH, when="{ shown = ['a word that nobody says'] }"))
    said = await yantra(scene, "implement", ISSUE_BODY, "--repo", str(checkout), YANTRA_REPLAY_SCRIPT=str(script))
    assert said.code == 1
    assert "Failed" in said.out
    assert "retry" not in said.out


async def test_a_terminal_that_knows_no_lines_ends_nothing(scene: Scene, tmp_path: Path) -> None:
    """Where the terminal's encoding lacks a character, another one stands in its place."""
    git(tmp_path, "init", "-q", "-b", "main", "empty")
    said = await yantra(scene, "implement", "x", "--repo", str(tmp_path / "empty"), PYTHONIOENCODING="ascii")
    assert "???" in said.out
    assert "This repository is empty" in said.out
    assert "Traceback" not in said.err


async def test_without_a_token_an_issue_is_refused_with_the_cure(scene: Scene) -> None:
    """The message names the variable."""
    said = await yantra(scene, "implement", "--issue", "octo/calc#1")
    assert said.code != 0
    assert "GITHUB_TOKEN" in said.err
    assert "Traceback" not in said.err


WRONG = {
    "no webhook secret": ({"YANTRA_WEBHOOK_SECRETS": None}, "YANTRA_WEBHOOK_SECRETS"),
    "a webhook secret that can be guessed": ({"YANTRA_WEBHOOK_SECRETS": "changeme"}, "YANTRA_WEBHOOK_SECRETS"),
    "a misspelt setting": ({"YANTRA_WEBHOOK_SECRET": "x" * 40}, "YANTRA_WEBHOOK_SECRET "),
    "a port that is none": ({"YANTRA_PORT": "a lot"}, "YANTRA_PORT"),
    "a budget below nothing": ({"YANTRA_BUDGET_USD": "-1"}, "YANTRA_BUDGET_USD"),
    "no app": ({"YANTRA_GITHUB_APP_ID": None}, "YANTRA_GITHUB_APP_ID"),
    "no key of the app": ({"YANTRA_GITHUB_APP_KEY_FILE": None}, "YANTRA_GITHUB_APP_KEY_FILE"),
    "a key that is none": ({"YANTRA_GITHUB_APP_KEY_FILE": None, "YANTRA_GITHUB_APP_KEY": "x"}, "github_app_key"),
    "a script that is not there": ({"YANTRA_REPLAY_SCRIPT": "/nowhere.toml"}, "YANTRA_REPLAY_SCRIPT"),
    "an address that is none": ({"YANTRA_GITHUB_URL": "ftp://x"}, "github_url"),
}


@pytest.mark.case("N01")
@pytest.mark.case("A01")
@pytest.mark.parametrize("mistake", WRONG)
async def test_a_wrong_setting_stops_the_start_with_its_name(scene: Scene, mistake: str) -> None:
    """The server does not come up half; the last words name the setting, and say what to do."""
    variables, name = WRONG[mistake]
    async with asyncio.timeout(240):
        said = await yantra(scene, "serve", **variables)
    assert said.code in (1, os.EX_CONFIG), said
    assert name.lower() in said.err.lower()
    assert "Traceback" not in said.err
