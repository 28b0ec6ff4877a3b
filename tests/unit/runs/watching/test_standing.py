"""What the bot may do of its own accord: what the default branch's rules let it now, and nothing by another's order."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench, open_bench
from tests.unit.monitor.incidents import INCIDENT
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.deployments import Approval, Pin
from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.repository import Actor, Permission
from yantra_bot.domain.run import Order
from yantra_bot.errors import UserError
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.standing import UNDO, find_approver, permission_of

BOT, ANN = Actor(5, "yantra[bot]", is_bot=True), Actor(7, "ann", is_bot=False)
RULES = (
    "deploy:\n  image: ghcr.io/octo/demo\n  environments:\n    production: {{cluster: main, namespace: shop}}\n"
    "monitor:\n  production: {{{policies}}}\n"
)
BACK, DEPLOY = Command(Verb.ROLLBACK, "production incident x"), Command(Verb.DEPLOY, "production")
FIX, UNDOING = Command(Verb.FIX), Command(Verb.ROLLBACK, f"production {UNDO} x")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncGenerator[Bench, None]:
    async with open_bench(tmp_path) as opened:
        yield opened


@pytest.fixture
def records(tmp_path: Path, bench: Bench) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    opened.put_incident(replace(INCIDENT, repository_id=bench.there.id))
    yield opened
    opened.close()


def order(bench: Bench, command: Command, *, by: Actor = BOT, incident: str = INCIDENT.id) -> Order:
    return Order("1" * 24, bench.repository, 1, 3, command, by, None, 0.0, incident=incident)


async def may(bench: Bench, records: Records, given: Order, policies: str) -> Permission:
    bench.fake.commit(bench.there, {".github/yantra.yml": RULES.format(policies=policies)})
    return await permission_of(given, records, bench.forge)


@pytest.mark.parametrize(
    ("command", "policies", "expected"),
    [
        (BACK, "roll_back: automatic", Permission.WRITE),
        (BACK, "hot_fix: automatic", Permission.NONE),
        (BACK, "roll_back: approve", Permission.NONE),
        (BACK, "roll_back: automatic, dry_run: true", Permission.NONE),
        (FIX, "hot_fix: automatic", Permission.WRITE),
        (DEPLOY, "hot_fix: automatic", Permission.WRITE),
        (DEPLOY, "roll_back: automatic", Permission.NONE),
        (UNDOING, "roll_back: suggest", Permission.WRITE),
    ],
)
async def test_the_rules_decide_about_the_bots_own_orders(
    bench: Bench, records: Records, command: Command, policies: str, expected: Permission
) -> None:
    """As they are now: what was automatic when it was decided need not be so any more."""
    assert await may(bench, records, order(bench, command), policies) is expected


async def test_a_bot_without_an_incident_of_this_repository_may_nothing(bench: Bench, records: Records) -> None:
    """Whatever the rules say: an incident of another repository, and one that is not there, are none."""
    assert await may(bench, records, order(bench, BACK, incident="b" * 24), "roll_back: automatic") is Permission.NONE
    records.put_incident(replace(INCIDENT, id="c" * 24, repository_id=bench.there.id + 1))
    assert await may(bench, records, order(bench, BACK, incident="c" * 24), "roll_back: automatic") is Permission.NONE
    assert await may(bench, records, order(bench, BACK, incident=""), "roll_back: automatic") is Permission.NONE


async def test_a_person_may_what_the_forge_says(bench: Bench, records: Records) -> None:
    """Also for an incident whose policy would let the bot do it."""
    given = order(bench, BACK, by=ANN)
    assert await may(bench, records, given, "roll_back: automatic") is Permission.NONE
    bench.fake.permit(bench.there, "ann", "write")
    assert await permission_of(given, records, bench.forge) is Permission.WRITE


async def test_a_paused_bot_may_nothing(bench: Bench, records: Records) -> None:
    """The operator's switch comes before every policy."""
    given = order(bench, BACK)
    assert await may(bench, records, given, "roll_back: automatic") is Permission.WRITE
    records.pause(bench.there.id, "ops", at=1.0)
    assert await permission_of(given, records, bench.forge) is Permission.NONE


def shipped(bench: Bench) -> Incident:
    return replace(
        INCIDENT, repository_id=bench.there.id, pull_request=5, fixed_commit="f" * 40, runs=(("ship", "2" * 24),)
    )


async def test_only_the_approval_of_what_was_shipped_merges_it(bench: Bench, records: Records) -> None:
    """By somebody who may still write: of another commit, or by who lost the right, it counts as none."""
    incident = shipped(bench)
    with pytest.raises(UserError, match="Nobody who may write"):
        await find_approver(records, bench.forge, incident)
    records.start_run(replace(order(bench, DEPLOY), run_id="2" * 24), 1.0)
    records.approve_deployment("2" * 24, Approval(ANN, Pin("e" * 40, "sha256:1", "m"), 1.0))
    bench.fake.permit(bench.there, "ann", "write")
    with pytest.raises(UserError, match="Nobody who may write"):
        await find_approver(records, bench.forge, incident)
    right = Approval(ANN, Pin("f" * 40, "sha256:2", "m"), 2.0)
    records.approve_deployment("2" * 24, right)
    assert await find_approver(records, bench.forge, incident) == right
    bench.fake.permit(bench.there, "ann", "read")
    with pytest.raises(UserError, match="Nobody who may write"):
        await find_approver(records, bench.forge, incident)
