"""A store handed out and taken in: only whole, plain files of their owner come in, and only all of them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.graphs import contents, make_graph
from yantra_bot.errors import Permanent
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.store_errors import StoreBusy, StoreFull
from yantra_bot.graphdb.store_exchange import FACTS, hand_out, revision_of, take_beside, take_in
from yantra_bot.graphdb.store_lock import hold
from yantra_bot.graphdb.view import GraphView

OWNER = os.geteuid()


def shown(store: Path) -> dict[str, list[str]]:
    view = GraphStore.open(store).load()
    assert view is not None
    return contents(view.to_graph())


@pytest.fixture(scope="session")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `handed` is a copy of: a build starts a process."""
    folder = tmp_path_factory.mktemp("first") / "handed"
    GraphStore.open(folder).save(make_graph(3, 8, seed=1), revision="1" * 40)
    (folder / FACTS).write_bytes(b"facts")
    return folder


@pytest.fixture
def handed(tmp_path: Path, first_build: Path) -> Path:
    """A folder with a graph that somebody wrote, and the facts beside it."""
    return Path(shutil.copytree(first_build, tmp_path / "handed"))


@pytest.fixture
def store(tmp_path: Path, handed: Path) -> Path:
    """A store that took it in."""
    store = tmp_path / "stores" / "7"
    assert take_in(handed, store, "1" * 40, OWNER) == 1
    return store


def test_what_was_written_is_the_graph(store: Path, handed: Path) -> None:
    """Graph, facts and commit; each time under the next number, and nothing else is kept."""
    assert revision_of(store) == GraphStore.open(store).revision() == "1" * 40
    assert shown(store) == shown(handed)
    GraphStore.open(handed).save(make_graph(3, 8, seed=2), revision="of no account")
    assert take_in(handed, store, "2" * 40, OWNER) == 2
    assert shown(store) == shown(handed)
    assert revision_of(store) == "2" * 40
    assert {path.name for path in store.iterdir()} == {"lock", "head.json", "graph-2.db", FACTS}
    assert {path.stat().st_mode & 0o777 for path in store.iterdir()} <= {0o600, 0o644}


def test_who_is_handed_a_store_has_a_copy(store: Path, tmp_path: Path) -> None:
    """What is done to the copy does not touch the store; where there is none the folder is empty."""
    before = shown(store)
    copy = tmp_path / "copy"
    hand_out(store, copy, None)
    GraphStore.open(copy).save(make_graph(2, 3, seed=5))
    (copy / FACTS).write_bytes(b"other")
    assert shown(store) == before
    assert (store / FACTS).read_bytes() == b"facts"
    hand_out(tmp_path / "nowhere", tmp_path / "empty", None)
    assert list((tmp_path / "empty").iterdir()) == []
    with pytest.raises(StoreFull, match="File exists"):
        hand_out(store, copy, None)


@pytest.mark.skipif(OWNER != 0, reason="only root gives files away")
def test_the_copy_belongs_to_the_account(store: Path, tmp_path: Path) -> None:
    """And it is closed to others."""
    hand_out(store, tmp_path / "copy", 58_123)
    assert {path.stat().st_uid for path in (tmp_path / "copy", *(tmp_path / "copy").iterdir())} == {58_123}
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700


def _replace_by_link(folder: Path) -> None:
    secret = folder.parent / "secret"
    secret.write_text("a secret")
    (folder / FACTS).unlink()
    (folder / FACTS).symlink_to(secret)


def _replace_by_hard_link(folder: Path) -> None:
    secret = folder.parent / "secret"
    secret.write_text("a secret")
    (folder / FACTS).unlink()
    (folder / FACTS).hardlink_to(secret)


def _replace_by_pipe(folder: Path) -> None:
    (folder / "graph-1.db").unlink()
    os.mkfifo(folder / "graph-1.db")


