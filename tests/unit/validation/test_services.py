"""Services of integration tests are found on the machine, started in the sandbox, and gone with it."""

import glob
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.domain.integration import IntegrationRules, Service
from yantra_bot.sandbox.contract import Finished
from yantra_bot.validation.services import ServiceMissing, Services, describe_failure, find_services, make_job
from yantra_bot.worker.desk import NO_ENVIRONMENT

needs_postgresql = pytest.mark.skipif(
    not glob.glob("/usr/lib/postgresql/*/bin/postgres"),  # noqa: PTH207 (a pattern of the machine's, not a path)
    reason="NO POSTGRESQL: apt-get install postgresql",
)


def run(world: SandboxWorld, code: str, services: Services, *, seconds: float = 60) -> Finished:
    """Run a shell's words with services."""
    rules = IntegrationRules(("sh", "-c", code), timeout_seconds=seconds)
    tree = world.make_tree({})
    return world.sandbox.run(make_job(rules, services, NO_ENVIRONMENT, tree, world.interpreter.executable))


def test_a_service_that_is_not_there_is_told_with_its_cure(tmp_path: Path) -> None:
    """By the package's name."""
    with pytest.raises(ServiceMissing, match="sudo apt-get install postgresql"):
        find_services((Service.POSTGRESQL,), root=tmp_path)


def test_the_newest_version_is_taken(tmp_path: Path) -> None:
    """By number, not by letter."""
    for version in ("9.6", "15", "16"):
        program = tmp_path / "usr/lib/postgresql" / version / "bin" / "postgres"
        program.parent.mkdir(parents=True)
        program.touch()
    found = find_services((Service.POSTGRESQL,), root=tmp_path)
    assert found.programs[Service.POSTGRESQL].parent.name == "16"
    assert find_services(()) == Services({})


@pytest.mark.sandbox
@needs_postgresql
def test_each_run_has_an_empty_database_that_its_variables_lead_to(sandbox_world: SandboxWorld) -> None:
    """By host and by socket address; the exit code is the command's."""
    services = find_services((Service.POSTGRESQL,))
    make = "psql -qc 'create table t (a int)' && psql -Atc 'select 6 * 7' \"$DATABASE_URL\" && exit 3"
    for _ in range(2):
        done = run(sandbox_world, make, services)
        assert (done.exit_code, done.output) == (3, "42")


@pytest.mark.sandbox
def test_a_service_that_does_not_start_is_told_by_a_code_of_its_own(sandbox_world: SandboxWorld) -> None:
    """The command is not run then."""
    nothing = Services({Service.POSTGRESQL: Path("/nowhere")})
    done = run(sandbox_world, "echo ran", nothing)
    assert done.exit_code == 91
    assert "A service did not start" in done.output
    assert "ran" not in done.output.splitlines()


@pytest.mark.sandbox
def test_a_command_is_ended_by_its_limit_and_signals_are_told(sandbox_world: SandboxWorld) -> None:
    """In words that a person reads."""
    assert "limit of time" in describe_failure(run(sandbox_world, "sleep 60", Services({}), seconds=0.5))
    killed = run(sandbox_world, "kill -9 $$", Services({}))
    assert describe_failure(killed) == "it ended with exit code 137"
    assert describe_failure(replace(killed, exit_code=127)) == "it cannot be run (exit code 127)"
    assert describe_failure(run(sandbox_world, "true", Services({}))) == ""
