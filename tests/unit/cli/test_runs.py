"""What was run can be read afterwards, while no server runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from yantra_bot.app.home import Home
from yantra_bot.cli.runs import runs
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.errors import UserError
from yantra_bot.runs.conduct import EVIDENCE
from yantra_bot.runs.records import Records

ORDER = Order(
    "a" * 24, Repository(1, "octo", "calc"), 2, 7, Command(Verb.IMPLEMENT), Actor(3, "ann", False), 4, 1_700_000_000.0
)


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    opened = Records.open(Home(tmp_path / "state").lay_out().records)
    yield opened
    opened.close()


def ask(*words: str) -> str:
    done = CliRunner().invoke(runs, words, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_the_list_says_when_what_and_how_it_ended(records: Records) -> None:
    """One line a run, and no blank at its end while it goes on."""
    records.start_run(ORDER, 0.0)
    assert ask("list") == f"{ORDER.run_id}  2023-11-14 22:13  Queued             octo/calc#7\n"
    records.end_run(ORDER.run_id, Ending(Phase.FAILED, "The branch is gone."), 9.0)
    assert ask("list").endswith("Failed             octo/calc#7  The branch is gone.\n")


def test_one_run_is_shown_to_its_end_with_its_evidence(records: Records) -> None:
    """What the log says is kept can be read, without the secrets in it."""
    records.start_run(ORDER, 0.0)
    records.note(ORDER.run_id, EVIDENCE, "Traceback: KeyError ghs_16C7e42F292c6912E7710c838347Ae178B4a")
    assert "Cost:" not in ask("show", ORDER.run_id)
    records.end_run(ORDER.run_id, Ending(Phase.FAILED, "An unexpected error ended it."), 9.0)
    shown = ask("show", ORDER.run_id)
    assert "Failed An unexpected error ended it." in shown
    assert "Cost: 0 model calls" in shown
    assert "Traceback: KeyError [redacted]" in shown


def test_what_is_not_there_is_said_with_the_cure(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown run names the list; a folder without runs is named."""
    with pytest.raises(UserError, match="runs list"):
        ask("show", "b" * 24)
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "other"))
    with pytest.raises(UserError, match=r"no runs in .*other"):
        ask("list")


def test_a_run_is_asked_to_stop_and_one_that_has_ended_is_not(records: Records) -> None:
    """What the server hears is written down, with who asked."""
    records.start_run(ORDER, 0.0)
    assert f"{ORDER.run_id} is asked to stop" in ask("cancel", ORDER.run_id)
    assert records.stops_asked() == (ORDER.run_id,)
    assert records.stop_requested(ORDER.run_id)
    records.end_run(ORDER.run_id, Ending(Phase.STOPPED, "Stopped."), 9.0)
    with pytest.raises(UserError, match="has ended already: Stopped"):
        ask("cancel", ORDER.run_id)


def test_what_cannot_be_replayed_ends_with_status_two(records: Records) -> None:
    """A run that goes on, and one that is not there; for programs each has its problem."""
    records.start_run(ORDER, 0.0)
    for run_id, words in ((ORDER.run_id, "has not ended"), ("b" * 24, "runs list")):
        done = CliRunner().invoke(runs, ["replay", run_id])
        assert done.exit_code == 2
        assert words in done.output
    both = CliRunner().invoke(runs, ["replay", ORDER.run_id, "b" * 24, "--json"])
    assert both.exit_code == 2
    told = json.loads(both.output)["runs"]
    assert [one["run_id"] for one in told] == [ORDER.run_id, "b" * 24]
    assert ["has not ended" in told[0]["problem"], "runs list" in told[1]["problem"]] == [True, True]
    assert [one["is_identical"] for one in told] == [False, False]
