"""What goes wrong with the store: a full disk, another writer, damage, other layouts, places that are no folders."""

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import lancedb
import pyarrow as pa
import pytest

from tests.fakes.memories import WordModel, ask, make_lesson, make_occurrence
from tests.stories.test_operation import fill
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Standing
from yantra_bot.errors import SettingsError, Transient, YantraError, tell_operator
from yantra_bot.learning.store.layout import NEWEST
from yantra_bot.learning.store.lock import WriterLock
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.learning.store.trouble import Conflict, explain, show_place

RETRY = "retry the request without a pause"
PAGES = "count the pages of the list from zero"
CLOSE = "close the file only where all went well"


def open_store(place: Path | str) -> Mistakes:
    model = WordModel()
    return Mistakes(str(place), lambda: model, clock=SystemClock())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of two lessons in files that were joined, and of one beside them."""
    store = open_store(tmp_path / "memory")
    store.learn([make_occurrence("one", RETRY), make_occurrence("two", PAGES)])
    store.optimise()
    store.learn([make_occurrence("three", CLOSE)])
    store.close()
    return tmp_path / "memory"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False, capture_output=True).returncode != 0:
        pytest.skip("NO SMALL DISK: only root may mount one")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_with_its_cure_and_loses_nothing(small_disk: Path) -> None:
    """Neither writes nor upkeep get through; what was kept is found all the same, and what is told again is kept."""
    store = open_store(small_disk / "memory")
    store.learn([make_occurrence("one", RETRY)])
    filling = fill(small_disk)
    for attempt in (lambda: store.learn([make_occurrence("two", PAGES)]), store.optimise):
        with pytest.raises(Transient, match="its disk is full") as caught:
            attempt()
        assert "Cure: free some space" in tell_operator(caught.value)
    for reader in (store, open_store(small_disk / "memory")):
        assert [one.lesson.tried for one in reader.find(ask(RETRY)).candidates] == [RETRY]
    filling.unlink()
    store.learn([make_occurrence("two", PAGES)])
    store.optimise()
    assert {one.tried: one.frequency for one in store.lessons()} == {RETRY: 1, PAGES: 1}


def test_a_disk_that_is_full_from_the_start_is_told_too(small_disk: Path) -> None:
    """A store that cannot even be begun says why, and begins when there is room."""
    filling = fill(small_disk)
    store = open_store(small_disk / "memory")
    with pytest.raises(Transient, match="is full"):
        store.learn([make_occurrence("one", RETRY)])
    assert store.find(ask(RETRY)).candidates == ()
    filling.unlink()
    store.learn([make_occurrence("one", RETRY)])
    assert len(store.find(ask(RETRY)).candidates) == 1


def test_a_second_writer_waits_its_time_and_says_so_while_readers_read(folder: Path) -> None:
    """Whoever writes is waited for, not for ever; a search waits for nobody."""
    store = open_store(folder)
    store.find(ask(RETRY))
    store.lock = WriterLock(folder, patience=0.05)
    with WriterLock(folder).hold():
        with pytest.raises(Transient, match="Another process has been writing"):
            store.learn([make_occurrence("four", RETRY)])
        assert len(store.find(ask(RETRY)).candidates) == 3
    store.learn([make_occurrence("four", RETRY)])


def damage(path: Path, way: str) -> None:
    data = path.read_bytes()
    if way == "gone":
        path.unlink()
    elif way == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        path.write_bytes(bytes(len(data)))


@pytest.mark.parametrize("turn", range(3))
def test_a_damaged_file_is_answered_rightly_or_refused_with_its_cure(folder: Path, tmp_path: Path, turn: int) -> None:
    """Whatever file is gone, cut or emptied: no answer is wrong, no other error comes out."""
    ways = itertools.islice(itertools.cycle(("gone", "cut", "zero")), turn, None)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "writing.lock"]
    refused = 0
    for file, way in zip(files, ways, strict=False):
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        damage(copy / file.relative_to(folder), way)
        store = open_store(copy)
        try:
            found = {one.lesson.tried for one in store.find(ask(RETRY)).candidates}
            assert found <= {RETRY, PAGES, CLOSE}
            store.learn([make_occurrence("four", RETRY)])
            assert RETRY in {one.lesson.tried for one in store.find(ask(RETRY)).candidates}
            store.optimise()
        except SettingsError as problem:
            assert "Cure: put a copy of the folder back, or move it away" in tell_operator(problem)  # noqa: PT017 (not always)
            refused += 1
        shutil.rmtree(copy)
    assert refused


def test_a_server_that_is_running_begins_anew_where_the_folder_was_moved_away(folder: Path) -> None:
    """The cure of damage needs no restart: an open store that is gone is refused once, then a new one is begun."""
    store = open_store(folder)
    assert len(store.find(ask(RETRY)).candidates) == 3
    folder.rename(folder.with_name("damaged"))
    with pytest.raises(SettingsError, match="is damaged"):
        store.find(ask(RETRY))
    assert store.find(ask(RETRY)).candidates == ()
    store.learn([make_occurrence("four", RETRY)])
    assert {one.lesson.tried for one in store.find(ask(RETRY)).candidates} == {RETRY}


def test_rows_that_no_version_names_are_not_written_over(folder: Path) -> None:
    """A table that has lost all its versions is damaged, not new: its rows can still be put right."""
    shutil.rmtree(folder / "fixes.lance" / "_versions")
    with pytest.raises(SettingsError, match="damaged"):
        open_store(folder).learn([make_occurrence("four", RETRY)])
    assert any((folder / "fixes.lance" / "data").iterdir())


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    """A place that is a file, or below one, says so with the setting."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="memory of mistakes"):
        open_store(tmp_path / "file" / "memory").learn([make_occurrence("one", RETRY)])


