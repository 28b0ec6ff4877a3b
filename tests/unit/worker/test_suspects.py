"""Which commit brought a failure: real repositories, real tracebacks, the deployed commit's own graph."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tests.fakes.failing_shop import FILES, TRACE
from tests.fakes.mirror import MirrorMaker
from tests.fakes.worker_bench import DictBlobs
from yantra_bot.domain.diagnosing import Anchor, Inspection, Question
from yantra_bot.domain.faults import Frame
from yantra_bot.domain.incidents import Suspect
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Permanent, UserError
from yantra_bot.monitor.traces import find_traces
from yantra_bot.ports import TestCommand
from yantra_bot.review.trees import open_trees
from yantra_bot.worker.client import Work, WorkerFactory
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.graphs import GraphWorkers
from yantra_bot.worker.inspecting import PastWorkers, check_inspection
from yantra_bot.worker.protocol import Close, Closed, ProtocolError
from yantra_bot.worker.suspects.look import look
from yantra_bot.worker.tasks import InspectPast


class Past:
    """A repository to which commits are added, and what is asked about its last ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.maker = MirrorMaker(folder / "repository")
        self.files = dict(FILES)
        self.asked = 0
        self.commits = [self.maker.commit({path: text.encode() for path, text in self.files.items()})]

    def change(self, path: str, old: str, new: str, title: str) -> str:
        text = self.files.get(path, "")
        assert old in text
        self.files[path] = text.replace(old, new, 1) if old else text + new
        tree = self.maker.commit({path: text.encode() for path, text in self.files.items()})
        self.commits.append(self.maker.child(tree, self.commits[-1], title))
        return self.commits[-1]

    def ask(self, said: str, *, words: str = "", good: str | None = None) -> Inspection:
        question = Question(self.commits[-1], self.commits[0] if good is None else good, find_traces(said), words)
        scratch = self.folder / f"scratch-{self.asked}"
        scratch.mkdir()
        self.asked += 1
        descriptor = self.maker.open()
        try:
            with open_trees(descriptor, scratch, self.commits[-1]) as trees:
                return look(trees, question, scratch=scratch)
        finally:
            os.close(descriptor)


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path)


def _others(past: Past, which: Sequence[int]) -> None:
    others = (
        ("shop/mail.py", '"Dear "', '"Hello "', "Greet less stiffly"),
        ("shop/stock.py", "len(names)", "len(set(names))", "Count each once"),
        ("shop/mail.py", "def greet", "# as people like it\ndef greet", "Say why"),
        ("README.md", "", "price and total of a cart: NoneType\n", "Write a page (#12)"),
    )
    for one in which:
        past.change(*others[one])


def test_what_feeds_the_function_that_throws_comes_before_the_newest_commit(past: Past) -> None:
    _others(past, [0])
    bad = past.change("shop/stock.py", '"price": 3', '"price": None', "Prices come later")
    _others(past, [1, 2, 3])
    found = past.ask(TRACE)
    first = found.suspects[0]
    assert (first.commit, first.title) == (bad, "Prices come later")
    assert (first.functions[0], first.places[0]) == ("shop.stock.load", "shop/stock.py:1")
    assert (found.commits, found.gaps) == (5, ())
    assert [frame.path for frame in found.frames] == ["shop/api.py", *["shop/cart.py"] * 3]
    assert first.path == ("shop.api.checkout shop/api.py:5", "shop.stock.load shop/stock.py:1")


def test_who_wrote_the_line_that_throws_is_told(past: Past) -> None:
    _others(past, [0, 1])
    bad = past.change("shop/cart.py", 'item["price"] * rate', 'item.get("prise") * rate', "Be lenient (#7)")
    _others(past, [2, 3])
    first = past.ask(TRACE).suspects[0]
    assert (first.commit, first.pull_request) == (bad, 7)
    assert first.why == "It wrote the line that throws, in shop.cart.price."


