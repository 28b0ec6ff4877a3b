"""What holds after every story, whatever happened in it: the invariants G1 to G4 of the adversarial cases."""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.stories import processes
from tests.stories.processes import Process
from tests.stories.scene import Scene
from yantra_bot.domain.run import Phase
from yantra_bot.replies.run import progress_tag

HEADLINES = {Phase.COMPLETE: "Done", Phase.ESCALATED: "A person", Phase.STOPPED: "Stopped", Phase.FAILED: "Failed"}


def check(scene: Scene, before: set[Process]) -> None:
    """Raise AssertionError for anything that must not be after a story."""
    check_nothing_is_left(scene, before)
    check_no_secret_is_told(scene)
    if not scene.leaves_runs:
        check_every_run_has_ended_once(scene)


def check_nothing_is_left(scene: Scene, before: set[Process]) -> None:
    """G3: no process that the story started, no folder of a worker."""
    left = processes.remaining(processes.family() - before)
    assert left == [], f"processes are left: {left}"
    assert list(scene.home.workers.glob("run-*")) == [], "folders of workers are left"


def check_every_run_has_ended_once(scene: Scene) -> None:
    """G4: each run has one ending, and one comment that says so."""
    for run in scene.runs():
        assert run.ending is not None, f"run {run.order.run_id} has not ended"
        assert [one.phase for one in run.phases if one.phase.is_final] == [run.ending.phase]
        repository = next((one for one in scene.github.state.repositories if one.id == run.order.repository.id), None)
        issue = repository.issues.get(run.order.issue_number) if repository else None
        if repository is None or issue is None or issue.is_deleted or issue.is_locked:
            continue
        if scene.github.world.installation_of(repository) is None:
            continue  # nothing can be said there any more
        mark = progress_tag(run.order)
        own = [one.body for one in issue.comments if one.user.kind == "Bot" and mark in one.body]
        assert len(own) <= 1, f"run {run.order.run_id} has {len(own)} comments"
        assert all(f"**{HEADLINES[run.ending.phase]}" in one for one in own), own


def secrets_of(scene: Scene) -> dict[str, bytes]:
    """Return every secret of the scene by a name for it."""
    key = [line for line in scene.github.private_key.splitlines() if "-----" not in line]
    found = {"webhook secret": scene.github.webhook_secret.encode(), "app key": key[len(key) // 2].encode()}
    for number, value in enumerate(scene.github.state.tokens):
        found[f"token {number}"] = value.encode()
    return found


def check_no_secret_is_told(scene: Scene, *, also: Iterable[tuple[str, bytes]] = ()) -> None:
    """G1: no secret in anything on GitHub, nor in anything that the server stored."""
    canaries = secrets_of(scene)
    for place, data in (*told(scene), *stored(scene.home.folder), *also):
        for name, canary in canaries.items():
            assert canary not in data, f"the {name} stands in {place}"


def told(scene: Scene) -> Iterator[tuple[str, bytes]]:
    """Yield everything that the bot could write on GitHub, git's objects included."""
    for repository in scene.github.state.repositories:
        for issue in repository.issues.values():
            yield f"#{issue.number}", f"{issue.title}\n{issue.body}".encode()
            for comment in issue.comments:
                yield f"a comment on #{issue.number}", comment.body.encode()
        for run in repository.check_runs:
            yield "a check", repr(vars(run)).encode()
        shown = subprocess.run(
            ["git", "--git-dir", str(repository.git_dir), "log", "--all", "-p", "--format=%D %an %ae %B"],
            capture_output=True,
            check=True,
        )
        yield "git", shown.stdout


def stored(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file below the server's state: databases with their logs, blobs, mirrors."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()
