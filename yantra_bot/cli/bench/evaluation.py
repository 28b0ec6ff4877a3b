"""Judges a prediction by the tests of its task, with Yantra's own runner in its sandbox.

This is not the official harness: that one has an environment of its own for each task, and what it says alone counts.
Repository and mirror are apart from those of the run, so that no model ever finds the tests.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yantra_bot.cli.bench.repositories import BRANCH
from yantra_bot.cli.bench.results import Evaluation
from yantra_bot.cli.bench.tasks import Task
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.proof import TestReport, TestStatus
from yantra_bot.errors import Permanent, UserError, YantraError
from yantra_bot.forge.commits import Author, signature
from yantra_bot.forge.git_failures import words_of
from yantra_bot.forge.git_process import Git, Job
from yantra_bot.forge.local import LocalFolder
from yantra_bot.ports import Remote, TestCommand
from yantra_bot.runs.workshop import Workshop

JUDGE: Final = Author("Yantra", "yantra@localhost")
_NONE: Final = "0" * 40


@dataclass(frozen=True, slots=True)
class Court:
    """What a prediction is judged with: the task's own repository and mirror, and what starts workers."""

    git: Git
    folder: LocalFolder
    remote: Remote
    workshop: Workshop


async def evaluate(court: Court, task: Task, patch: str, *, run_id: str) -> Evaluation:
    """Return whether the tests that have to pass do. What cannot be run is said, and counts as neither."""
    if not patch.strip():
        return Evaluation(False, "The patch is empty.", *_count(task, frozenset()))
    names = (*task.judgement.fail_to_pass, *task.judgement.pass_to_pass)
    files = tuple(dict.fromkeys(name.partition("::")[0] for name in names if "::" in name))
    if not files or not all("::" in name for name in names):
        return Evaluation(None, "The names of its tests are not pytest's, so the official harness has to judge it.")
    try:
        await _commit(court, task, patch)
        report = await _test(court, files, run_id)
    except YantraError as problem:
        return Evaluation(None, str(problem))
    return judge(task, report)


def judge(task: Task, report: TestReport) -> Evaluation:
    """Return what a report says of a task: resolved is where every named test passed."""
    if not report.outcomes:
        return Evaluation(None, report.reason or "No test was run.", *_count(task, frozenset()))
    passed = report.names(TestStatus.PASSED)
    counts = _count(task, passed)
    missing = [name for name in (*task.judgement.fail_to_pass, *task.judgement.pass_to_pass) if name not in passed]
    reason = f"{len(missing)} do not pass, such as {missing[0]}." if missing else ""
    return Evaluation(not missing, reason, *counts)


def _count(task: Task, passed: frozenset[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    def count(names: Iterable[str]) -> tuple[int, int]:
        every = tuple(names)
        return sum(1 for name in every if name in passed), len(every)

    return count(task.judgement.fail_to_pass), count(task.judgement.pass_to_pass)


async def _commit(court: Court, task: Task, patch: str) -> None:
    """Move the branch to the base with the patch, and with the task's tests as the task has them."""
    with tempfile.TemporaryDirectory(prefix="yantra-index-") as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}

        async def git(*words: str, stdin: str = "", more: dict[str, str] | None = None) -> str:
            environment = {**court.folder.configuration(), **index, **(more or {})}
            fed = stdin.encode("utf-8", "surrogateescape")
            done = await court.git.run(Job(words, await court.folder.git_dir(), stdin=fed, environment=environment))
            if done.code != 0:
                raise UserError(f"git {words[0]} refuses it: {words_of(done)}")
            return done.text

        await git("read-tree", task.base_commit)
        await git("apply", "--cached", "--whitespace=nowarn", "-", stdin=patch)
        if task.judgement.test_patch.strip():
            listed = await git("apply", "--numstat", "-z", "-", stdin=task.judgement.test_patch)
            for line in filter(None, listed.split("\0")):
                path = line.split("\t", 2)[-1]
                before = await git("ls-tree", task.base_commit, "--", path)
                mode, blob = (before.split()[0], before.split()[2]) if before else ("0", _NONE)
                await git("update-index", "--index-info", stdin=f"{mode} {blob}\t{path}\n")
            await git("apply", "--cached", "--whitespace=nowarn", "-", stdin=task.judgement.test_patch)
        tree = await git("write-tree")
        commit = await git("commit-tree", tree, "-p", task.base_commit, stdin="judged\n", more=signature(JUDGE, 0))
        await git("update-ref", f"refs/heads/{BRANCH}", commit)


async def _test(court: Court, files: tuple[str, ...], run_id: str) -> TestReport:
    commit = await court.remote.fetch(BRANCH)
    name = f"{run_id}-judged"
    mirror = await court.remote.hold(commit, name)
    limit = court.workshop.limits.test_seconds
    workspace = await court.workshop.workspace(name, mirror, TestCommand(timeout_seconds=limit))
    try:
        await workspace.open(commit, Changeset())
        prepared = await workspace.prepare()
        report = await workspace.test(files)
    finally:
        await workspace.close()
        await court.remote.release(name)
    if not report.outcomes and prepared.problem:
        raise Permanent(prepared.problem)
    return report
