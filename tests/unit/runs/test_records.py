"""The records: what is kept of a run, and that it stays as it was written."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.harness import make_order
from yantra_bot.domain.conversation import ModelAnswer, StopReason, Usage
from yantra_bot.domain.proof import Confidence, Factor
from yantra_bot.domain.repository import PullRequest
from yantra_bot.domain.run import Ending, Outcome, Phase, RunEnded, Spent
from yantra_bot.errors import SettingsError
from yantra_bot.runs.codec import Failure, FailureKind, encode_failure, encode_value
from yantra_bot.runs.records import PhaseTime, Records
from yantra_bot.runs.schema import StorageUnavailable, load_statements
from yantra_bot.runs.trail import BURST, MAX_LINES, AuditRow, LogLine

DONE = Ending(
    Phase.COMPLETE,
    "done",
    PullRequest(3, "https://forge.example/3", "fix: it", "yantra/7-it", "c0ffee", "main", is_draft=False, is_open=True),
    "yantra/7-it",
    Confidence(0.9, (Factor("model", 0.3, None, "it did not say"),)),
    Spent(usd=0.25, model_calls=1),
)


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def records(tmp_path: Path, time: Time) -> Iterator[Records]:
    records = Records.open(tmp_path / "state" / "records.sqlite", now=time)
    yield records
    records.close()


def answer(number: int, cost: float | None = 0.5) -> ModelAnswer:
    usage = Usage(input=10, output=5, cache_read=100, cache_write=1)
    return ModelAnswer("some-model", (), StopReason.END_TURN, usage, cost, f"req-{number}", 1.5)


def test_a_run_is_kept_whole(records: Records) -> None:
    """Order, phases with their times and the ending come back as they were."""
    order = make_order()
    assert records.start_run(order, 10.0)
    assert not records.start_run(order, 11.0)
    records.phase("run-1", Phase.CONTEXT_ASSEMBLY, 12.0)
    assert records.end_run("run-1", DONE, 13.0)
    record = records.run("run-1")
    assert record is not None
    assert (record.order, record.ending, record.ended_at, record.phase) == (order, DONE, 13.0, Phase.COMPLETE)
    assert record.phases == (
        PhaseTime(Phase.QUEUED, 10.0),
        PhaseTime(Phase.CONTEXT_ASSEMBLY, 12.0),
        PhaseTime(Phase.COMPLETE, 13.0),
    )
    assert records.order("run-1") == order
    assert (records.run("nobody"), records.order("nobody")) == (None, None)


def test_a_final_phase_that_the_story_stored_is_not_stored_twice(records: Records) -> None:
    """The end of a run adds its phase only where it is missing."""
    records.start_run(make_order(), 10.0)
    records.phase("run-1", Phase.COMPLETE, 12.0)
    records.end_run("run-1", DONE, 13.0)
    assert [phase for phase, _ in records.timeline("run-1")] == [Phase.QUEUED, Phase.COMPLETE]


def test_a_replayed_phase_changes_nothing(records: Records) -> None:
    """With the ordinal of the first passage, neither the time nor the newest phase moves."""
    records.start_run(make_order(), 10.0)
    records.phase("run-1", Phase.CODE_GENERATION, 12.0, ordinal=1)
    records.phase("run-1", Phase.UNIT_TESTING, 13.0, ordinal=2)
    records.phase("run-1", Phase.CODE_GENERATION, 99.0, ordinal=1)
    assert records.timeline("run-1")[1:] == ((Phase.CODE_GENERATION, 12.0), (Phase.UNIT_TESTING, 13.0))


def test_the_first_ending_stands(records: Records) -> None:
    """A run that ended cannot end otherwise."""
    records.start_run(make_order(), 10.0)
    assert records.end_run("run-1", DONE, 13.0)
    assert not records.end_run("run-1", Ending(Phase.FAILED, "late"), 14.0)
    assert records.ending("run-1") == DONE


def test_subscribers_hear_of_an_ending_once_and_one_that_fails_holds_nobody_up(tmp_path: Path) -> None:
    """Every subscriber is told, also after one that raises; ending the run again tells nobody."""
    heard: list[Outcome] = []

    def broken(outcome: Outcome) -> None:
        raise ValueError("a bug of a subscriber")

    records = Records.open(tmp_path / "records.sqlite", on_outcome=[broken, heard.append])
    records.start_run(make_order(), 10.0)
    records.end_run("run-1", DONE, 13.0)
    records.end_run("run-1", DONE, 14.0)
    records.close()
    assert heard == [RunEnded(make_order(), DONE)]


def test_subscribers_are_told_after_a_kill_in_between(tmp_path: Path) -> None:
    """An ending that was stored but not told is told when the run is ended again."""
    heard: list[Outcome] = []
    records = Records.open(tmp_path / "records.sqlite", on_outcome=[heard.append])
    records.start_run(make_order(), 10.0)
    records.end_run("run-1", DONE, 13.0)
    with closing(sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)) as other:
        other.execute("UPDATE runs SET was_told = 0")
    records.end_run("run-1", DONE, 14.0)
    records.close()
    assert len(heard) == 2


def test_runs_are_found_by_age_repository_issue_and_person(records: Records) -> None:
    """Newest first for pages, oldest first for work, counted per person for the rate limit."""
    for number in range(4):
        order = make_order(f"run-{number}", repository=number % 2, issue=number // 2, by=number % 2, at=100.0 + number)
        records.start_run(order, 10.0)
    records.end_run("run-0", DONE, 13.0)
    assert [run.order.run_id for run in records.runs(2)] == ["run-3", "run-2"]
    assert [run.order.run_id for run in records.runs(repository_id=0)] == ["run-2", "run-0"]
    assert [order.run_id for order in records.active()] == ["run-1", "run-2", "run-3"]
    assert [order.run_id for order in records.active(0, 0)] == []
    assert [order.run_id for order in records.active(0, 1)] == ["run-2"]
    last = records.last_run_of_issue(0, 0)
    assert last is not None
    assert last.order.run_id == "run-0"
    assert records.last_run_of_issue(9, 9) is None
    assert (records.runs_of_person(1, since=100.0), records.runs_of_person(1, since=102.0)) == (2, 1)


def test_notes_are_small_facts_that_can_change(records: Records) -> None:
    """The newest value of each key is kept."""
    records.start_run(make_order(), 10.0)
    records.note("run-1", "comment", "1")
    records.note("run-1", "comment", "2")
    records.note("run-1", "check", "3")
    assert records.notes("run-1") == {"comment": "2", "check": "3"}


def test_spending_is_summed_and_never_counted_twice(records: Records) -> None:
    """The same call again (a replay) adds nothing; a call without a price is counted apart."""
    records.start_run(make_order(), 10.0)
    for number, cost in ((1, 0.5), (1, 0.5), (2, None)):
        records.model_call("run-1", number, answer(number, cost), at=20.0)
    records.tool_batch("run-1", 1, 3)
    records.tool_batch("run-1", 1, 3)
    assert records.spent("run-1") == Spent(
        usd=0.5, input_tokens=222, output_tokens=10, model_calls=2, tool_calls=3, unpriced_calls=1
    )
    assert records.spent("nobody") == Spent()
    assert (records.spent_since(20.0), records.spent_since(21.0)) == (0.5, 0.0)
    own = make_order().repository.id
    assert [records.spent_since(20.0, repository=one) for one in (own, own + 1)] == [0.5, 0.0]


@pytest.mark.parametrize("size", [10, 20_000, 300_000])
def test_a_step_keeps_what_was_asked_and_answered(records: Records, size: int) -> None:
    """Small or large, the request and the result come back; how often the work was begun is counted."""
    records.start_run(make_order(), 10.0)
    request, result = "?" * size, encode_value("ä" * size, str)
    for at in (11.0, 12.0):
        records.begin_step("run-1", 1, "model#1", request=request, at=at)
    assert records.steps("run-1")[0].envelope is None
    assert records.finished_step("run-1", 1, "model#1", request=request) is None
    records.finish_step("run-1", 1, result, at=13.0)
    assert records.finished_step("run-1", 1, "model#1", request=request) == result
    step = records.steps("run-1")[0]
    assert (step.request, step.envelope, step.error, step.starts) == (request, result, None, 2)
    assert (step.name, step.started_at, step.finished_at) == ("model#1", 12.0, 13.0)


def test_a_finished_step_answers_only_its_own_request(records: Records) -> None:
    """Another name, number or request is another step."""
    records.start_run(make_order(), 10.0)
    records.begin_step("run-1", 1, "model#1", request="a", at=11.0)
    records.finish_step("run-1", 1, encode_failure(Failure(FailureKind.TRANSIENT, "busy")), at=12.0)
    assert records.finished_step("run-1", 1, "model#1", request="a") is not None
    assert records.finished_step("run-1", 1, "model#1", request="b") is None
    assert records.finished_step("run-1", 1, "model#2", request="a") is None
    assert records.finished_step("run-1", 2, "model#1", request="a") is None
    assert records.steps("run-1")[0].error == "transient"


def test_launches_are_counted_from_the_last_finished_step(records: Records) -> None:
    """Progress, or being put aside in good order, begins the count anew."""
    records.start_run(make_order(), 10.0)
    assert [records.count_launch("run-1") for _ in range(2)] == [1, 2]
    records.begin_step("run-1", 1, "a#1", request="", at=11.0)
    records.finish_step("run-1", 1, "ok 1", at=12.0)
    assert records.count_launch("run-1") == 1
    records.forget_launches("run-1")
    assert records.count_launch("run-1") == 1
    assert records.count_launch("nobody") == 0


def test_an_issue_is_locked_by_one_run_until_it_ends(records: Records) -> None:
    """Whoever asks learns the holder; only the holder, or its end, frees the issue."""
    for run_id in ("run-1", "run-2"):
        records.start_run(make_order(run_id), 10.0)
    assert records.lock_issue(1, 7, "run-1", at=1.0) == "run-1"
    assert records.lock_issue(1, 7, "run-1", at=1.0) == "run-1"
    assert records.lock_issue(1, 7, "run-2", at=2.0) == "run-1"
    assert records.lock_issue(2, 7, "run-2", at=2.0) == "run-2"
    assert not records.unlock_issue(1, 7, "run-2")
    assert records.unlock_issue(1, 7, "run-1")
    assert records.issue_holder(1, 7) is None
    assert records.lock_issue(1, 7, "run-2", at=3.0) == "run-2"
    records.end_run("run-2", DONE, 4.0)
    assert records.issue_holder(1, 7) is records.issue_holder(2, 7) is None


def test_a_task_without_an_issue_is_never_locked(records: Records) -> None:
    """Two tasks from a command line run side by side."""
    assert records.lock_issue(1, 0, "run-1", at=1.0) == "run-1"
    assert records.lock_issue(1, 0, "run-2", at=1.0) == "run-2"


def test_a_stop_is_asked_for_once_and_only_of_a_run_that_goes_on(records: Records) -> None:
    """The first who asked is kept; an ended or unknown run cannot be stopped."""
    records.start_run(make_order(), 10.0)
    assert records.stop_requested("run-1") is None
    assert records.request_stop("run-1", "ann", at=11.0)
    assert not records.request_stop("run-1", "bob", at=12.0)
    assert records.stop_requested("run-1") == "ann"
    assert not records.request_stop("nobody", "ann", at=11.0)
    assert records.stop_requested("nobody") is None
    records.start_run(make_order("run-2"), 10.0)
    records.end_run("run-2", DONE, 11.0)
    assert not records.request_stop("run-2", "ann", at=12.0)


def test_a_pause_holds_one_repository_or_everything(records: Records) -> None:
    """The pause of everything names its author first; each is lifted by itself."""
    assert not records.is_paused(1)
    records.pause(1, "ann", at=1.0)
    records.pause(1, "bob", at=2.0)
    assert (records.paused_by(1), records.paused_by(2)) == ("ann", None)
    records.pause(None, "root", at=3.0)
    assert (records.paused_by(1), records.is_paused(2)) == ("root", True)
    assert records.resume(None)
    assert not records.resume(None)
    assert records.paused_by(1) == "ann"
    assert records.resume(1)


@pytest.mark.case("N06")
def test_the_audit_trail_is_append_only(records: Records, tmp_path: Path) -> None:
    """A row is added once, replay or not, and no one changes or removes it, not even in the file."""
    for _ in range(2):
        records.audit("run-1", what="push yantra/7-it", sha="c0ffee", who="yantra", at=5.0)
    records.audit("run-2", what="pull request 3", sha="c0ffee", who="yantra", at=6.0)
    assert records.audit_rows("run-1") == (AuditRow("run-1", "yantra", "push yantra/7-it", "c0ffee", 5.0),)
    assert len(records.audit_rows()) == 2
    with closing(sqlite3.connect(tmp_path / "state" / "records.sqlite", isolation_level=None)) as other:
        for statement in ("DELETE FROM audit", "UPDATE audit SET who = 'nobody'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                other.execute(statement)


def test_log_lines_are_written_in_batches(records: Records, time: Time) -> None:
    """A line is there at the latest after half a second of more lines, at the end of the run, or on closing."""
    records.start_run(make_order(), 10.0)
    records.log("run-1", "first")
    assert records.lines("run-1") == ()
    time.now += 1
    records.log("run-1", "second")
    assert records.lines("run-1") == (LogLine(1000.0, "first"), LogLine(1001.0, "second"))
    records.log("run-1", "third")
    records.end_run("run-1", DONE, 13.0)
    assert records.lines("run-1")[-1].text == "third"
    records.flush_log("nobody")


def test_a_burst_is_cut_and_the_allowance_comes_back(records: Records, time: Time) -> None:
    """What was left out is said where it is missing, and a clock that jumps back breaks nothing."""
    records.start_run(make_order(), 10.0)
    for number in range(int(BURST) + 10):
        records.log("run-1", str(number))
    time.now += 1
    records.log("run-1", "later")
    time.now -= 3600
    records.log("run-1", "earlier")
    texts = [line.text for line in records.lines("run-1")]
    assert texts[-3:] == ["… 10 lines left out: too many at once", "later", "earlier"]
    assert len(texts) == BURST + 3


def test_log_lines_of_an_unknown_run_hurt_nobody(records: Records) -> None:
    """A line without a run cannot be stored, and raises nothing."""
    records.log("nobody", "line")
    records.flush_log("nobody")
    assert records.lines("nobody") == ()


def test_other_processes_read_while_this_one_writes(records: Records, tmp_path: Path) -> None:
    """A reader sees what is committed, and cannot write."""
    records.start_run(make_order(), 10.0)
    reader = Records.open(tmp_path / "state" / "records.sqlite", read_only=True)
    records.phase("run-1", Phase.UNIT_TESTING, 11.0)
    run = reader.run("run-1")
    assert run is not None
    assert run.phase is Phase.UNIT_TESTING
    with pytest.raises(StorageUnavailable):
        reader.note("run-1", "a", "b")
    reader.close()
    reader.close()


def test_records_survive_being_opened_again(tmp_path: Path) -> None:
    """Opening an existing file migrates nothing twice and loses nothing."""
    path = tmp_path / "records.sqlite"
    for expected in (True, False):
        records = Records.open(path)
        assert records.start_run(make_order(), 10.0) is expected
        records.close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.case("L14")
def test_a_newer_file_is_refused_with_the_cure(tmp_path: Path) -> None:
    """An older version never writes into the tables of a newer one."""
    path = tmp_path / "records.sqlite"
    Records.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA user_version=99")
    for read_only in (False, True):
        with pytest.raises(SettingsError, match="newer version"):
            Records.open(path, read_only=read_only)


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    """A path that was mistyped never adds tables to somebody else's database."""
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA application_id=7")
    with pytest.raises(SettingsError, match="another program"):
        Records.open(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A damaged file is said to be one."""
    path = tmp_path / "records.sqlite"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(SettingsError, match="damaged"):
        Records.open(path)


def test_a_missing_file_is_unavailable_to_a_reader(tmp_path: Path) -> None:
    """Reading creates nothing."""
    with pytest.raises(StorageUnavailable):
        Records.open(tmp_path / "none.sqlite", read_only=True)
    assert not (tmp_path / "none.sqlite").exists()


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """Tables that are in the way stop the opening, and nothing is half made."""
    path = tmp_path / "records.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE audit (id)")
    with pytest.raises(sqlite3.OperationalError):
        Records.open(path)
    with closing(sqlite3.connect(path)) as other:
        assert [row[0] for row in other.execute("SELECT name FROM sqlite_master")] == ["audit"]


def test_every_statement_compiles(records: Records, tmp_path: Path) -> None:
    """No statement waits for its first use to show a mistake."""
    with closing(sqlite3.connect(tmp_path / "state" / "records.sqlite")) as connection:
        for name, statement in load_statements().items():
            if not name.startswith("migration"):
                width = max(map(int, re.findall(r"\?(\d+)", statement)), default=0)
                connection.execute(f"EXPLAIN {statement}", [None] * width)


def test_log_lines_that_cannot_be_written_are_kept_within_bounds(records: Records, tmp_path: Path, time: Time) -> None:
    """A locked file costs the oldest lines at most, and the rest is written later."""
    records.start_run(make_order(), 10.0)
    with closing(sqlite3.connect(tmp_path / "state" / "records.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(MAX_LINES + 400):
            time.now += 4 if number % 200 == 0 else 0
            records.log("run-1", str(number))
    records.flush_log("run-1")
    lines = records.lines("run-1")
    assert len(lines) == MAX_LINES
    assert lines[-1].text == str(MAX_LINES + 399)