def test_without_a_trace_the_words_of_the_alert_lead_to_the_code(past: Past) -> None:
    _others(past, [0])
    bad = past.change("shop/cart.py", '"tool": 19', '"tool": 91', "Raise the rate")
    _others(past, [1, 2])
    found = past.ask("", words="HighValue: the total of a cart at checkout is far too high, rate of tool items")
    assert found.suspects[0].commit == bad
    assert not found.frames
    assert any(one.name == "shop.cart.rate" for one in found.anchors)
    assert not any(one.is_frame for one in found.anchors)


def test_a_good_commit_that_nobody_knows_is_said(past: Past) -> None:
    _others(past, [0, 1])
    assert "is unknown" in past.ask(TRACE, good="").gaps[0]
    assert "not in the past" in past.ask(TRACE, good="a" * 40).gaps[0]


def test_owners_are_those_of_the_code_that_serves(past: Past) -> None:
    past.change("CODEOWNERS", "", "shop/stock.py docs@example.com @acme/stock\nshop/cart.py @ann\n", "Own it")
    past.change("shop/stock.py", '"price": 3', '"price": None', "Prices come later")
    assert past.ask(TRACE).owners == ("@acme/stock", "@ann")


async def test_a_real_confined_worker_answers_the_same(
    past: Past, config: WorkerConfig, blobs: DictBlobs, tmp_path: Path
) -> None:
    _others(past, [0])
    bad = past.change("shop/stock.py", '"price": 3', '"price": None', "Prices come later")
    workers = PastWorkers(factory := WorkerFactory(config, blobs), GraphWorkers(factory, tmp_path / "graphs"))
    question = Question(past.commits[-1], past.commits[0], find_traces(TRACE))
    found = await workers("run-1", Repository(7, "acme", "shop"), past.maker.folder, question)
    assert found == past.ask(TRACE)
    assert found.suspects[0].commit == bad
    with pytest.raises((Permanent, UserError)):
        await workers("run-1", Repository(7, "acme", "shop"), past.maker.folder, Question("f" * 40))


async def test_a_worker_that_looks_at_the_past_needs_no_module_later(
    past: Past, config: WorkerConfig, blobs: DictBlobs
) -> None:
    """Afterwards the product's own files may be out of its reach."""
    _others(past, [0, 1, 2, 3])
    work = Work("run-1", past.maker.folder, TestCommand(), reviews=True, has_shelf=False)
    worker = await WorkerFactory(config, blobs).employ(work)
    try:
        question = Question(past.commits[-1], past.commits[0], find_traces(TRACE))
        await worker.order(InspectPast(question), TypeAdapter(Inspection), patience=60)
        closed = await worker.order(Close(), TypeAdapter(Closed), patience=20)
    finally:
        await worker.end()
    assert closed.late_imports == ()


_GOOD = Inspection(
    (Suspect("a" * 40, "t", "me", 0.5, ("a.f",), ("a.py:1",), ("a.f a.py:1",), "why", 3),),
    (Frame("a.py", 3, "f"),),
    (Anchor("a.f", "a.py:1"),),
    ("@me",),
    3,
)
_SUSPECT = _GOOD.suspects[0]


@pytest.mark.parametrize(
    "bad",
    [
        replace(_GOOD, commits=1_000),
        replace(_GOOD, suspects=_GOOD.suspects * 9),
        replace(_GOOD, suspects=(replace(_SUSPECT, commit="main"),)),
        replace(_GOOD, suspects=(replace(_SUSPECT, score=float("nan")),)),
        replace(_GOOD, suspects=(replace(_SUSPECT, places=("../../etc/passwd:1",)),)),
        replace(_GOOD, suspects=(replace(_SUSPECT, places=("/etc/passwd:1",)),)),
        replace(_GOOD, suspects=(replace(_SUSPECT, title="x" * 200_000),)),
        replace(_GOOD, suspects=(replace(_SUSPECT, pull_request=-1),)),
        replace(_GOOD, frames=_GOOD.frames * 999),
        replace(_GOOD, anchors=(Anchor("f", "nowhere"),)),
    ],
)
def test_what_no_worker_can_mean_is_refused(bad: Inspection) -> None:
    assert check_inspection(_GOOD) == _GOOD
    with pytest.raises(ProtocolError):
        check_inspection(bad)
