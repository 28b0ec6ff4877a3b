"""What was acknowledged is on disk once, and the inbox says when it cannot take more."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import zlib
from dataclasses import replace

import pytest

from tests.fakes.door import ManualClock
from yantra_bot.domain.events import Delivery
from yantra_bot.errors import Permanent, SettingsError, Transient
from yantra_bot.webhooks.inbox import InboxLimits, SqliteInbox, open_inbox
from yantra_bot.webhooks.inbox_store import SCHEMA_VERSION, Handled, InboxFull, InboxStore, Put

DAY = 86_400


def delivery(number, *, body=b'{"a": 1}', **changes):
    made = Delivery(0, f"delivery-{number}", f"{number:064}", "github", "issue_comment", body, 1_700_000_000.0)
    return replace(made, **changes)


def noise(size):
    """Bytes that do not compress, so that they take the room they are said to take."""
    return os.urandom(size)


@pytest.fixture
async def inbox(tmp_path):
    inbox = await open_inbox(tmp_path / "state" / "inbox.sqlite", clock=ManualClock())
    yield inbox
    await inbox.aclose()


@pytest.fixture
def clock(inbox):
    return inbox._clock


async def test_what_goes_in_comes_out_as_it_was(inbox):
    """A delivery is read back byte for byte, with a sequence of its own."""
    body = noise(5000) + "ü".encode()
    assert await inbox.put(delivery(1, body=body))
    (found,) = await inbox.pending(10)
    assert found == replace(delivery(1, body=body), sequence=found.sequence)
    assert found.sequence > 0


async def test_deliveries_are_handled_in_order_of_arrival(inbox):
    """The oldest come first, a handled one never comes again, and handling it twice changes nothing."""
    for number in range(5):
        await inbox.put(delivery(number))
    first, second = await inbox.pending(2)
    assert (first.delivery_id, second.delivery_id) == ("delivery-0", "delivery-1")
    await inbox.handled(first.sequence, "started")
    await inbox.handled(first.sequence, "again")
    assert [found.delivery_id for found in await inbox.pending(2)] == ["delivery-1", "delivery-2"]
    assert await inbox.waiting() == 4


async def test_a_handled_body_is_kept_packed(inbox):
    """What is only kept for looking at takes a fraction of the room, and can be read back."""
    body = b'{"a": 1}' * 10_000
    await inbox.put(delivery(1, body=body))
    await inbox.handled((await inbox.pending(1))[0].sequence, "done")
    (kept,) = await inbox._run(lambda store: store._db.execute("select body from delivery").fetchone())
    assert len(kept) < len(body) / 50
    assert zlib.decompress(kept) == body


async def test_very_large_bodies_are_read_a_few_at_a_time(inbox):
    """However many are asked for, what is read at once fits into memory, and what is left out comes next time."""
    body = b" " * (40 * 1024 * 1024)
    for number in range(3):
        await inbox.put(delivery(number, body=body))
    found = await inbox.pending(10)
    assert [row.delivery_id for row in found] == ["delivery-0"]
    await inbox.handled(found[0].sequence, "done")
    assert [row.delivery_id for row in await inbox.pending(10)] == ["delivery-1"]


async def test_an_empty_inbox_is_asked_cheaply_and_hears_of_everything(inbox, tmp_path):
    """After an empty answer, what this or another process stores is seen at the next question."""
    assert list(await inbox.pending(10)) == []
    assert list(await inbox.pending(10)) == []
    await inbox.put(delivery(1))
    (own,) = await inbox.pending(10)
    await inbox.handled(own.sequence, "done")
    assert list(await inbox.pending(10)) == []
    other = await open_inbox(tmp_path / "state" / "inbox.sqlite", clock=ManualClock())
    await other.put(delivery(2))
    assert [found.delivery_id for found in await inbox.pending(10)] == ["delivery-2"]
    await inbox.handled((await inbox.pending(1))[0].sequence, "done")
    assert list(await other.pending(10)) == []
    await other.aclose()


@pytest.mark.parametrize("again", [{"content_key": "9" * 64}, {"delivery_id": "another"}, {}])
async def test_the_same_delivery_or_the_same_content_is_one_row(inbox, again):
    """Either name is enough to recognise a delivery, handled or not."""
    assert await inbox.put(delivery(1))
    assert not await inbox.put(delivery(1, **again))
    (found,) = await inbox.pending(10)
    await inbox.handled(found.sequence, "done")
    assert not await inbox.put(delivery(1, **again))
    assert list(await inbox.pending(10)) == []


async def test_ids_of_two_sources_do_not_clash(inbox):
    """Slack may use an id that GitHub used."""
    assert await inbox.put(delivery(1))
    assert await inbox.put(delivery(2, delivery_id="delivery-1", source="slack"))


async def test_a_burst_is_stored_once_and_answered_one_by_one(inbox):
    """Many at once, with duplicates among them, are all answered rightly."""
    answers = await asyncio.gather(*(inbox.put(delivery(number % 100)) for number in range(700)))
    assert sum(answers) == 100
    assert await inbox.waiting() == 100


async def test_reading_and_writing_at_once(inbox):
    """Questions asked together with writes see a consistent inbox."""
    await inbox.put(delivery(1))
    (first,) = await inbox.pending(1)
    _, is_new, found = await asyncio.gather(
        inbox.handled(first.sequence, "done"), inbox.put(delivery(2)), inbox.pending(10)
    )
    assert is_new
    assert [row.delivery_id for row in found] == ["delivery-2"]


async def test_a_full_queue_refuses_and_recovers(tmp_path):
    """Beyond the bound of what waits for its commit a delivery is refused at once, and taken a moment later."""
    inbox = await open_inbox(tmp_path / "i", clock=ManualClock(), limits=InboxLimits(queue_rows=2))
    waiting = [asyncio.ensure_future(inbox.put(delivery(number))) for number in range(3)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert answers[:2] == [True, True]
    assert isinstance(answers[2], Transient)
    assert answers[2].retry_after
    assert await inbox.put(delivery(2))
    await inbox.aclose()


async def test_a_queue_is_bounded_in_bytes_too(tmp_path):
    """Large bodies fill the queue sooner; one larger than the bound alone still passes."""
    inbox = await open_inbox(tmp_path / "i", clock=ManualClock(), limits=InboxLimits(queue_bytes=1000))
    first = asyncio.ensure_future(inbox.put(delivery(1, body=noise(2000))))
    await asyncio.sleep(0)
    with pytest.raises(Transient):
        await inbox.put(delivery(2, body=noise(10)))
    assert await first
    await inbox.aclose()


async def test_a_full_file_refuses_large_and_keeps_taking_small(tmp_path):
    """The file's bound holds; a body too many does not take the ones beside it down."""
    limits = InboxLimits(file_bytes=256 * 1024)
    inbox = await open_inbox(tmp_path / "i", clock=ManualClock(), limits=limits)
    puts = [inbox.put(delivery(1)), inbox.put(delivery(2, body=noise(600_000))), inbox.put(delivery(3))]
    small, large, other = await asyncio.gather(*puts, return_exceptions=True)
    assert (small, other) == (True, True)
    assert isinstance(large, InboxFull)
    assert (tmp_path / "i").stat().st_size <= limits.file_bytes
    await inbox.aclose()


