"""What is watched and what is wrong can be read, and a word said to it, while no server runs."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from yantra_bot.app.home import Home
from yantra_bot.cli.monitor import monitor
from yantra_bot.domain.alerts import Alert, AlertSource, Severity
from yantra_bot.domain.incidents import HealingKind, Incident, IncidentState, IncidentWord, Policy, Proposal
from yantra_bot.domain.sweeping import Found, LeftOver, Sweep
from yantra_bot.errors import UserError
from yantra_bot.runs.records import Records

ALERT = Alert(AlertSource.ALERTMANAGER, "f" * 16, "shop", "HighErrorRate", True, summary="5 % fail", count=3)
INCIDENT = Incident(
    id="a" * 24,
    repository_id=1,
    service="shop",
    environment="production",
    title="5 % fail",
    severity=Severity.ERROR,
    state=IncidentState.WAITING,
    opened_at=1_700_000_000.0,
    changed_at=1_700_000_000.0,
    news=((1_700_000_060.0, "More pods would help."),),
    runs=(("diagnose", "b" * 24),),
    proposal=Proposal(HealingKind.SCALE_OUT, Policy.APPROVE, "CPU is high.", "shop"),
)


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    monkeypatch.setenv("YANTRA_STATE_FOLDER", str(tmp_path / "state"))
    monkeypatch.setenv("YANTRA_SERVICES", "shop=acme/shop/production,api=acme/api/live")
    opened = Records.open(Home(tmp_path / "state").lay_out().records)
    yield opened
    opened.close()


def ask(*words: str) -> str:
    done = CliRunner().invoke(monitor, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_status_says_what_is_wrong_and_what_is_silenced(records: Records) -> None:
    """Of each service of the settings; what is over is wrong no more."""
    stored = records.keep_heard(INCIDENT, [ALERT], at=1_700_000_000.0)
    assert stored is not None
    assert ask("status") == (
        "shop                  acme/shop production  1 open incident, firing\n"
        f"    {INCIDENT.id}  5 % fail\n"
        "api                   acme/api live  nothing is wrong\n"
    )
    records.put_incident(replace(stored, state=IncidentState.RESOLVED))
    ask("silence", "api", "--reason", "we move")
    said = json.loads(ask("status", "--json"))
    assert [one["incidents"] for one in said] == [{}, {}]
    assert said[0]["silenced_until"] is None
    assert said[1]["silenced_until"] == pytest.approx(time.time() + 3600, abs=300)
    assert "; silenced until 20" in ask("status")


def test_without_services_the_cure_is_named(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YANTRA_SERVICES")
    assert ask("status") == "No service is watched: YANTRA_SERVICES is empty.\n"


def test_incidents_are_listed_and_shown_whole(records: Records) -> None:
    """One line each; or one with its alerts, runs, words and what happened."""
    assert ask("incidents") == ""
    records.keep_heard(INCIDENT, [ALERT], at=1_700_000_000.0)
    assert ask("incidents") == (
        f"{INCIDENT.id}  2023-11-14 22:13  waiting (fires)       error     shop/production  5 % fail\n"
    )
    ask("heal", INCIDENT.id, "--as", "ann")
    shown = ask("incidents", INCIDENT.id)
    assert shown.startswith("5 % fail\nshop/production  error  waiting  fires\n")
    assert "3 alerts, heard 1 times, came back 0 times" in shown
    assert "  2023-11-14 22:14  More pods would help.\n" in shown
    assert "  alert of alertmanager: HighErrorRate fires, heard 1 times: 5 % fail\n" in shown
    assert f"  diagnose: run {'b' * 24}\n" in shown
    assert "  ann said approve\n" in shown
    told = json.loads(ask("incidents", INCIDENT.id, "--json"))
    assert (told["state"], told["alerts"], told["said"][0]["word"]) == ("waiting", 3, "approve")
    assert [one["id"] for one in json.loads(ask("incidents", "--json"))] == [INCIDENT.id]


def test_healing_is_agreed_to_in_somebodys_name(records: Records) -> None:
    """Whose rights are asked when it is done; what does not wait for anybody is not agreed to."""
    stored = records.put_incident(INCIDENT)
    assert stored is not None
    assert "ann agrees to this" in ask("heal", INCIDENT.id, "--as", "ann")
    (said,) = records.words_of_incident(INCIDENT.id)
    assert (said.word, said.by.login, said.by.is_bot) == (IncidentWord.APPROVE, "ann", False)
    assert INCIDENT.proposal is not None
    dry = records.put_incident(replace(stored, proposal=replace(INCIDENT.proposal, is_dry=True)))
    assert dry is not None
    with pytest.raises(UserError, match="nothing is done there"):
        ask("heal", INCIDENT.id, "--as", "ann")
    records.put_incident(replace(dry, state=IncidentState.ESCALATED))
    with pytest.raises(UserError, match="Nothing waits to be agreed to"):
        ask("heal", INCIDENT.id, "--as", "ann")
    assert len(records.words_of_incident(INCIDENT.id)) == 1


def test_a_silence_is_said_and_ended(records: Records) -> None:
    assert ask("silence", "shop", "--minutes", "5").startswith("shop is silenced until 20")
    (silence,) = records.silences(at=time.time())
    assert silence.service == "shop"
    assert ask("silence", "shop", "--minutes", "0") == "shop is silenced no more.\n"
    assert records.silences(at=time.time()) == ()


def test_what_is_not_there_is_said_with_the_cure(records: Records) -> None:
    with pytest.raises(UserError, match="`yantra monitor incidents` names them"):
        ask("incidents", "c" * 24)
    with pytest.raises(UserError, match="`yantra monitor incidents` names them"):
        ask("heal", "c" * 24, "--as", "ann")
    with pytest.raises(UserError, match="YANTRA_SERVICES names no service other"):
        ask("silence", "other")


def test_the_last_sweep_is_shown(records: Records) -> None:
    """In one line beside the services, and whole on its own."""
    assert ask("sweep").startswith("There was no sweep yet")
    found = Found(LeftOver.LOCK, "Run a held an issue, and is at work no more: the issue is free.", "a")
    records.keep_sweep(Sweep(1_700_000_000.0, 1_700_000_001.0, (found,), ("comments: the forge is away",)))
    line = "Last sweep 2023-11-14 22:13: 1 things were left over; 1 looks failed."
    assert line in ask("status")
    assert ask("sweep").splitlines() == [
        line,
        f"  lock of nobody: {found.what}",
        "  could not be looked at: comments: the forge is away",
    ]
    assert json.loads(ask("sweep", "--json"))["found"][0]["run_id"] == "a"
    records.keep_sweep(Sweep(1.0, 2.0))
    assert "nothing was left over." in ask("sweep")
