"""A run that cannot go on is told of where people look for it."""

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.forge_bench import Bench, open_bench
from tests.fakes.github.judge import Judge
from yantra_bot.app.abandoned import tell_abandoned
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.deployments import Deployed
from yantra_bot.domain.environment import Release
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.run import Order
from yantra_bot.runs.records import Records
from yantra_bot.runs.workshop import Workshop


def workshop_of(bench: Bench, records: Records) -> Workshop:
    """Return one of which only the forge and the records are ever used."""
    nothing: Any = None
    return Workshop(
        forge=lambda *_: bench.forge,
        remote=nothing,
        workspace=nothing,
        model=nothing,
        default_model="",
        estimate=nothing,
        blobs=records.blobs,
        records=records,
        clock=bench.clock,
        limits=nothing,
        page_url=lambda run_id: f"https://yantra.example.com/runs/{run_id}",
        handle="yantra",
    )


@pytest.mark.parametrize(
    ("verb", "words"), [(Verb.REVIEW, ("## Not reviewed", "yantra:review")), (Verb.IMPLEMENT, ("**Failed",))]
)
async def test_an_abandoned_run_is_told_in_its_own_comment(
    tmp_path: Path, judge: Judge | None, verb: Verb, words: tuple[str, ...]
) -> None:
    """A review's is the summary of its pull request; told twice it is one comment."""
    async with open_bench(tmp_path, judge=judge) as bench:
        issue = bench.fake.add_issue(bench.there, title="t", by="ann")
        records = Records.open(tmp_path / "records.sqlite")
        order = Order(
            "run1",
            bench.repository,
            bench.installation.id,
            issue.number,
            Command(verb),
            Actor(5, "ann", False),
            None,
            1.0,
        )
        records.start_run(order, 1.0)
        for _ in range(2):
            await tell_abandoned(workshop_of(bench, records), order, "The process died five times.")
        records.close()
    (comment,) = issue.comments
    assert "The process died five times." in comment.body
    assert all(word in comment.body for word in words)


async def test_an_abandoned_roll_out_locks_its_environment(tmp_path: Path, judge: Judge | None) -> None:
    """How far it came nobody knows: nothing else is deployed there until somebody looked; told twice it is one lock."""
    async with open_bench(tmp_path, judge=judge) as bench:
        issue = bench.fake.add_issue(bench.there, title="t", by="ann")
        records = Records.open(tmp_path / "records.sqlite")
        person, command = Actor(5, "ann", False), Command(Verb.DEPLOY, "staging")
        order = Order("run1", bench.repository, bench.installation.id, issue.number, command, person, None, 1.0)
        records.start_run(order, 1.0)
        release = Release("c" * 40, "registry.test/shop", "sha256:" + "d" * 64)
        records.begin_deployment(bench.repository.id, Deployed("run1", "staging", "main", "shop", release, "ann", 2.0))
        for _ in range(2):
            await tell_abandoned(workshop_of(bench, records), order, "Version 1 began it, and 2 cannot go on.")
        (lock,) = records.environment_locks(bench.repository.id, "staging")
        (kept,) = records.deployments(bench.repository.id, "staging")
        records.close()
    (said,) = issue.comments
    assert "The roll-back failed: " in said.body
    assert "look at the cluster, then unlock the environment" in said.body
    assert lock.commit == release.commit
    assert kept.verdict is Verdict.ERROR