async def test_a_full_file_makes_room_out_of_what_is_handled(tmp_path):
    """Bodies of handled deliveries go first when room is needed; the deliveries stay known."""
    inbox = await open_inbox(tmp_path / "i", clock=ManualClock(), limits=InboxLimits(file_bytes=256 * 1024))
    assert await inbox.put(delivery(1, body=noise(150_000)))
    with pytest.raises(Transient):
        await inbox.put(delivery(2, body=noise(150_000)))
    await inbox.handled((await inbox.pending(1))[0].sequence, "done")
    assert await inbox.put(delivery(2, body=noise(150_000)))
    assert not await inbox.put(delivery(1))
    await inbox.aclose()


async def test_a_file_locked_by_somebody_is_a_matter_of_waiting(tmp_path):
    """While another process holds the write lock, a delivery is refused as transient and works afterwards."""
    inbox = await open_inbox(tmp_path / "i", clock=ManualClock())
    inbox._store._db.execute("pragma busy_timeout = 1")
    other = sqlite3.connect(tmp_path / "i", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(Transient, match="locked"):
        await inbox.put(delivery(1))
    with pytest.raises(Transient):
        await inbox.check()
    other.execute("rollback")
    other.close()
    assert await inbox.put(delivery(1))
    await inbox.check()
    await inbox.aclose()


async def test_one_row_that_cannot_be_stored_fails_alone(inbox):
    """A value that SQLite refuses is its own caller's error."""
    bad = inbox.put(delivery(1, event="\ud800"))
    good = inbox.put(delivery(2))
    wrong, is_new = await asyncio.gather(bad, good, return_exceptions=True)
    assert isinstance(wrong, UnicodeEncodeError)
    assert is_new is True


async def test_bodies_are_forgotten_first_and_keys_much_later(tmp_path):
    """A handled delivery loses its body after a week, is recognised for a year, and is then gone; pending ones stay."""
    clock = ManualClock()
    inbox = await open_inbox(tmp_path / "i", clock=clock)
    await inbox.put(delivery(1))
    await inbox.put(delivery(2))
    await inbox.handled((await inbox.pending(1))[0].sequence, "done")
    clock.time += 8 * DAY
    assert await inbox.prune() == 1
    assert await inbox.prune() == 0
    assert not await inbox.put(delivery(1))
    clock.time += 400 * DAY
    assert await inbox.put(delivery(3))
    assert await inbox.put(delivery(1))
    assert [found.delivery_id for found in await inbox.pending(10)] == ["delivery-2", "delivery-3", "delivery-1"]
    await inbox.aclose()


async def test_closing_stores_what_waits_and_is_safe_twice(tmp_path):
    """What was put before the close is answered and stored; afterwards everything is refused."""
    inbox = await open_inbox(tmp_path / "i", clock=ManualClock())
    waiting = asyncio.ensure_future(inbox.put(delivery(1)))
    await asyncio.sleep(0)
    await inbox.aclose()
    assert await waiting
    await inbox.aclose()
    with pytest.raises(Transient):
        await inbox.put(delivery(2))
    again = await open_inbox(tmp_path / "i", clock=ManualClock())
    assert await again.waiting() == 1
    await again.aclose()


async def test_who_went_away_is_not_answered_and_is_stored_all_the_same(inbox):
    """A caller that was cancelled while it waited breaks nothing for the others."""
    gone = asyncio.ensure_future(inbox.put(delivery(1)))
    stays = asyncio.ensure_future(inbox.put(delivery(2)))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays
    assert await inbox.waiting() == 2


def test_the_thread_ends_with_its_event_loop(tmp_path):
    """An inbox whose loop is gone lets go of its file instead of waiting for ever."""

    async def leave_open() -> SqliteInbox:
        inbox = await open_inbox(tmp_path / "i", clock=ManualClock())
        inbox._jobs.put([])
        return inbox

    inbox = asyncio.run(leave_open())
    inbox._jobs.put([])
    inbox._thread.join(10)
    assert not inbox._thread.is_alive()


def test_the_file_is_its_owners_alone(tmp_path):
    """Payloads of private repositories are readable by nobody else, whatever the umask."""
    before = os.umask(0)
    try:
        store = InboxStore(tmp_path / "i", max_bytes=10**6)
        store.write([Put(delivery(1))])
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path.name != "i.lock"}
    store.close()
    assert set(modes.values()) == {0o600}
    assert "i-wal" in modes