def test_a_newer_layout_is_refused_with_its_cure(folder: Path) -> None:
    """What a newer Yantra has written is neither read wrongly nor touched."""
    lancedb.connect(folder).open_table("layout").add([{"version": NEWEST + 1, "at": 0.0}])
    store = open_store(folder)
    for attempt in (lambda: store.find(ask(RETRY)), lambda: store.learn([make_occurrence("four", RETRY)]), store.stats):
        with pytest.raises(SettingsError, match="newer Yantra") as caught:
            attempt()
        assert f"its layout is {NEWEST + 1}" in tell_operator(caught.value)
        assert "Cure: install that" in tell_operator(caught.value)


def make_old(folder: Path) -> None:
    """Turn a store into one of layout 1, as its builder left it."""
    database = lancedb.connect(folder)
    mistakes = database.open_table("mistakes")
    mistakes.drop_columns(["known_frequency", "known_shown", "known_helped", "aliases"])
    database.drop_table("layout")
    database.create_table("layout", pa.table({"version": pa.array([1], pa.int64()), "at": [0.0]}))


def test_an_older_layout_is_brought_up_to_date(folder: Path) -> None:
    """A store of layout 1 keeps its lessons and counts; whoever comes first, reader or writer, changes it."""
    make_old(folder)
    store = open_store(folder)
    assert {one.lesson.tried for one in store.find(ask(RETRY)).candidates} == {RETRY, PAGES, CLOSE}
    store.replace([make_lesson(RETRY, frequency=5, standing=Standing.DOUBTFUL)])
    store.learn([make_occurrence("four", RETRY, at=200)])
    assert {one.tried: one.frequency for one in store.lessons()} == {RETRY: 6, PAGES: 1, CLOSE: 1}


def test_bringing_up_to_date_may_be_cut_short(folder: Path) -> None:
    """A kill after the columns came and before the layout was told leaves a store that is brought up to date again."""
    make_old(folder)
    columns = {f"known_{name}": "cast(0 as bigint)" for name in ("frequency", "shown", "helped")}
    lancedb.connect(folder).open_table("mistakes").add_columns({**columns, "aliases": "''"})
    store = open_store(folder)
    store.learn([make_occurrence("four", RETRY, at=200)])
    assert {one.tried: one.frequency for one in store.lessons()} == {RETRY: 2, PAGES: 1, CLOSE: 1}


