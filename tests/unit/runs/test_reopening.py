"""Where a run that failed is opened again: at the step that failed, with what only told of it and what allowed it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.runs.test_replaying import ORDER
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import UserError
from yantra_bot.runs.codec import Failure, FailureKind, encode_failure, encode_value
from yantra_bot.runs.records import Records
from yantra_bot.runs.reopening import find_cut
from yantra_bot.runs.resuming import place_of


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("names", "cut"),
    [
        ("model#1 tools#1 authorise#1 progress#3 now#2 push#1! now#3 progress#4", 2),
        ("model#1 model#2! now#1 progress#2", 1),
        ("read#1! assemble#1 model#1 now#1 progress#2", 3),
        ("fetch#1!", 0),
        ("progress#1", 0),
        ("", 0),
        ("model#1", 1),
        ("push#1 open#1! now#1 progress#1 read back comment#1", 1),
        ("diff#1 push#1 authorise#1 open#1! read#1!", 4),
    ],
)
def test_the_cut(names: str, cut: int) -> None:
    """Of several failures the last; one that the story went on after stays as it is."""
    steps = [(name.rstrip("!"), "permanent" if name.endswith("!") else None) for name in names.split()]
    assert find_cut(steps) == cut


def test_a_failed_run_is_opened_once_with_what_it_did(records: Records) -> None:
    """Its steps before the failure, its phases before it, its cost; the ending, the stop and the launches are gone."""
    records.start_run(ORDER, 1.0)
    for number, phase in enumerate((Phase.CONTEXT_ASSEMBLY, Phase.CODE_GENERATION, Phase.GIT_COMMIT), 1):
        records.phase(ORDER.run_id, phase, float(number), ordinal=number)
    failed = encode_failure(Failure(FailureKind.TRANSIENT, "away"))
    for number, (name, envelope) in enumerate(
        (("model#1", encode_value(1, int)), ("push#1", failed), ("progress#1", encode_value("", str))), 1
    ):
        records.begin_step(ORDER.run_id, number, name, request="", at=1.5 + number)
        records.finish_step(ORDER.run_id, number, envelope, at=1.5 + number)
    records.request_stop(ORDER.run_id, "ann", at=3.0)
    records.end_run(ORDER.run_id, Ending(Phase.FAILED, "away"), 4.0)
    records.ask_resume(ORDER.run_id, "ann")
    assert records.resumes_asked() == (ORDER.run_id,)
    assert records.reopen_run(ORDER.run_id)
    assert not records.reopen_run(ORDER.run_id)
    run = records.run(ORDER.run_id)
    assert run is not None
    assert (run.ending, run.stop_by, run.ended_at) == (None, None, None)
    assert [one.name for one in records.steps(ORDER.run_id)] == ["model#1"]
    assert [one.phase for one in run.phases] == [
        Phase.QUEUED,
        Phase.CONTEXT_ASSEMBLY,
        Phase.CODE_GENERATION,
        Phase.GIT_COMMIT,
    ]
    with pytest.raises(UserError, match="has not ended"):
        records.ask_resume(ORDER.run_id, "ann")
    records.forget_resume(ORDER.run_id)
    assert records.resumes_asked() == ()
    records.end_run(ORDER.run_id, Ending(Phase.COMPLETE, "done"), 9.0)
    with pytest.raises(UserError, match="Only one that failed or was stopped"):
        records.ask_resume(ORDER.run_id, "ann")
    with pytest.raises(UserError, match="There is no run"):
        records.ask_resume("no", "ann")
    assert place_of(ORDER)[0] == "implement"


@pytest.mark.parametrize(
    ("verb", "argument", "place"),
    [
        (Verb.DEPLOY, "staging", ("deploy", "1/deploy/staging")),
        (Verb.ROLLBACK, "staging why", ("deploy", "1/deploy/staging")),
        (Verb.HEAL, "restart/shop", ("heal", "1/heal")),
    ],
)
def test_what_is_about_a_cluster_is_ordered_anew(records: Records, verb: Verb, argument: str, place: object) -> None:
    """What it judged, and what it found there, is over; its story is known all the same."""
    order = replace(ORDER, command=Command(verb, argument))
    records.start_run(order, 1.0)
    records.end_run(order.run_id, Ending(Phase.FAILED, "away"), 4.0)
    with pytest.raises(UserError, match="order it anew"):
        records.ask_resume(order.run_id, "ann")
    assert place_of(replace(order, repository=replace(order.repository, id=1))) == place
