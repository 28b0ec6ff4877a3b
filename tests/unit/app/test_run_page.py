"""Runs at work, and what ended runs did, become numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from yantra_bot.app.run_page import RunPage
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.executions import Execution
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.run import Ending, Order, Phase, Spent
from yantra_bot.errors import Transient
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.codec import encode_failure, encode_value, to_failure
from yantra_bot.runs.records import Records


def order(run_id: str) -> Order:
    return Order(run_id, Repository(1, "o", "n"), 2, 7, Command(Verb.IMPLEMENT), Actor(3, "alice", False), 4, 100.0)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def page(registry: CollectorRegistry) -> RunPage:
    return RunPage(registry)


@pytest.fixture
def records(tmp_path: Path, page: RunPage) -> Iterator[Records]:
    found = Records.open(tmp_path / "records.sqlite", on_outcome=(page.hear,))
    yield found
    found.close()


def test_runs_at_work_are_shown_by_phase(records: Records, page: RunPage, registry: CollectorRegistry) -> None:
    """Those that wait, too; a phase that nobody is in any more is zero."""
    for name in ("a", "b", "c"):
        records.start_run(order(name), 1.0)
    records.phase("c", Phase.UNIT_TESTING, 2.0)
    page.look(records)
    assert registry.get_sample_value("yantra_runs_at_work", {"phase": "Queued"}) == 2
    assert registry.get_sample_value("yantra_runs_at_work", {"phase": "UnitTesting"}) == 1
    assert registry.get_sample_value("yantra_queue_depth") == 2
    records.end_run("c", Ending(Phase.COMPLETE, ""), 3.0)
    page.look(records)
    assert registry.get_sample_value("yantra_runs_at_work", {"phase": "UnitTesting"}) == 0


def test_an_ended_run_is_counted_once(records: Records, page: RunPage, registry: CollectorRegistry) -> None:
    """Its tokens, who answered, its phases, what failed in its sandboxes."""
    records.start_run(order("a"), 1.0)
    records.phase("a", Phase.UNIT_TESTING, 10.0)
    records.phase("a", Phase.PLANNING, 12.0)
    batch = ToolBatch(
        (), Changeset(()), executions=(Execution(("sleep", "9"), "low", None, 9.0), Execution(("ls",), "low", 0, 0.1))
    )
    steps = (
        ("tools#1", encode_value(batch, ToolBatch)),
        ("test#1", encode_value(TestReport(Verdict.ERROR, ("pytest",), None, 1.0), TestReport)),
        ("test#2", encode_value(TestReport(Verdict.FAIL, ("pytest",), 1, 1.0), TestReport)),
        ("open#1", encode_failure(to_failure(Transient("later")))),
    )
    for number, (name, envelope) in enumerate(steps):
        records.begin_step("a", number, name, request="", at=1.0)
        records.finish_step("a", number, envelope, at=2.0)
    spent = Spent(input_tokens=1_000, output_tokens=50, model_calls=5, kept_answers=2)
    records.end_run("a", Ending(Phase.COMPLETE, "", spent=spent), 30.0)
    for _ in range(3):
        page.count_ended(records)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert (value("yantra_run_tokens_total", kind="input"), value("yantra_run_tokens_total", kind="output")) == (
        1_000,
        50,
    )
    assert (value("yantra_model_calls_total", answer="model"), value("yantra_model_calls_total", answer="cache")) == (
        3,
        2,
    )
    assert (
        value("yantra_phase_seconds_sum", phase="UnitTesting"),
        value("yantra_phase_seconds_count", phase="UnitTesting"),
    ) == (2, 1)
    assert value("yantra_phase_seconds_sum", phase="Planning") == 18
    assert (
        value("yantra_sandbox_failures_total", what="command"),
        value("yantra_sandbox_failures_total", what="tests"),
    ) == (1, 1)
    assert value("yantra_failed_steps_total", kind="transient") == 1


def test_a_step_that_cannot_be_read_ends_nothing(records: Records, page: RunPage, registry: CollectorRegistry) -> None:
    """It may be of another version; the runs after it are counted."""
    for name in ("old", "new"):
        records.start_run(order(name), 1.0)
        records.phase(name, Phase.PLANNING, 2.0)
    records.begin_step("old", 1, "test#1", request="", at=1.0)
    records.finish_step("old", 1, 'ok [{"verdict": 7}]', at=2.0)
    for name in ("old", "new"):
        records.end_run(name, Ending(Phase.COMPLETE, ""), 30.0)
    page.count_ended(records)
    assert registry.get_sample_value("yantra_phase_seconds_count", {"phase": "Planning"}) == 2