def test_writes_are_durable_by_setting(tmp_path):
    """The file is in WAL mode and every commit is flushed to the disk."""
    store = InboxStore(tmp_path / "i", max_bytes=10**6)
    assert store._db.execute("pragma journal_mode").fetchone()[0] == "wal"
    assert store._db.execute("pragma synchronous").fetchone()[0] == 2
    store.close()


def test_another_program_s_file_is_left_alone(tmp_path):
    """A database of somebody else, and a file that is none, stop start-up with the path and the cure."""
    with sqlite3.connect(tmp_path / "theirs") as db:
        db.execute("create table theirs (a)")
    db.close()
    (tmp_path / "text").write_text("no database " * 500)
    for name in ("theirs", "text"):
        before = (tmp_path / name).read_bytes()
        with pytest.raises(SettingsError, match=f"{name} is no inbox of Yantra.*YANTRA_STATE_FOLDER"):
            InboxStore(tmp_path / name, max_bytes=10**6)
        assert (tmp_path / name).read_bytes() == before


def test_a_newer_version_s_file_is_left_alone(tmp_path):
    """A file with a later schema says which versions they are, and is not touched."""
    InboxStore(tmp_path / "i", max_bytes=10**6).close()
    with sqlite3.connect(tmp_path / "i") as db:
        db.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    db.close()
    with pytest.raises(
        SettingsError, match=f"newer Yantra .schema {SCHEMA_VERSION + 1}, this one knows {SCHEMA_VERSION}"
    ):
        InboxStore(tmp_path / "i", max_bytes=10**6)


