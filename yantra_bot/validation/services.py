"""Where the services lie that integration tests may want, and how a command is run with them. Starts nothing itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runners import read_source
from yantra_bot.domain.integration import IntegrationRules, Service
from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, Finished, Job
from yantra_bot.sandbox.environment import Environment
from yantra_bot.sandbox.limits import GIB, TESTS

SCRIPT: Final = "with_services.py"
NO_SERVICE: Final = 91
_PLACES: Final[Mapping[Service, tuple[str, str]]] = {Service.POSTGRESQL: ("/usr/lib/postgresql", "postgres")}
_PACKAGES: Final[Mapping[Service, str]] = {Service.POSTGRESQL: "postgresql"}


class ServiceMissing(UserError):
    """A declared service is not installed on this machine. Cure: the message names the package."""


@dataclass(frozen=True, slots=True)
class Services:
    """The folders of the services' programs, as the machine and the sandbox have them."""

    programs: Mapping[Service, Path]


def preload() -> None:
    """Read now what runs inside the sandbox: a process that gives up its rights may not reach the file any more."""
    read_source(SCRIPT)


def find_services(wanted: tuple[Service, ...], *, root: Path = Path("/")) -> Services:
    """Return where the services are, each in its newest version. Raises ServiceMissing with the cure."""
    found = {}
    for service in wanted:
        place, program = _PLACES[service]
        versions = [path.parent for path in (root / place.lstrip("/")).glob(f"*/bin/{program}") if path.is_file()]
        if not versions:
            raise ServiceMissing(
                f"{service} is declared in the repository's rules and is not installed on the bot's machine. "
                f"Cure: sudo apt-get install {_PACKAGES[service]}"
            )
        found[service] = max(versions, key=_read_version)
    return Services(found)


def _read_version(programs: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in programs.parent.name.split(".") if part.isdecimal())


def make_job(rules: IntegrationRules, services: Services, environment: Environment, tree: Path, python: str) -> Job:
    """Return the job that runs the command with its services. `python` is the sandbox's own."""
    script = f"{RUNNERS_FOLDER}/{SCRIPT}"
    limits = replace(TESTS, wall_seconds=rules.timeout_seconds, memory_bytes=3 * GIB)
    wanted = json.dumps({service: str(path) for service, path in services.programs.items()})
    argv = (python, "-I", script, wanted, *rules.command)
    job = environment.make_job(argv, workspace=tree, limits=limits, variables={"CI": "true", "TZ": "UTC"})
    return replace(job, files={**job.files, script: read_source(SCRIPT)})


def describe_failure(finished: Finished) -> str:
    """Return what went wrong in a run, in a few words; empty where nothing did."""
    code = finished.exit_code
    if code is None:
        return f"it was ended after {finished.seconds:.0f} s by its limit of {finished.limit or 'time'}"
    if code in (126, 127):
        return f"it cannot be run (exit code {code})"
    return f"it ended with exit code {code}" if code else ""