def _replace_folder_by_link(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


@pytest.mark.parametrize(
    "spoil",
    [
        _replace_by_link,
        _replace_by_hard_link,
        _replace_by_pipe,
        _replace_folder_by_link,
        lambda folder: shutil.rmtree(folder),
        lambda folder: (folder / FACTS).unlink(),
        lambda folder: (folder / "graph-1.db").rename(folder / "graph-1.db.wal"),
        lambda folder: (folder / "graph-2.db").touch(),
        lambda folder: os.truncate(folder / "graph-1.db", 5 * 1024**3),
    ],
)
def test_what_is_no_plain_graph_is_not_taken(store: Path, handed: Path, spoil: Callable[[Path], object]) -> None:
    """Links of either kind, pipes, a folder by a link, nothing, half of it, two graphs, a huge one: all stays."""
    before = shown(store)
    spoil(handed)
    with pytest.raises(Permanent):
        take_in(handed, store, "2" * 40, OWNER)
    assert shown(store) == before
    assert revision_of(store) == "1" * 40
    assert {path.name for path in store.iterdir()} == {"lock", "head.json", "graph-1.db", FACTS}


def test_files_of_another_account_are_not_taken(store: Path, handed: Path) -> None:
    """What a worker was not the one to write, it was not to have."""
    with pytest.raises(Permanent, match="no file of its own"):
        take_in(handed, store, "2" * 40, OWNER + 1)


def test_a_kill_while_taking_leaves_the_graph_of_before(store: Path, handed: Path) -> None:
    """What half a copy left is removed by the next; a graph without a head is no graph, and its number is not used."""
    before = shown(store)
    (store / "new-graph").write_bytes(b"half")
    (store / "graph-5.db").write_bytes(b"named, but its head was not written")
    assert shown(store) == before
    GraphStore.open(handed).save(make_graph(3, 8, seed=2))
    assert take_in(handed, store, "2" * 40, OWNER) == 6
    assert {path.name for path in store.iterdir()} == {"lock", "head.json", "graph-6.db", FACTS}
    assert shown(store) == shown(handed)


def test_others_who_read_are_waited_for(store: Path, handed: Path) -> None:
    """A person's query and a push do not meet: one waits, and says so when it takes too long."""
    with (
        hold(store / "lock", exclusive=False, patience=0.0),
        pytest.raises(StoreBusy),
    ):
        take_in(handed, store, "2" * 40, OWNER, patience=0.1)
    assert take_in(handed, store, "2" * 40, OWNER) == 2


def test_a_store_of_another_version_gives_what_was_parsed(store: Path, tmp_path: Path) -> None:
    """Its graph is of no use, and is replaced by the next one."""
    head = store / "head.json"
    for text in (head.read_text().replace('"schema": ', '"schema": 9'), "nonsense"):
        head.write_text(text)
        copy = tmp_path / text[:3].strip('{"')
        hand_out(store, copy, None)
        assert [path.name for path in copy.iterdir()] == [FACTS]
        assert revision_of(store) == ""


def test_a_head_without_a_commit_is_one_of_a_folder(tmp_path: Path) -> None:
    """Heads that were written before commits were named are read, and other changes keep the commit or drop it."""
    store = GraphStore.open(tmp_path / "store")
    store.save(make_graph(2, 3, seed=1))
    head = tmp_path / "store" / "head.json"
    head.write_text(head.read_text().replace(', "revision": ""', ""))
    assert (store.generation(), store.revision()) == (1, "")
    view = store.load()
    assert view is not None
    assert GraphView.of(make_graph(2, 3, seed=1)).edge_count == view.edge_count
    store.save(make_graph(2, 3, seed=1), revision="1" * 40)
    store.save_records([])
    assert store.revision() == "1" * 40
    store.save(make_graph(2, 3, seed=1))
    assert store.revision() == ""


def test_a_file_beside_the_graph_is_taken_and_handed_out(store: Path, handed: Path, tmp_path: Path) -> None:
    """In the place of the one before, with no graph too; who does not ask for it does not get it."""
    for data in (b"first", b"second"):
        (handed / "seen").write_bytes(data)
        (store / "new-beside").write_bytes(b"half a copy of a process that was killed")
        take_beside(handed, "seen", store, OWNER, most=6)
        assert (store / "seen").read_bytes() == data
    take_beside(handed, "seen", tmp_path / "none", OWNER, most=6)
    for name, kept in (("copy", store), ("bare", tmp_path / "none")):
        hand_out(kept, tmp_path / name, None, beside=("seen", "absent"))
        assert (tmp_path / name / "seen").read_bytes() == b"second"
    hand_out(store, tmp_path / "other", None)
    assert not (tmp_path / "other" / "seen").exists()
    assert {path.name for path in store.iterdir()} == {"lock", "head.json", "graph-1.db", FACTS, "seen"}


def _link_to_secret(seen: Path) -> None:
    (seen.parent / "secret").write_text("a secret")
    seen.unlink()
    seen.symlink_to(seen.parent / "secret")


def _hard_link_to_secret(seen: Path) -> None:
    _link_to_secret(seen)
    seen.unlink()
    seen.hardlink_to(seen.parent / "secret")


def _pipe(seen: Path) -> None:
    seen.unlink()
    os.mkfifo(seen)


@pytest.mark.parametrize(
    "spoil",
    [
        _link_to_secret,
        _hard_link_to_secret,
        _pipe,
        lambda seen: _replace_folder_by_link(seen.parent),
        lambda seen: shutil.rmtree(seen.parent),
        lambda seen: os.truncate(seen, 5 * 1024**3),
        lambda seen: seen.unlink(),
    ],
)
def test_what_is_no_plain_file_is_not_kept_beside(store: Path, handed: Path, spoil: Callable[[Path], object]) -> None:
    """Links of either kind, pipes, a folder by a link, nothing, a huge one: what was kept stays."""
    (handed / "seen").write_bytes(b"good")
    take_beside(handed, "seen", store, OWNER, most=6)
    spoil(handed / "seen")
    with pytest.raises(Permanent):
        take_beside(handed, "seen", store, OWNER, most=6)
    assert (store / "seen").read_bytes() == b"good"
    assert not (store / "new-beside").exists()


def test_a_file_of_another_account_is_not_kept_beside(store: Path, handed: Path) -> None:
    """What a worker was not the one to write, it was not to have."""
    (handed / "seen").write_bytes(b"x")
    with pytest.raises(Permanent, match="no file of its own"):
        take_beside(handed, "seen", store, OWNER + 1, most=6)