def test_what_a_kill_left_between_two_tables_is_made_good(folder: Path) -> None:
    """An occurrence whose lesson was never written gets one by upkeep; one that was not counted is."""
    database = lancedb.connect(folder)
    gone = make_lesson(PAGES)
    database.open_table("mistakes").delete(f"id = '{gone.id}'")
    database.open_table("mistakes").update(where=f"id = '{make_lesson(RETRY).id}'", values={"frequency": 7})
    store = open_store(folder)
    assert {one.tried: one.frequency for one in store.lessons()} == {RETRY: 7, CLOSE: 1}
    store.optimise()
    assert {one.tried: one.frequency for one in store.lessons()} == {RETRY: 1, PAGES: 1, CLOSE: 1}
    assert store.lesson(gone.id) == gone


def test_an_address_is_handed_to_lancedb(tmp_path: Path) -> None:
    """A store at an address works as one in a folder does, without a lock and without a size."""
    place = (tmp_path / "shared").as_uri()
    store, other = open_store(place), open_store(place)
    assert store.find(ask(RETRY)).candidates == ()
    store.learn([make_occurrence("one", RETRY)])
    other.learn([make_occurrence("two", RETRY, at=200), make_occurrence("three", PAGES)])
    assert {one.lesson.tried: one.lesson.frequency for one in store.find(ask(RETRY)).candidates} == {RETRY: 2, PAGES: 1}
    store.optimise()
    assert store.clear() == 2
    assert other.find(ask(RETRY)).candidates == ()
    assert store.stats().size == 0
    assert not (tmp_path / "shared" / "writing.lock").exists()


def test_an_address_that_does_not_answer_is_told_without_its_secrets() -> None:
    """Object storage that is not there may be there later; a user and a query of its address stay out of the error."""
    store = Mistakes(
        "s3://bucket/memory",
        lambda: None,
        clock=SystemClock(),
        options={
            "aws_endpoint": "http://127.0.0.1:9",
            "allow_http": "true",
            "aws_region": "x",
            "aws_access_key_id": "a",
            "aws_secret_access_key": "geheim",
            "client_max_retries": "0",
            "timeout": "1s",
        },
    )
    with pytest.raises(Transient, match=r"did not answer\.$") as caught:
        store.find(ask(RETRY))
    told = tell_operator(caught.value)
    assert "s3://bucket/memory" in told
    assert "Cure: see YANTRA_MEMORY_URL" in told
    assert "geheim" not in told
    assert show_place("s3://user:pass@bucket/path?key=secret") == "s3://bucket/path"


def test_errors_are_told_apart_by_what_they_say() -> None:
    """A conflict is tried again, a full disk waits, a closed folder is the operator's, all else local is damage."""
    assert isinstance(explain(RuntimeError("Commit conflict for version 7"), "/memory"), Conflict)
    assert isinstance(explain(OSError(28, "No space left on device"), "/memory"), Transient)
    assert isinstance(explain(OSError(13, "Permission denied"), "/memory"), SettingsError)
    damaged = explain(RuntimeError("bad magic, /root/src/lance/file.rs:12:3"), "/memory")
    assert isinstance(damaged, SettingsError)
    assert "It said: bad magic. Cure" in tell_operator(damaged)


@pytest.mark.parametrize("place", ["/srv/acme/memory", "s3://acme-bucket/memory"])
@pytest.mark.parametrize("said", ["No space left on device", "Commit conflict", "Permission denied", "bad magic"])
def test_what_is_shown_in_public_names_no_place(place: str, said: str) -> None:
    """Nor what LanceDB said, which may; log and terminal have both, also where it became another error."""
    problem = explain(RuntimeError(f"{said}: /srv/acme/memory/x.lance"), place)
    assert "acme" not in str(problem)
    later = Transient(str(problem))
    later.__cause__ = problem
    for one in (problem, later):
        assert place in tell_operator(one)
        assert "Cure: " in tell_operator(one)
    assert tell_operator(YantraError("plain")) == "plain"
