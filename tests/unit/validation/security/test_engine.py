"""semgrep's engine in a real sandbox, and what it says read as data that may be hostile."""

import json
from dataclasses import replace

import pytest

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.sandbox.contract import Finished, Job
from yantra_bot.validation.security import engine
from yantra_bot.validation.security.engine import Report, Step, Target, scan
from yantra_bot.validation.security.scanner import Scanner

EVAL = {
    "id": "eval", "languages": ["python", "javascript"], "severity": "ERROR", "message": "It evaluates $X",
    "pattern": "eval($X)",
}  # fmt: skip
FLOW = {
    "id": "flow", "languages": ["python"], "severity": "ERROR", "message": "It flows", "mode": "taint",
    "pattern-sources": [{"pattern": "ask()"}], "pattern-sinks": [{"pattern": "do(...)"}],
}  # fmt: skip


def target(text: str, path: str = "a.py", analyzer: str = "python") -> Target:
    return Target(path, analyzer, text.encode())


def test_rules_find_what_they_describe(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """A hit says its rule, its file, its lines and its words; a file is looked at as its own language."""
    targets = [target("x = 1\neval(x)\n"), target("let y = eval(\n  2)\n", "b.js", "javascript"), target("eval\n")]
    report = scan(sandbox_world.sandbox, scanner, [EVAL], targets)
    found = [(hit.rule, hit.target, hit.line, hit.end_line, hit.message) for hit in report.hits]
    assert found == [("eval", 0, 2, 2, "It evaluates x"), ("eval", 1, 1, 2, "It evaluates 2")]
    assert report.problems == ()


def test_the_way_of_a_value_is_told(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """Where a value came in, what it passed and where it does harm are evidence."""
    (hit,) = scan(sandbox_world.sandbox, scanner, [FLOW], [target("q = ask()\nr = q + '!'\ndo(r)\n")]).hits
    assert hit.trace == (Step("source", 1, "ask()"), Step("via", 1, "q"), Step("via", 2, "r"), Step("sink", 3, "do(r)"))


def test_a_comment_that_asks_to_overlook_is_told_apart(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """`nosemgrep` hides nothing."""
    hits = scan(sandbox_world.sandbox, scanner, [EVAL], [target("eval(1)  # nosemgrep\neval(2)\n")]).hits
    assert [(hit.line, hit.is_ignored) for hit in hits] == [(1, True), (2, False)]


def test_what_cannot_be_parsed_is_said(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """A file in part not understood is a problem by its path, and its other findings stand."""
    report = scan(sandbox_world.sandbox, scanner, [EVAL], [target("eval(1)\ndef (:\n")])
    assert [hit.line for hit in report.hits] == [1]
    assert report.problems == (("a.py", "PartialParsing"),)


def test_a_rule_that_is_wrong_is_said(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """The engine's refusal is a problem of the whole scan, never a clean result."""
    report = scan(sandbox_world.sandbox, scanner, [{"id": "x", "languages": ["python"]}], [target("eval(1)\n")])
    assert report.hits == ()
    assert report.problems


def test_strange_names_and_bytes_are_scanned(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """Names of a repository are never names in the sandbox, and bytes that are no text stop nothing."""
    odd = Target("../..\n/\x1b[31m -rf.py", "python", b"eval(1)\n# \xff\xfe\x7f\neval('\x7f')\n")
    hits = scan(sandbox_world.sandbox, scanner, [EVAL], [odd]).hits
    assert [hit.line for hit in hits] == [1, 3]


def test_nothing_to_do_starts_nothing(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """Without a file or a rule no process is started."""
    assert scan(sandbox_world.sandbox, scanner, [EVAL], []) == Report()
    assert scan(sandbox_world.sandbox, scanner, [], [target("eval(1)")]) == Report()


class Liar:
    """A sandbox in which something else printed the report."""

    def __init__(self, world: SandboxWorld, *lines: object, limit: str | None = None) -> None:
        self.interpreter = world.interpreter
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        self._done = Finished(0, 0.1, text, limit)

    def run(self, _job: Job) -> Finished:
        return self._done


GOOD = {"hit": "eval", "target": 0, "line": 1, "end": 1, "message": "m", "ignored": False, "trace": []}
DONE = {"done": 1}


@pytest.mark.case("D22")
@pytest.mark.parametrize(
    "change",
    [
        {"target": 7}, {"target": -1}, {"target": True}, {"target": "0"}, {"line": 0}, {"line": 99}, {"line": None},
        {"end": 99}, {"hit": 3}, {"line": 2, "end": 1}, {"line": 1e9},
    ],
)  # fmt: skip
def test_a_forged_hit_is_no_hit(sandbox_world: SandboxWorld, scanner: Scanner, change: dict[str, object]) -> None:
    """A report that a hostile file made the engine print names only files that are there, and lines that they have."""
    liar = Liar(sandbox_world, {**GOOD, **change}, GOOD, DONE)
    report = scan(liar, scanner, [EVAL], [target("a\nb\n")])  # type: ignore[arg-type]  (a sandbox that lies)
    assert [hit.line for hit in report.hits] == [1]


@pytest.mark.case("D22")
def test_a_report_full_of_rubbish_is_read_to_its_end(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """Lines that are no objects, nested too deep or with a forged way of a value are left out."""
    trace = [["sink", 0, 1, "s"], ["source", 5, 1, "x"], ["boss", 0, 1, "x"], "x", ["via", 0, 77, "x"]]
    lines = ["not json", "[" * 100_000, "3", {"problem": "p", "target": 9}, {**GOOD, "trace": trace}, DONE]
    report = scan(Liar(sandbox_world, *lines), scanner, [EVAL], [target("a\n")])  # type: ignore[arg-type]  (it lies)
    assert [hit.trace for hit in report.hits] == [(Step("sink", 1, "s"),)]
    assert report.problems == (("", "p"),)


def test_a_scan_that_was_cut_short_says_so(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """No end of the report and a limit that was met are both told, since no hit then means nothing."""
    early = scan(Liar(sandbox_world, GOOD), scanner, [EVAL], [target("a\n")])  # type: ignore[arg-type]  (it lies)
    assert early.problems[0][1].startswith("it ended early")
    cut = scan(Liar(sandbox_world, limit="memory"), scanner, [EVAL], [target("a\n")])  # type: ignore[arg-type]  (it lies)
    assert cut.problems == (("", "it met its limit of memory"),)


def test_an_engine_that_is_not_there_fails_loudly(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """A folder without the engine in it is no clean result."""
    empty = replace(scanner, folder=sandbox_world.make_folder())
    assert scan(sandbox_world.sandbox, empty, [EVAL], [target("eval(1)\n")]).problems


def test_many_files_are_scanned_some_at_a_time(
    sandbox_world: SandboxWorld, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each hit is at its own file, whichever start found it."""
    monkeypatch.setattr(engine, "BATCH_BYTES", 60)
    targets = [target(f"x = {number}\neval({number})\n" + "#" * 30, f"{number}.py") for number in range(4)]
    report = engine.scan_all(sandbox_world.sandbox, scanner, [EVAL], targets)
    assert [(hit.target, hit.message) for hit in report.hits] == [(n, f"It evaluates {n}") for n in range(4)]


def test_what_there_is_no_time_for_is_named(
    sandbox_world: SandboxWorld, scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No start is made after the budget, and the files are told; a limit that ends one start names its files alone."""
    monkeypatch.setattr(engine, "BATCH_BYTES", 10)
    targets = [target("eval(1)\n", "a.py"), target("eval(2)\n", "b.py")]
    ticks = iter([0.0, 0.0, 1e9])
    report = engine.scan_all(sandbox_world.sandbox, scanner, [EVAL], targets, clock=lambda: next(ticks))
    assert [hit.target for hit in report.hits] == [0]
    assert report.problems == (("b.py", engine.LATE),)
    liar = Liar(sandbox_world, limit="memory")
    cut = engine.scan_all(liar, scanner, [EVAL], targets)  # type: ignore[arg-type]  (a sandbox that lies)
    assert cut.problems == tuple((path, "it met its limit of memory") for path in ("a.py", "b.py"))
