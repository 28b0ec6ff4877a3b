"""Wherever a graph is kept and however its command ends, people get a sentence and programs a status and JSON."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.store_lock import hold

POWERLESS = """
import ctypes, os, sys
for capability in range(64):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "yantra_bot", *sys.argv[1:]])
"""
"""Starts the command without what root may do beyond others; needs nothing where one is not root."""


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "a.py").write_text("def f(): pass\nf()\n")
    return root


def ask(repo: Path, *words: str, store: Path | None = None, **how: object) -> "subprocess.CompletedProcess[str]":
    """Call `yantra graph` as somebody who may not pass over permissions."""
    place = ["--repo", str(repo), "--store", str(store or repo.parent / "store")]
    command = [sys.executable, "-c", POWERLESS, "graph", words[0], *place, *words[1:]]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    return subprocess.run(command, text=True, check=False, **streams)  # type: ignore[call-overload, no-any-return]  # streams of both kinds


def fails_with(done: "subprocess.CompletedProcess[str]", sentence: str, status: int = 1) -> None:
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
    assert sentence in done.stderr


def is_a_file(store: Path) -> None:
    store.write_text("hello")


def may_not_be_written(store: Path) -> None:
    store.mkdir()
    store.chmod(0o500)


def may_not_be_entered(store: Path) -> None:
    store.parent.joinpath("locked").mkdir(mode=0o000)
    store.symlink_to(store.parent / "locked" / "store")


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (is_a_file, "it is no folder. Name another folder."),
        (may_not_be_written, "may not be written. Keep it in another folder with --store"),
        (may_not_be_entered, "No graph can be kept in"),
    ],
)
def test_a_place_where_nothing_can_be_kept_is_told_with_a_way_out(
    repo: Path, harm: Callable[[Path], None], sentence: str
) -> None:
    """At once, before the files are read; with --json on standard output too."""
    harm(repo.parent / "store")
    fails_with(ask(repo, "build"), sentence)
    done = ask(repo, "build", "--json")
    fails_with(done, sentence)
    assert sentence in json.loads(done.stdout)["error"]


def test_a_graph_that_may_only_be_read_is_asked(repo: Path) -> None:
    """While it is fresh, or as it is; what would have to be written is told."""
    store = repo.parent / "store"
    assert ask(repo, "build").returncode == 0
    for path in store.iterdir():
        path.chmod(0o400)
    store.chmod(0o500)
    assert ask(repo, "callers", "a.f").stdout.startswith(" 99%  a ")
    assert ask(repo, "stats").returncode == 0
    (repo / "a.py").write_text("def f(): pass\ndef g(): f()\n")
    fails_with(ask(repo, "callers", "a.f"), "has to be brought up to date")
    assert ask(repo, "callers", "a.f", "--stale").stdout.startswith(" 99%  a ")
    fails_with(ask(repo, "build"), "may not be written")


def test_folders_and_files_that_may_not_be_read_are_counted(repo: Path) -> None:
    """The rest is in the graph."""
    (repo / "closed").mkdir()
    (repo / "closed" / "b.py").write_text("def g(): pass\n")
    (repo / "c.py").write_text("def h(): pass\n")
    (repo / "c.py").chmod(0o000)
    (repo / "closed").chmod(0o000)
    done = ask(repo, "stats", "--json")
    (repo / "closed").chmod(0o700)
    told = json.loads(done.stdout)
    assert told["files"] == 1
    assert {one["path"]: one["kind"] for one in told["problem_list"]} == {
        "c.py": "unreadable",
        "closed/": "unreadable folder",
    }


@pytest.mark.parametrize("words", [("stats",), ("api", "--json"), ("export", "--format", "json")])
def test_an_output_without_room_is_told(repo: Path, words: Sequence[str]) -> None:
    """A full disk behind `>` is a sentence."""
    ask(repo, "build")
    with Path("/dev/full").open("w") as full:
        done = ask(repo, *words, stdout=full)
    fails_with(done, "The output cannot be written: No space left on device.")


def test_an_output_that_nobody_reads_ends_in_silence(repo: Path) -> None:
    """As in `| head -1`."""
    ask(repo, "build")
    reading, writing = os.pipe()
    os.close(reading)
    done = ask(repo, "api", stdout=writing)
    os.close(writing)
    assert done.stderr == ""


def test_a_terminal_of_few_letters_shows_what_it_can(repo: Path) -> None:
    """No letter that it does not have ends the command."""
    (repo / "grüße.py").write_text("def grüß(): pass\n")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    done = ask(repo, "api", env=environment)
    assert (done.returncode, "gr" in done.stdout) == (0, True), done.stderr


def test_ctrl_c_ends_it_with_its_own_status_and_no_traceback(repo: Path) -> None:
    """The graph that was there stays; nothing is left that another has to wait for."""
    store = repo.parent / "store"
    ask(repo, "build")
    generation = GraphStore.open(store).generation()
    (store / "facts.sqlite").unlink()
    # Whoever runs the tests in the background has the signal ignored, which a child would inherit.
    python = ["env", "--default-signal=INT", sys.executable]
    command = [*python, "-m", "yantra_bot", "graph", "build", "--repo", str(repo), "--store", str(store)]
    with (
        hold(store / "lock", exclusive=True, patience=5.0),  # so that it cannot be done before it is interrupted
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child,
    ):
        until(lambda: (store / "facts.sqlite").exists() or child.poll() is not None)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate()
    assert (child.returncode, said.strip()) == (130, "Interrupted.")
    assert GraphStore.open(store).generation() == generation
    assert ask(repo, "build").returncode == 0


def until(has_come: Callable[[], bool]) -> None:
    """Look until it has come; a pause keeps the processor free for it."""
    pause = threading.Event()
    while not has_come():
        pause.wait(0.01)
