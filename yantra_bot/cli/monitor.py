"""`yantra monitor`: what is watched, what is wrong, and a word to it, in the state folder of this machine."""

import getpass
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import click

from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.monitor_metrics import metrics
from yantra_bot.cli.runs import open_records
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.incidents import Incident, IncidentState, IncidentWord, Silence
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.sweeping import Sweep
from yantra_bot.errors import UserError
from yantra_bot.monitor.services import Services
from yantra_bot.runs.records import Records
from yantra_bot.settings import read_settings

SHOWN_ALERTS: Final = 10


@click.group()
def monitor() -> None:
    """Look at what is watched in production, and at its incidents."""


monitor.add_command(metrics)


@monitor.command()
@json_option
def status(*, as_json: bool) -> None:
    """List the services that are watched: what is wrong with each, and what is silenced."""
    settings = read_settings()
    services = Services.read(settings.services, settings.service_labels).all
    records = open_records()
    found = [_describe_service(records, service) for service in services]
    swept = records.last_sweep()
    records.close()
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("No service is watched: YANTRA_SERVICES is empty.")
    for one in found:
        count = len(one["incidents"])
        wrong = f"{count} open incident{'' if count == 1 else 's'}" if count else "nothing is wrong"
        if one["is_firing"]:
            wrong += ", firing"
        silenced = f"; silenced until {_moment(one['silenced_until'])}" if one["silenced_until"] else ""
        click.echo(f"{one['service']:<20}  {one['repository']} {one['environment']}  {wrong}{silenced}")
        for incident_id, title in one["incidents"].items():
            click.echo(f"    {incident_id}  {title}")
    if swept is not None:
        click.echo(_sum_up(swept))


@monitor.command()
@json_option
def sweep(*, as_json: bool) -> None:
    """Show the last sweep: what was left over, and what could not be looked at."""
    records = open_records()
    swept = records.last_sweep()
    records.close()
    if as_json:
        print_json(None if swept is None else asdict(swept))
    elif swept is None:
        click.echo("There was no sweep yet: a server makes them (YANTRA_SWEEP_MINUTES).")
    else:
        click.echo(_sum_up(swept))
        for found in swept.found:
            click.echo(f"  {found.kind}: {found.what}")
        for problem in swept.problems:
            click.echo(f"  could not be looked at: {problem}")


def _sum_up(swept: Sweep) -> str:
    left = f"{len(swept.found)} things were left over" if swept.found else "nothing was left over"
    blind = f"; {len(swept.problems)} looks failed" if swept.problems else ""
    return f"Last sweep {_moment(swept.ended_at)}: {left}{blind}."


@monitor.command()
@click.argument("incident_id", required=False, default="")
@click.option("--limit", default=20, show_default=True, help="How many, newest first.")
@json_option
def incidents(incident_id: str, limit: int, *, as_json: bool) -> None:
    """List the newest incidents; with the id of one, show that one whole."""
    records = open_records()
    if incident_id:
        told = _describe_whole(records, find_incident(records, incident_id))
        records.close()
        print_json(told) if as_json else _show(told)
        return
    found = [_describe(one) for one in records.incidents(limit=limit)]
    records.close()
    if as_json:
        print_json(found)
        return
    for one in found:
        state = f"{one['state']}{' (fires)' if one['is_firing'] else ''}"
        where = f"{one['service']}/{one['environment']}"
        click.echo(
            f"{one['id']}  {_moment(one['opened_at'])}  {state:<20}  {one['severity']:<8}  {where}  {one['title']}"
        )


@monitor.command()
@click.argument("incident_id")
@click.option("--as", "login", required=True, help="GitHub account in whose name it is done: it has to be allowed to.")
def heal(incident_id: str, login: str) -> None:
    """Agree to what is proposed for an incident. A running server hears it, and asks GitHub what the account may do."""
    records = open_records(read_only=False)
    incident = find_incident(records, incident_id)
    proposal = incident.proposal
    if incident.state is not IncidentState.WAITING or proposal is None:
        records.close()
        raise UserError(f"Nothing waits to be agreed to in incident {incident.id}: it is {incident.state}.")
    if proposal.is_dry:
        records.close()
        raise UserError(f"The rules of {incident.environment} say that nothing is done there, only said (`dry_run`).")
    records.say_of_incident(incident.id, IncidentWord.APPROVE, by=Actor(0, login, is_bot=False), at=time.time())
    records.close()
    what = "a hot-fix" if proposal.is_hot_fix else f"{proposal.action} {proposal.target}".strip()
    click.echo(f"{login} agrees to this for incident {incident.id}: {what}. A running server goes on with it.")


