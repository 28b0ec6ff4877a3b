"""Tasks that were played by hand, told whole by the present code: each turn waits for what its player was shown.

To see what was missed where one of these fails: the run's reason names the first turn that nothing asked for, with the
words that it waits for. A changed wording is mended in the recording's `when`; a changed behaviour is what it is for.
"""

import tomllib
from pathlib import Path

import pytest

import yantra_bot
from tests.fakes.github.git_repository import run_git
from tests.stories.scene import Scene
from tests.stories.test_terminal import yantra
from yantra_bot.domain.run import Ending, Phase

RECORDINGS = Path(__file__).parent.parent / "recordings"
CODE = Path(yantra_bot.__path__[0]).parent
MOST_BYTES = 300_000


async def play(scene: Scene, name: str) -> Ending:
    """Let the present code do a recording's task with the answers that were given."""
    folder = RECORDINGS / name
    task = tomllib.loads((folder / "task.toml").read_text())
    scene.work_in(task["files"], script=(folder / "script.toml").read_text())
    scene.issue.title, scene.issue.body = task["issue"]["title"], task["issue"]["body"]
    async with scene.server(critique_rounds=2):
        await scene.comment("@yantra implement")
        return await scene.ending()


@pytest.mark.parametrize(
    "folder", sorted(one for one in RECORDINGS.iterdir() if one.is_dir()), ids=lambda one: one.name
)
def test_a_recording_says_who_answered_and_is_small(folder: Path) -> None:
    """Nobody may take it for a result of a model."""
    made = tomllib.loads((folder / "script.toml").read_text())["recording"]["made"]
    assert made.startswith("a person played the model")
    assert sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) < MOST_BYTES


async def test_a_bug_with_a_traceback_is_reproduced_mended_and_proven(scene: Scene) -> None:
    """Named tuples: what failed before, and a case with the time of day in its name, are held against nobody."""
    ending = await play(scene, "named_tuples")
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert ending.reason.startswith("The tests pass but 1 that failed before the change too, and the confidence is")
    (opened,) = scene.pull_requests()
    assert not opened.pull.is_draft, opened.body
    assert "Fails before, passes after: 2 tests of the change." in opened.body
    assert "Failing before and after (1): `tests/test_secrets.py::test_bytes_are_hidden_too`" in opened.body
    assert "1 attempt." in opened.body
    run = scene.runs()[0]
    assert run.spent.model_calls == 5
    told = await yantra(scene, "runs", "replay", run.order.run_id, PYTHONPATH=str(CODE), YANTRA_CRITIQUE_ROUNDS="2")
    assert told.code == 0, told.out


def with_ids(script: str, last: int) -> str:
    """Return a script with the ids that the parts of a review get when `last` was given before it.

    The review takes one, then each comment one for itself and one for what the forge does with it.
    """
    for number, name in enumerate(("REVIEW", "FIRST", "SECOND", "THIRD")):
        script = script.replace(f"@{name}@", str(last + max(1, 2 * number)))
    return script


@pytest.mark.timeout(900)  # two runs and a replay, on a machine that may be busy
async def test_what_a_review_asks_for_is_done_and_each_comment_is_answered(scene: Scene) -> None:
    """Spans: a suggestion, a case more, a case less and a line of a docstring; what is gone is told."""
    folder = RECORDINGS / "review"
    review = tomllib.loads((folder / "task.toml").read_text())["review"]
    scene.values["follow_up_quiet_seconds"] = 0.1
    opened = await play(scene, "review")
    assert opened.phase is Phase.COMPLETE, opened.reason
    (pull,) = scene.pull_requests()
    scene.issue = pull
    scene.play(with_ids((folder / "script.toml").read_text(), scene.github.state.new_large_id()))
    async with scene.server(critique_rounds=2):
        threads = await scene.github.submit_review(
            pull, *review["comments"], by="alice", state="CHANGES_REQUESTED", body=review["body"]
        )
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    assert "is not run with (7, '7s') any more" in ending.reason
    head = pull.pull.head_sha
    paths = ("spans/writing.py", "tests/test_writing.py")
    code, tests = (run_git(scene.repository.git_dir, "show", f"{head}:{path}") for path in paths)
    assert review["comments"][0]["body"].splitlines()[3] in code
    assert ">>> write_span(-90)" in code
    assert '(-1, "-1s")' in tests
    assert '(7, "7s")' not in tests
    said = [one.body for one in scene.github.talk_of(pull).comments if one.user.kind == "Bot"]
    assert len(said) == len(threads) == 3
    assert "Applied exactly" in said[0]
    assert all(f"Done in {head}. " in one for one in said[1:]), said
    told = await yantra(
        scene, "runs", "replay", scene.runs()[0].order.run_id, PYTHONPATH=str(CODE), YANTRA_CRITIQUE_ROUNDS="2"
    )
    assert told.code == 0, told.out
