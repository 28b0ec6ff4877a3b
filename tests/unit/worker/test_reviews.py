"""Reviews done by real, confined workers: what they find, what they may run, and what is believed of their answers."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from tests.fakes.mirror import MirrorMaker
from tests.fakes.worker_bench import DictBlobs
from yantra_bot.domain.findings import Evidence, Finding, Severity
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.review import Review as Found
from yantra_bot.domain.review import ReviewRules
from yantra_bot.domain.reviewed import Reviewed, ReviewWork
from yantra_bot.errors import Permanent, UserError
from yantra_bot.graphdb.store_exchange import hand_out
from yantra_bot.ports import TestCommand
from yantra_bot.validation.security.dependencies import Advisories
from yantra_bot.worker import protocol
from yantra_bot.worker.client import Work, WorkerFactory
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.graphs import GraphWorkers
from yantra_bot.worker.protocol import Closed, ProtocolError
from yantra_bot.worker.review_check import MAX_FINDINGS, MAX_STRING, check_reviewed
from yantra_bot.worker.reviews import ReviewWorkers
from yantra_bot.worker.tasks import Review

CALC = Repository(7, "octo", "calc")
QUIET = ReviewRules(runs_tests=False, runs_tools=False)
BEFORE = {
    "scan.py": b"def scan(text):\n    return text.split()\n",
    "use.py": b"from scan import scan\n\n\ndef count(text):\n    return len(scan(text))\n",
    "web/client.ts": b"export function load(): Promise<any> { return fetch('/x'); }\n",
    "main.go": b"package main\n\nfunc main() { run() }\nfunc run() {}\n",
    "lib.rs": b"fn outer() { inner(); }\nfn inner() {}\n",
    "Main.java": b"class Main { void a() { b(); } void b() {} }\n",
}
AFTER = {
    **BEFORE,
    "scan.py": b"def scan(text, separator):\n    return text.split(separator)\n",
    "web/client.ts": b"export function load(path: string): Promise<any> { return fetch(path); }\n",
    "main.go": b"package main\n\nfunc main() { run(1) }\nfunc run(n int) {}\n",
    "lib.rs": b"fn outer() { inner(1); }\nfn inner(n: u8) {}\n",
    "Main.java": b"class Main { void a() { b(1); } void b(int n) {} }\n",
    "key.py": b"TOKEN = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'\n",
    "latin.py": "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"),
}


@pytest.fixture
async def reviewers(config: WorkerConfig, tmp_path: Path) -> AsyncIterator[ReviewWorkers]:
    closed = tmp_path / "control"
    closed.mkdir(mode=0o700)
    factory = WorkerFactory(config, DictBlobs())
    yield ReviewWorkers(factory, GraphWorkers(factory, closed / "graphs"))
    left = [path.name for path in config.work_folder.iterdir() if path.name != "locks"]
    assert left == [], "a worker left its folder behind"


async def ask(
    reviewers: ReviewWorkers, maker: MirrorMaker, work: ReviewWork, lines: list[str] | None = None
) -> Reviewed:
    said = [] if lines is None else lines
    return await reviewers("run-1", CALC, maker.folder, work, TestCommand(), said.append)


async def test_a_worker_finds_what_a_change_breaks(reviewers: ReviewWorkers, maker: MirrorMaker) -> None:
    """Without a stored graph it builds its own; the answer names the rules of what it found."""
    base, head = maker.commit(BEFORE), maker.commit(AFTER)
    lines: list[str] = []
    reviewed = await ask(reviewers, maker, ReviewWork(base, head, QUIET, may_execute=False), lines)
    broken = [one for one in reviewed.review.findings if one.path == "scan.py"]
    assert [one.path for finding in broken for one in finding.evidence][:1] == ["use.py"]
    assert {rule.id for rule in reviewed.rules} == {one.rule for one in reviewed.review.findings}
    assert (reviewed.review.base, reviewed.review.head) == (base, head)
    assert any("secret" in one.rule for one in reviewed.review.findings)
    assert lines


async def test_a_stored_graph_is_handed_over_and_never_taken_back(
    config: WorkerConfig, maker: MirrorMaker, tmp_path: Path
) -> None:
    """The same is found, and the store is byte for byte what it was."""
    factory = WorkerFactory(config, DictBlobs())
    graphs = GraphWorkers(factory, tmp_path / "graphs")
    base, head = maker.commit(BEFORE), maker.commit(AFTER)
    await graphs.keep(CALC, base, maker.folder)
    store = graphs.store_of(CALC)
    before = {path.name: path.read_bytes() for path in store.iterdir() if path.is_file()}
    warm = await ask(ReviewWorkers(factory, graphs), maker, ReviewWork(base, head, QUIET, may_execute=False))
    cold_graphs = GraphWorkers(factory, tmp_path / "none")
    cold = await ask(ReviewWorkers(factory, cold_graphs), maker, ReviewWork(base, head, QUIET, may_execute=False))
    assert warm.review.findings == cold.review.findings
    assert {path.name: path.read_bytes() for path in store.iterdir() if path.is_file()} == before


async def test_what_changed_since_the_last_review_is_told(reviewers: ReviewWorkers, maker: MirrorMaker) -> None:
    """By the heads of then and now; a head that is not here any more is not known of."""
    base, first = maker.commit(BEFORE), maker.commit(AFTER)
    second = maker.commit({**AFTER, "use.py": b"print()\n"})
    work = ReviewWork(base, second, QUIET, may_execute=False, since=first)
    assert (await ask(reviewers, maker, work)).changed_since == ("use.py",)
    assert (await ask(reviewers, maker, replace(work, since="0" * 40))).changed_since is None


async def test_without_a_common_ancestor_the_review_says_so(reviewers: ReviewWorkers, maker: MirrorMaker) -> None:
    """The two are compared directly, and a gap tells what that means."""
    base, head = maker.commit(BEFORE), maker.commit(AFTER)
    reviewed = await ask(reviewers, maker, ReviewWork(base, head, QUIET, may_execute=False, has_merge_base=False))
    assert any("common ancestor" in gap.why for gap in reviewed.review.gaps)


RECORD = (
    b"""{"id": "GHSA-1", "affected": [{"package": {"name": "requests", "ecosystem": "PyPI"}, "versions": ["2.3.0"]}]}"""
)


async def test_versions_are_looked_up_in_an_index_that_control_keeps(
    config: WorkerConfig, maker: MirrorMaker, tmp_path: Path
) -> None:
    """The worker needs no right to read the export itself; where that is gone, the review says so and goes on."""
    export, index = tmp_path / "export", config.cache_folder / "advisories" / "index.sqlite"
    export.mkdir(mode=0o700)
    (export / "a.json").write_bytes(RECORD)
    factory = WorkerFactory(config, DictBlobs())
    graphs = GraphWorkers(factory, tmp_path / "graphs")
    reviewers = ReviewWorkers(factory, graphs, advisories=Advisories(index, export))
    base, head = maker.commit(BEFORE), maker.commit({**BEFORE, "requirements.txt": b"requests==2.3.0\n"})
    work = ReviewWork(base, head, QUIET, may_execute=False)
    found = (await ask(reviewers, maker, work)).review
    assert "requests GHSA-1" in {one.symbol for one in found.findings}
    assert [gap for gap in found.gaps if gap.what.startswith("known weaknesses")] == []
    export.rename(tmp_path / "gone")
    found = (await ask(reviewers, maker, work)).review
    assert "requests GHSA-1" not in {one.symbol for one in found.findings}
    assert any("YANTRA_ADVISORIES_FOLDER" in gap.why for gap in found.gaps)


async def test_a_commit_that_is_not_there_ends_the_review(reviewers: ReviewWorkers, maker: MirrorMaker) -> None:
    """It is no passing failure."""
    with pytest.raises((Permanent, UserError)):
        await ask(reviewers, maker, ReviewWork(maker.commit(BEFORE), "0" * 40, QUIET, may_execute=False))


@pytest.mark.parametrize("is_stored", [True, False])
async def test_such_a_worker_is_confined_and_loads_nothing_late(
    config: WorkerConfig, maker: MirrorMaker, tmp_path: Path, is_stored: bool
) -> None:
    """Everything that a review takes was loaded before: later the product's files may be out of reach."""
    factory = WorkerFactory(config, DictBlobs())
    graphs = GraphWorkers(factory, tmp_path / "graphs")
    base, head = maker.commit(BEFORE), maker.commit(AFTER)
    if is_stored:
        await graphs.keep(CALC, base, maker.folder)

    def furnish(folder: Path, account: int | None) -> None:
        hand_out(graphs.store_of(CALC), folder / "graph", account)

    worker = await factory.employ(Work("run-1", maker.folder, TestCommand(), furnish, reviews=True))
    try:
        assert worker.has_left_network
        assert os.geteuid() != 0 or "Uid:\t0" not in Path(f"/proc/{worker.process_id}/status").read_text()
        order = Review(ReviewWork(base, head, QUIET, may_execute=False, briefs_model=True))
        reviewed = await worker.order(order, TypeAdapter(Reviewed), patience=60)
        assert reviewed.review.findings
        closed = await worker.order(protocol.Close(), TypeAdapter(Closed), patience=60)
        assert closed.late_imports == ()
    finally:
        await worker.end()


