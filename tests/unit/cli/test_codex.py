"""`yantra codex` as a person types it, without torch: versions, and the way back."""

import contextlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.crash.harness import make_order
from tests.fakes.experiences import SHAPE, install
from tests.fakes.generators import write_fixed_generator
from tests.fakes.scoring import make_weights
from yantra_bot.app.home import Home
from yantra_bot.app.learning import versions_of
from yantra_bot.cli.codex import codex
from yantra_bot.codex.generator import read_generator
from yantra_bot.codex.problem import read_task
from yantra_bot.codex.steps import Step
from yantra_bot.errors import UserError
from yantra_bot.runs.distilling import Pair, Pairs
from yantra_bot.runs.records import Records
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.score_file import About, write_score_file
from yantra_bot.scoring.versions import Versions


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path))
    return Home(tmp_path)


def test_before_anything_was_learned_it_says_how_to_begin(home: Home) -> None:
    told = CliRunner().invoke(codex, ["versions"], catch_exceptions=False)
    assert "YANTRA_SCORE_LEARNING" in told.output
    with pytest.raises(UserError, match="nothing to go back from"):
        CliRunner().invoke(codex, ["rollback"], catch_exceptions=False)


def test_both_standings_of_a_repository_are_told(home: Home) -> None:
    """That of what is shown, and that of what may choose a model: neither stands for the other."""
    home.lay_out()
    with contextlib.closing(Records.open(home.records)) as records:
        records.start_run(make_order(), 1.0)
    told = CliRunner().invoke(codex, ["standing", "Octo/demo1"], catch_exceptions=False).output
    assert "Not shown: No outcome of a scored change is known here yet" in told
    assert "Chooses no model: No outcome of a scored task is known here yet" in told
    said = json.loads(CliRunner().invoke(codex, ["standing", "octo/demo1", "--json"], catch_exceptions=False).output)
    assert (said["is_earned"], said["before_changes"]["is_earned"]) == (False, False)


def test_versions_are_listed_and_gone_back_to(home: Home) -> None:
    folder = versions_of(home)
    folder.parent.mkdir(parents=True, exist_ok=True)
    version = install(folder).current().version
    assert f"{version}" in CliRunner().invoke(codex, ["versions"], catch_exceptions=False).output
    told = CliRunner().invoke(codex, ["rollback", version], catch_exceptions=False)
    assert f"Version {version} is in use" in told.output


HOSTILE = "sure\x1b]0;owned\x07\u202e"


def test_what_a_file_says_of_itself_cannot_act_on_the_terminal(home: Home, tmp_path: Path) -> None:
    """Its note, the names of its figures, and the reasons beside versions are shown with escapes written out."""
    file = tmp_path / "a.safetensors"
    about = About(features=FEATURE_VERSION, shape=SHAPE, note=HOSTILE, figures={HOSTILE: 0.5})
    write_score_file(file, make_weights(SHAPE), about)
    versions = Versions(versions_of(home))
    with versions.lock():
        versions.refuse(file, versions.current(), reason=HOSTILE, figures={}, at=1.0)
    for asked in (["info", str(file)], ["versions"]):
        told = CliRunner().invoke(codex, asked, catch_exceptions=False).output
        assert "\\x1b]0;owned" in told
        assert not {"\x1b", "\x07", "\u202e"} & set(told)


def test_a_file_is_known_for_what_it_is(home: Home) -> None:
    """A generator is no damaged score file; one that is neither says so."""
    path = write_fixed_generator(home.folder / "generator.safetensors", (Step.SORT, Step.RETURN))
    told = CliRunner().invoke(codex, ["info", str(path)], catch_exceptions=False)
    assert "a generator: YANTRA_CODEX_FILE names it" in told.output
    told = CliRunner().invoke(codex, ["info", str(path), "--json"], catch_exceptions=False)
    assert json.loads(told.output)["file"] == "generator"
    path.write_bytes(path.read_bytes()[:80])
    with pytest.raises(UserError, match="Cure:"):
        CliRunner().invoke(codex, ["info", str(path)], catch_exceptions=False)


def test_what_was_kept_is_removed_by_a_command(home: Home) -> None:
    """All of it; without a word of what, it asks."""
    Pairs(home.pairs).keep(Pair("r1", "p", "s", 1, 0))
    with pytest.raises(UserError, match="give --all"):
        CliRunner().invoke(codex, ["forget"], catch_exceptions=False)
    assert "1 kept functions" in CliRunner().invoke(codex, ["forget", "--all"], catch_exceptions=False).output
    assert home.pairs.read_bytes() == b""


@pytest.mark.parametrize("wrong", ["--kept", "--network"])
def test_options_that_say_nothing_are_refused(wrong: str) -> None:
    """Both belong to the generator."""
    with pytest.raises(UserError, match="Cure: give one of these too"):
        CliRunner().invoke(codex, ["train", wrong], catch_exceptions=False)


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_generator_is_trained_on_a_file(home: Home, is_kept: bool) -> None:
    """From a person's lines or a server's, of which a half one is passed over; `info` and the product read it."""
    data, into = home.folder / "data.jsonl", home.folder / "into"
    data.write_text("".join(f"{json.dumps(line)}\n" for line in solved(120)) + ("{" if is_kept else ""))
    asked = ["train", "--data", str(data), "--into", str(into), *(["--kept"] if is_kept else [])]
    told = CliRunner().invoke(codex, asked, catch_exceptions=False)
    file = into / "generator.safetensors"
    assert f"YANTRA_CODEX_FILE={file}" in told.output
    assert ("1 lines of" in told.output) == is_kept
    assert "step F1: 1.000" in told.output
    task = read_task("Add a function `order(rows)` that puts rows in order.")
    assert task is not None
    assert read_generator(file).answer(task).steps == (Step.SORT, Step.RETURN)
    assert "recalls bodies of" in CliRunner().invoke(codex, ["info", str(file)], catch_exceptions=False).output
    data.write_text("{")
    with pytest.raises(UserError, match="has no pairs" if is_kept else "line 1: it is no JSON"):
        CliRunner().invoke(codex, asked, catch_exceptions=False)


def solved(count: int) -> list[dict[str, str]]:
    """Return problems of two kinds in turn, with their solutions."""
    kinds = (
        ("Remove all rows of table {}.", "def clear(rows):\n    rows.clear()\n"),
        ("Put the rows of table {} in order.", "def order(rows):\n    return sorted(rows)\n"),
    )
    return [
        {"problem": problem.format(place), "solution": solution, "tests": ""}
        for place in range(count // 2)
        for problem, solution in kinds
    ]