def test_a_folder_that_cannot_be_written_is_transient(tmp_path):
    """Where the state folder cannot be made, the error says what the disk said."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Transient, match="Cannot open the inbox"):
        InboxStore(tmp_path / "file" / "i", max_bytes=10**6)


def test_a_damaged_table_is_permanent(tmp_path):
    """What no waiting will mend is said so, with the cure."""
    store = InboxStore(tmp_path / "i", max_bytes=10**6)
    store._db.execute("drop table delivery")
    with pytest.raises(Permanent, match="move it away"):
        store.pending(1)
    store.close()


def test_a_batch_is_all_or_nothing(tmp_path):
    """When one write of a batch fails, none of it is stored."""
    store = InboxStore(tmp_path / "i", max_bytes=10**6)
    with pytest.raises(UnicodeEncodeError):
        store.write([Put(delivery(1)), Handled(1, "\ud800", 0.0)])
    assert store.waiting() == 0
    store.close()


def test_two_processes_create_the_file_together(tmp_path):
    """Door and control start at the same moment; both end up with the one inbox."""
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from yantra_bot.domain.events import Delivery
        from yantra_bot.webhooks.inbox_store import InboxStore, Put
        sys.stdin.readline()
        store = InboxStore(Path(sys.argv[1]), max_bytes=10**6)
        print(store.write([Put(Delivery(0, "same", "k" * 64, "github", "push", b"{}", 1.0))])[0])
        store.close()
    """)
    argv = [sys.executable, "-c", program, str(tmp_path / "i")]
    processes = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(answers) == ["False", "False", "False", "True"]


def test_a_killed_process_has_kept_what_it_acknowledged(tmp_path):
    """Every delivery that was answered before a kill -9 is there afterwards, and nothing is half there."""
    program = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from yantra_bot.clock import SystemClock
        from yantra_bot.domain.events import Delivery
        from yantra_bot.webhooks.inbox import open_inbox

        async def main():
            inbox = await open_inbox(Path(sys.argv[1]), clock=SystemClock())
            async def put(worker):
                for number in range(10**6):
                    name = f"{worker}-{number}"
                    await inbox.put(Delivery(0, name, name.rjust(64), "github", "push", b"{}" * 500, 1.0))
                    sys.stdout.write(name + "\\n")
                    sys.stdout.flush()
            await asyncio.gather(*(put(worker) for worker in range(20)))

        asyncio.run(main())
    """)
    argv = [sys.executable, "-c", program, str(tmp_path / "i")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        acknowledged = {process.stdout.readline().strip() for _ in range(300)}
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines(keepends=True)
    acknowledged |= {line.strip() for line in rest if line.endswith("\n")}
    store = InboxStore(tmp_path / "i", max_bytes=10**9)
    stored = {row.delivery_id for row in store.pending(10**6)}
    store.close()
    assert len(acknowledged) >= 300
    assert acknowledged <= stored