async def test_a_runs_worker_reviews_nothing(config: WorkerConfig, maker: MirrorMaker) -> None:
    """It was not started for it."""
    worker = await WorkerFactory(config, DictBlobs()).employ(Work("run-1", maker.folder, TestCommand()))
    try:
        head = maker.commit(BEFORE)
        with pytest.raises(Exception, match="not started for a review"):
            await worker.order(
                Review(ReviewWork(head, head, QUIET, may_execute=False)), TypeAdapter(Reviewed), patience=30
            )
    finally:
        await worker.end()


WORK = ReviewWork("a" * 40, "b" * 40, QUIET, may_execute=False)
FINDING = Finding("names/undefined", Severity.ERROR, 0.9, "x", "a.py", 1)


def answer(**changed: object) -> Reviewed:
    return Reviewed(replace(Found(WORK.base, WORK.head, findings=(FINDING,), rules=QUIET), **changed))  # type: ignore[arg-type]  # of a test


def test_an_answer_to_what_was_asked_is_believed() -> None:
    """Odd names of files are no reason to doubt it."""
    odd = replace(FINDING, path="we\\ird/\u202efile.py")
    assert check_reviewed(answer(findings=(FINDING, odd)), WORK).review.findings == (FINDING, odd)


@pytest.mark.parametrize(
    "changed",
    [
        {"head": "c" * 40},
        {"rules": ReviewRules()},
        {"findings": (FINDING,) * (MAX_FINDINGS + 1)},
        {"findings": (replace(FINDING, path="/etc/passwd"),)},
        {"findings": (replace(FINDING, path="a/../../b"),)},
        {"findings": (replace(FINDING, path=""),)},
        {"findings": (replace(FINDING, message="x" * (MAX_STRING + 1)),)},
        {"findings": (replace(FINDING, message="x" * (MAX_STRING - 1)),) * 60},
        {"findings": (replace(FINDING, confidence=float("nan")),)},
        {"findings": (replace(FINDING, confidence=7.0),)},
        {"findings": (replace(FINDING, line=-1),)},
        {"findings": (replace(FINDING, evidence=(Evidence("x", "../a", 1),)),)},
    ],
)
def test_an_answer_that_cannot_be_true_ends_the_worker(changed: dict[str, object]) -> None:
    """Another change, paths that lead out, texts without an end, numbers that are none."""
    with pytest.raises(ProtocolError):
        check_reviewed(answer(**changed), WORK)