@monitor.command()
@click.argument("service")
@click.option("--minutes", default=60.0, show_default=True, type=click.FloatRange(0, 43_200), help="0 ends it.")
@click.option("--reason", default="", help="Why, for those who wonder.")
def silence(service: str, minutes: float, reason: str) -> None:
    """Record what is wrong with a service for a while, and say and do nothing about it."""
    settings = read_settings()
    if Services.read(settings.services, settings.service_labels).named(service) is None:
        raise UserError(f"YANTRA_SERVICES names no service {service}.")
    records = open_records(read_only=False)
    until = time.time() + 60 * minutes if minutes else 0.0
    records.silence(Silence(service, until, getpass.getuser(), reason))
    records.close()
    click.echo(f"{service} is silenced until {_moment(until)}." if minutes else f"{service} is silenced no more.")


def find_incident(records: Records, incident_id: str) -> Incident:
    """Return an incident; raise UserError where there is none of this id."""
    incident = records.incident(incident_id)
    if incident is None:
        records.close()
        raise UserError(f"There is no incident {incident_id}. `yantra monitor incidents` names them.")
    return incident


def _describe_service(records: Records, service: Service) -> dict[str, Any]:
    mine = [one for one in records.incidents_open() if not one.state.is_over and one.service == service.name]
    silences = [one.until for one in records.silences(at=time.time()) if one.service == service.name]
    return {
        "service": service.name,
        "repository": service.repository,
        "environment": service.environment,
        "is_firing": any(one.is_firing for one in mine),
        "incidents": {one.id: one.title for one in mine},
        "silenced_until": silences[0] if silences else None,
    }


def _describe(incident: Incident) -> dict[str, Any]:
    names = (
        *("id", "service", "environment", "title", "opened_at", "is_firing", "last_fired_at", "ended_at", "alerts"),
        *("heard", "flaps", "opened_again", "issue", "pull_request", "note"),
    )
    return {
        **{name: getattr(incident, name) for name in names},
        "state": incident.state.value,
        "severity": incident.severity.value,
        "cause": incident.diagnosis.cause if incident.diagnosis else "",
    }


def _describe_whole(records: Records, incident: Incident) -> dict[str, Any]:
    kept = records.incident_alerts(incident.id, SHOWN_ALERTS)
    return {
        **_describe(incident),
        "news": [{"at": at, "text": text} for at, text in incident.news],
        "runs": [{"what": what, "run_id": run_id} for what, run_id in incident.runs],
        "said": [
            {"word": one.word.value, "by": one.by.login, "at": one.at} for one in records.words_of_incident(incident.id)
        ],
        "first_alerts": [
            {
                "name": one.alert.name,
                "summary": one.alert.summary,
                "source": one.alert.source.value,
                "is_firing": one.alert.is_firing,
                "first_at": one.first_at,
                "heard": one.heard,
                "url": one.alert.url,
            }
            for one in kept
        ],
    }


def _show(told: dict[str, Any]) -> None:
    """Print one incident for people."""
    fires = "fires" if told["is_firing"] else f"nothing fires since {_moment(told['ended_at'])}"
    click.echo(
        f"{told['title']}\n{told['service']}/{told['environment']}  {told['severity']}  {told['state']}  {fires}"
    )
    for name in ("cause", "note"):
        if told[name]:
            click.echo(f"{name}: {told[name]}")
    counted = f"{told['alerts']} alerts, heard {told['heard']} times, came back {told['flaps']} times"
    click.echo(f"opened {_moment(told['opened_at'])}; {counted}")
    for one in told["news"]:
        click.echo(f"  {_moment(one['at'])}  {one['text']}")
    for one in told["first_alerts"]:
        state = "fires" if one["is_firing"] else "is over"
        click.echo(f"  alert of {one['source']}: {one['name']} {state}, heard {one['heard']} times: {one['summary']}")
    for one in told["runs"]:
        click.echo(f"  {one['what']}: run {one['run_id']}")
    for one in told["said"]:
        click.echo(f"  {_moment(one['at'])}  {one['by']} said {one['word']}")


def _moment(at: float | None) -> str:
    return "?" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
