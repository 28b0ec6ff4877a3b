"""A learned score is recorded on each run and review, shown where it has earned it, and ends nothing when broken."""

import contextlib
import hashlib
from pathlib import Path

import pytest

from tests.crash.harness import make_order
from tests.fakes.github.state import Repository
from tests.stories.library import BROKEN, GOOD
from tests.stories.pulls import Pulls
from tests.stories.scene import Scene
from tests.unit.scoring.score_files import write_model
from yantra_bot.dashboard.run_page import render
from yantra_bot.domain.graph import Language
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.domain.scores import ChangeScore, ChangeSize, SymbolScore
from yantra_bot.runs.records import Records


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model.safetensors")


def earn(scene: Scene, repository: Repository, model: Path, *, changes: int = 80) -> None:
    """Have this model's score told bad changes of a repository from good ones, and no plain count."""
    version = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
    scene.home.lay_out()
    with contextlib.closing(Records.open(scene.home.records)) as records:
        order = make_order("0" * 24, repository=repository.id)
        records.start_run(order, 1.0)
        records.end_run(order.run_id, Ending(Phase.COMPLETE, "It is done."), 2.0)
        for number in range(1, changes + 1):
            is_bad = number % 3 == 0
            faulty, baseline = (0.9 if is_bad else 0.1) + number / 10_000, number % 7 / 10
            one = SymbolScore("a.py::f", "f", "a.py", 1, 2, Language.PYTHON, faulty, baseline)
            place = (repository.id, f"change {number}")
            score = ChangeScore(version, (one,), size=ChangeSize(added=number % 11, files=1, symbols=1, lines=2))
            records.put_score(order.run_id, number, score, is_bad, place=place, at=number)


def earn_before(scene: Scene, repository: Repository, model: Path, *, tasks: int = 80) -> None:
    """Have this model's score told of code, before it was changed, on which tasks go wrong, and no plain count."""
    version = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
    scene.home.lay_out()
    with contextlib.closing(Records.open(scene.home.records)) as records:
        for number in range(1, tasks + 1):
            run_id, is_bad = f"{number:024x}", number % 3 == 0
            faulty = (0.9 if is_bad else 0.1) + number / 10_000
            one = SymbolScore("a.py::f", "f", "a.py", 1, 2, Language.PYTHON, faulty, number % 7 / 10)
            score = ChangeScore(version, (one,), size=ChangeSize(files=1, symbols=number % 11, lines=number % 13))
            records.put_target_score(run_id, repository.id, score, at=number)
            records.settle_target_score(run_id, is_bad=is_bad, at=number)


def page(scene: Scene) -> str:
    return render(scene.runs()[0], scene.steps())


async def test_a_run_shows_the_score_where_it_has_earned_it(scene: Scene, model: Path) -> None:
    """On its page with the curve, and in its confidence with its own weight; what came of it is recorded."""
    earn(scene, scene.repository, model)
    scene.play(GOOD)
    async with scene.server(score_file=model, score_weight=0.2):
        await scene.comment("@yantra implement")
        ending = await scene.ending(of=2)
    assert ending.phase is Phase.COMPLETE, ending.reason
    shown = page(scene)
    assert "<h2>Learned score</h2>" in shown
    assert "of changes that were scored like this one went wrong here" in shown
    assert '<svg class="curve"' in shown
    assert "add at calc.py:1" in shown
    assert ending.confidence is not None
    assert ending.confidence.factors[5].name == "learned score"
    assert sum(factor.weight for factor in ending.confidence.factors) == pytest.approx(1)
    with contextlib.closing(scene.records()) as records:
        (kept,) = records.scores_of_run(scene.runs()[0].order.run_id)
    assert [one.name for one in kept.score.symbols] == ["add"]
    assert kept.is_bad is False


async def test_a_run_says_why_the_score_is_not_shown_where_it_has_not(scene: Scene, model: Path) -> None:
    """It is recorded, the page says what is missing, nothing else does."""
    scene.play(GOOD)
    async with scene.server(score_file=model, score_weight=0.2):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    shown = page(scene)
    assert "was recorded and is not shown" in shown
    assert "No outcome of a scored change is known here yet" in shown
    assert ending.confidence is not None
    assert len(ending.confidence.factors) == 5
    (opened,) = scene.pull_requests()
    assert "earned score" not in opened.body
    with contextlib.closing(scene.records()) as records:
        version = hashlib.sha256(model.read_bytes()).hexdigest()[:12]
        (found,) = records.scored_past(scene.repository.id, version).outcomes
    assert found.is_bad is False
    assert (found.size.added, found.size.removed, found.size.files, found.size.symbols) == (1, 1, 1, 1)


async def test_a_merged_change_that_is_taken_back_went_wrong(scene: Scene, model: Path) -> None:
    """Its tests passed; a person merges it, and a commit on the default branch says that it reverts that."""
    scene.play(GOOD)
    version = hashlib.sha256(model.read_bytes()).hexdigest()[:12]

    def is_bad() -> list[bool]:
        with contextlib.closing(scene.records()) as records:
            return [one.is_bad for one in records.scored_past(scene.repository.id, version).outcomes]

    async with scene.server(score_file=model):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
        assert ending.phase is Phase.COMPLETE, ending.reason
        (opened,) = scene.pull_requests()
        merged = await scene.github.merge(opened, by="alice")
        await scene.quiet()
        assert is_bad() == [False]
        said = f'Revert "Merge #{opened.number}"\n\nThis reverts commit {merged}.'
        commit = scene.github.commit(scene.repository, {"calc.py": BROKEN}, message=said)
        branch = f"refs/heads/{scene.repository.default_branch}"
        await scene.github.announce_push(scene.repository, branch, before=merged, after=commit, by="alice")
        await scene.until(lambda: is_bad() == [True])


@pytest.mark.parametrize("harm", ["missing", "cut off", "no file of weights"])
async def test_a_broken_score_file_ends_no_run(scene: Scene, model: Path, harm: str) -> None:
    """The run goes on to its pull request, and the page says what is wrong with the cure."""
    if harm == "missing":
        model.unlink()
    else:
        model.write_bytes(model.read_bytes()[:-1_000] if harm == "cut off" else b"\0" * 4_096)
    scene.play(GOOD)
    async with scene.server(score_file=model, score_weight=0.2):
        await scene.comment("@yantra implement")
        ending = await scene.ending()
    assert ending.phase is Phase.COMPLETE, ending.reason
    shown = page(scene)
    assert "<h2>No learned score.</h2>" in shown
    assert "Cure: " in shown


@pytest.mark.parametrize("is_earned", [True, False])
async def test_a_review_tells_the_score_only_where_it_has_earned_it(scene: Scene, model: Path, is_earned: bool) -> None:
    """Beside the risk, with what to look at first; else the review says nothing of it, and its page why."""
    scene.values["review_pull_requests"] = True
    pulls = Pulls(scene)
    if is_earned:
        earn(scene, pulls.repository, model)
    async with scene.server(score_file=model):
        await pulls.open()
        ending = await pulls.ending(of=2 if is_earned else 1)
    assert ending.phase is Phase.COMPLETE, ending.reason
    (summary,) = pulls.summaries
    assert ("**Learned score**" in summary) is is_earned
    assert ("Look first at:" in summary) is is_earned
    assert ("; similar: `" in summary) is is_earned
    assert ("was recorded and is not shown" in page(scene)) is not is_earned
    with contextlib.closing(scene.records()) as records:
        assert len(records.scores_of_run(scene.runs()[0].order.run_id)) == 1
