"""The tool box, as a model meets it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from yantra_bot.agent.commands import CommandResult, Risk
from yantra_bot.agent.tools import ToolBox
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.proof import Claim, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.errors import Stopped, Transient

Bench = Any
MakeBench = Callable[[dict[str, bytes]], Bench]


def test_every_tool_is_described_for_a_model() -> None:
    """Short, complete, and valid JSON for both vendors."""
    specs = ToolBox.specs()
    assert [spec.name for spec in specs] == [
        *("read_file", "list_files", "search", "codebase_search", "symbol", "callers", "impact"),
        *("git_log", "git_blame", "git_show"),
        *("edit_file", "batch_edit", "write_file", "delete_file", "undo"),
        *("run_tests", "run_command", "run_python", "require_package", "diff", "finish"),
    ]
    for spec in specs:
        assert 20 < len(spec.description) < 1_200
        assert spec.parameters["additionalProperties"] is False
        assert set(spec.parameters["required"]) <= set(spec.parameters["properties"])
        assert all(item["description"].endswith(".") for item in spec.parameters["properties"].values())
    assert len(json.dumps([spec.parameters for spec in specs])) < 8_500


def test_a_file_is_read_with_numbers_and_in_parts(make_bench: MakeBench) -> None:
    """The heading says which lines of how many, and what to ask for next."""
    bench = make_bench({"long.txt": b"".join(b"line %d\n" % number for number in range(1, 2501))})
    shown = bench.ok("read_file", path="long.txt")
    assert shown.startswith("long.txt, lines 1-1000 of 2500\n     1\tline 1\n")
    assert shown.endswith("  1000\tline 1000\n[Not shown: lines 1001-2500. Ask for start_line 1001.]")
    assert bench.ok("read_file", path="long.txt", start_line=2499) == (
        "long.txt, lines 2499-2500 of 2500\n  2499\tline 2499\n  2500\tline 2500"
    )
    assert bench.ok("read_file", path="long.txt", start_line=7, end_line=7).endswith("     7\tline 7")
    assert "has 2500 lines, so there are none from 2501" in bench.refused("read_file", path="long.txt", start_line=2501)
    assert "none from 9 to 8" in bench.refused("read_file", path="long.txt", start_line=9, end_line=8)


def test_the_ends_of_a_range_are_kept_to(make_bench: MakeBench) -> None:
    """An end beyond the file is its last line; no line is below 1; what has no such line says how many it has."""
    bench = make_bench({"three.txt": b"a\nb\nc\n", "one.txt": b"a", "none.txt": b""})
    whole = "three.txt, lines 1-3 of 3\n     1\ta\n     2\tb\n     3\tc"
    assert bench.ok("read_file", path="three.txt", start_line=1, end_line=10_000_000) == whole
    assert bench.ok("read_file", path="three.txt", end_line=2) == "three.txt, lines 1-2 of 3\n     1\ta\n     2\tb"
    assert bench.ok("read_file", path="one.txt", start_line=1, end_line=1).endswith("     1\ta")
    assert bench.ok("read_file", path="none.txt", start_line=5, end_line=9) == "none.txt is empty."
    assert "none from 4 to 3" in bench.refused("read_file", path="three.txt", start_line=4)
    for wrong in ({"start_line": 0}, {"end_line": 0}, {"start_line": -1}, {"end_line": 10_000_001}):
        assert "has to be from 1 to 10000000" in bench.refused("read_file", path="three.txt", **wrong)
    assert "has to be an integer" in bench.refused("read_file", path="three.txt", start_line=True)
    assert "has to be an integer" in bench.refused("read_file", path="three.txt", start_line="1")


def test_what_is_odd_about_a_file_is_told(bench: Bench, make_bench: MakeBench) -> None:
    """Line endings, encodings, a missing last end; carriage returns themselves are not shown."""
    shown = bench.ok("read_file", path="README.md")
    assert shown.startswith(
        "README.md, lines 1-3 of 3 (CRLF line endings, kept by edits; no line end after the last line)"
    )
    assert "\r" not in shown
    bench.tree.write_bytes("utf16.txt", "\ufeffx\n".encode("utf-16-le"))
    assert "utf-16-le with a byte order mark" in bench.ok("read_file", path="utf16.txt")
    bench.tree.write_bytes("empty", b"")
    assert bench.ok("read_file", path="empty") == "empty is empty."
    bench.tree.write_bytes("wide.txt", b"x" * 70_000 + b"\n" + b"y" * 70_000)
    assert "68,000 characters left out" in bench.ok("read_file", path="wide.txt")
    bench.tree.write_bytes("many-wide.txt", (b"x" * 1_900 + b"\n") * 40)
    assert "[Not shown: lines" in bench.ok("read_file", path="many-wide.txt")


def test_a_wrong_path_is_answered_with_the_right_one(bench: Bench) -> None:
    """A file of that name elsewhere, or in other letter case, is named."""
    assert "Near it: src/app.py." in bench.refused("read_file", path="app.py")
    assert "Near it: README.md." in bench.refused("read_file", path="readme.md")
    assert "list_files" in bench.refused("read_file", path="nothing.txt")
    assert "binary" in bench.refused("read_file", path=_put(bench, "a.bin", b"\0"))


def _put(bench: Bench, path: str, data: bytes) -> str:
    bench.tree.write_bytes(path, data)
    return path


def test_files_are_listed(bench: Bench) -> None:
    """All, below a folder, by glob; links are marked; too many are counted by folder."""
    assert bench.ok("list_files") == "README.md\nsrc/app.py\nsrc/util.py\ntests/test_app.py"
    assert bench.ok("list_files", path="src") == bench.ok("list_files", path="./src/") == "src/app.py\nsrc/util.py"
    assert bench.ok("list_files", path=".", glob="test_*.py") == "tests/test_app.py"
    assert bench.ok("list_files", glob="*.go") == "No file there matches."
    (bench.tree.root / "link").symlink_to("/etc")
    assert "link  (symlink, cannot be opened)" in bench.ok("list_files")
    assert "is a file. Show it" in bench.refused("list_files", path="src/app.py")
    assert "not inside" in bench.refused("list_files", path="/")
    assert "'..'" in bench.refused("list_files", path="..")
    (bench.tree.root / "void").mkdir()
    assert bench.ok("list_files", path="void") == "There is no file there."
    (bench.tree.root / "bad\udcff").write_text("")
    for number in range(450):
        bench.tree.write_bytes(f"many/{number % 3}/{number:03}.txt", b"")
    shown = bench.ok("list_files")
    assert "more files. Narrow it with path or glob. They are in:\n  many: " in shown
    assert "[1 names left out" in shown


def test_search_groups_lines_by_file(bench: Bench) -> None:
    """A match has a colon behind its number, its neighbours a dash; long results are cut and say so."""
    assert bench.ok("search", pattern="return", context=1) == "src/app.py\n     4-\tdef run(a):\n     5:\t    return a"
    assert bench.ok("search", pattern="nope") == "No line matches."
    bench.tree.write_bytes("many.txt", b"needle " * 40 + b"\n" + b"needle\n" * 200)
    shown = bench.ok("search", pattern="needle")
    assert shown.endswith("[There is more. Narrow it with path or glob.]")
    for number in range(90):
        bench.tree.write_bytes(f"wide/{number}.txt", (b"needle" + b"x" * 900 + b"\n") + (b"y" * 900 + b"\n") * 9)
    shown = bench.ok("search", pattern="needle", path="wide", context=10)
    assert shown.endswith("[There is more. Narrow it with path or glob.]")
    assert len(shown) < 61_000


def test_an_edit_shows_how_the_place_reads_now(bench: Bench) -> None:
    """So that the next edit can be made without reading the file again."""
    shown = bench.ok("edit_file", path="src/app.py", search="    return a\n", replace="    return a + 1\n")
    assert shown.startswith("Edited src/app.py. It now reads:\n")
    assert "     5\t    return a + 1" in shown
    assert bench.tree.read_bytes("src/app.py") == b"import os\n\n\ndef run(a):\n    return a + 1\n"


def test_an_edit_that_breaks_the_parse_is_not_written(bench: Bench) -> None:
    """The place of the error is told, and the file is as it was."""
    before = bench.tree.read_bytes("src/app.py")
    message = bench.refused("edit_file", path="src/app.py", search="run(a):", replace="run(a:")
    assert "Nothing was written: src/app.py would not parse any more, line 4" in message
    assert bench.tree.read_bytes("src/app.py") == before


def test_a_batch_is_whole_or_nothing(bench: Bench) -> None:
    """Edits of several files, several of one file; syntax only counts after the last."""
    edits = [
        {"path": "src/app.py", "search": "run(a):", "replace": "run(a"},
        {"path": "src/util.py", "search": "1", "replace": "2"},
        {"path": "src/app.py", "search": "run(a", "replace": "run(a, b):"},
    ]
    assert bench.ok("batch_edit", edits=edits).count("It now reads") == 2
    assert b"def run(a, b):" in bench.tree.read_bytes("src/app.py")
    for bad in (
        {"path": "src/app.py", "search": "not there", "replace": ""},
        {"path": "src/app.py", "search": "run(", "replace": "run)"},
        {"path": "CODEOWNERS", "search": "a", "replace": "b"},
    ):
        message = bench.refused("batch_edit", edits=[{"path": "src/util.py", "search": "2", "replace": "3"}, bad])
        assert "Nothing was written" in message or "may not be changed" in message
    assert bench.tree.read_bytes("src/util.py") == b"LIMIT = 2\n"
    assert "Edit 2 of 2 does not fit: src/app.py: The search text" in bench.refused(
        "batch_edit",
        edits=[
            edits[1] | {"search": "2", "replace": "3"},
            {"path": "src/app.py", "search": "not there", "replace": ""},
        ],
    )


def test_a_batch_shows_each_place_as_it_reads_at_the_end(make_bench: MakeBench) -> None:
    """Also where a later edit moved an earlier one; places that touch are shown as one."""
    bench = make_bench({"a.py": "".join(f"x{number} = {number}\n" for number in range(1, 31)).encode()})
    edits = [
        {"path": "a.py", "search": "x20 = 20\n", "replace": "y20 = 20\n"},
        {"path": "a.py", "search": "x5 = 5\n", "replace": "y5 = 5\nz5 = 5\n"},
        {"path": "a.py", "search": "x7 = 7\n", "replace": "y7 = 7\n"},
    ]
    first, second = bench.ok("batch_edit", edits=edits).partition(":\n")[2].split("\n     …\n")
    assert [line.split("\t") for line in first.splitlines()][2:6] == [
        ["     5", "y5 = 5"],
        ["     6", "z5 = 5"],
        ["     7", "x6 = 6"],
        ["     8", "y7 = 7"],
    ]
    assert "    21\ty20 = 20" in second.splitlines()


def test_a_batch_that_cannot_be_written_is_taken_back(bench: Bench) -> None:
    """When a later file cannot be written, the earlier ones are as they were."""

    class Failing(type(bench.tree)):  # type: ignore[misc]
        def write_bytes(self, path: str, data: bytes, *, is_executable: bool | None = None) -> None:
            super().write_bytes("tests/none/../x" if path == "src/util.py" else path, data, is_executable=is_executable)

    bench.box._editing._tree = Failing(bench.tree.root)
    before = bench.tree.read_bytes("src/app.py")
    bench.refused(
        "batch_edit",
        edits=[
            {"path": "src/app.py", "search": "os", "replace": "sys"},
            {"path": "src/util.py", "search": "1", "replace": "2"},
        ],
    )
    assert bench.tree.read_bytes("src/app.py") == before


def test_a_file_is_written_whole(bench: Bench) -> None:
    """New ones with folders and mode, old ones in their own encoding and line endings."""
    assert (
        bench.ok("write_file", path="new/run.sh", content="#!/bin/sh\n", executable=True) == "Made new/run.sh: 1 line."
    )
    assert bench.tree.is_executable("new/run.sh")
    assert bench.ok("write_file", path="README.md", content="# New\n\nText\n") == "Replaced README.md: 3 lines."
    bench.tree.write_bytes("crlf.txt", b"a\r\nb\r\n")
    bench.ok("write_file", path="crlf.txt", content="x\ny\n")
    assert bench.tree.read_bytes("crlf.txt") == b"x\r\ny\r\n"
    bench.tree.write_bytes("utf16.txt", "\ufeffx".encode("utf-16-le"))
    bench.ok("write_file", path="utf16.txt", content="\ufeffz")
    assert bench.tree.read_bytes("utf16.txt") == "\ufeffz".encode("utf-16-le")
    bench.tree.write_bytes("a.bin", b"\0")
    bench.ok("write_file", path="a.bin", content="text")
    assert bench.tree.read_bytes("a.bin") == b"text"
    assert bench.ok("write_file", path="void", content="") == "Made void: 0 lines."


def test_a_write_that_changes_nothing_or_breaks_is_refused(bench: Bench) -> None:
    """Same content, broken syntax, a twin of a name, text that is none."""
    assert "exactly this content" in bench.refused("write_file", path="src/util.py", content="LIMIT = 1\n")
    bench.ok("write_file", path="src/util.py", content="LIMIT = 1\n", executable=True)
    assert "would not parse" in bench.refused("write_file", path="src/new.py", content="def f(:\n")
    assert bench.tree.kind("src/new.py") is None
    assert "src/util.py are the same file" in bench.refused("write_file", path="src/Util.py", content="x = 1\n")
    assert "utf-8, which has no" in bench.refused("write_file", path="x", content="\ud800")
    assert "is a folder" in bench.refused("write_file", path="src", content="x")
    assert "at most 1048576" in bench.refused("write_file", path="x", content="x" * 1_048_577)
    assert "more than 2097152 bytes" in bench.refused("write_file", path="x", content="\u4e2d" * 1_000_000)


def test_a_file_is_removed(bench: Bench) -> None:
    """One file at a time."""
    assert bench.ok("delete_file", path="src/util.py") == "Removed src/util.py."
    assert bench.tree.kind("src/util.py") is None
    assert "is a folder" in bench.refused("delete_file", path="src")


def test_changed_tests_are_remembered(bench: Bench) -> None:
    """Those that were there before; new ones are no reason to look."""
    bench.ok("write_file", path="tests/test_new.py", content="def test_n():\n    assert 1\n")
    bench.ok("edit_file", path="src/app.py", search="os", replace="sys")
    assert bench.box.tests_changed == frozenset()
    bench.ok("edit_file", path="tests/test_app.py", search="True", replace="1 == 1")
    assert bench.box.tests_changed == {"tests/test_app.py"}
    bench.ok("delete_file", path="tests/test_app.py")
    assert bench.box.tests_changed == {"tests/test_app.py"}


def test_tests_are_run_whole_or_selected(bench: Bench) -> None:
    """Node ids pass through when their file is there; what comes back is the report, which is no error of the tool."""
    bench.report = TestReport(
        Verdict.FAIL, ("pytest",), 1, 2.0, (TestOutcome("t::a", TestStatus.FAILED, 0, "boom"),), reason="1 failed."
    )
    assert bench.ok("run_tests").startswith("FAIL: 1 failed in 2.0 s (exit code 1).")
    bench.ok("run_tests", tests=["tests", "./tests/test_app.py::TestX::test_run[a b-/c]"])
    assert bench.tested == [(), ("tests", "tests/test_app.py::TestX::test_run[a b-/c]")]
    for bad in (
        "-x",
        "--co",
        "nothing.py",
        "/etc/passwd",
        "tests/test_app.py::a\nb",
        "tests/test_app.py::" + "x" * 1001,
    ):
        bench.refused("run_tests", tests=[bad])
    assert len(bench.tested) == 2
    assert "path::test such as" in bench.refused("run_tests", tests=["test_b"])
    assert "without options" in bench.refused("run_tests", tests=["tests/test_app.py -k b"])


def test_an_old_failure_is_shown_whole_to_who_names_it(bench: Bench) -> None:
    """In a run of all tests it is one line."""
    outcome = TestOutcome("tests/test_app.py::test_run", TestStatus.FAILED, 0, "frame\nE   boom")
    bench.report = TestReport(Verdict.FAIL, ("pytest",), 1, 2.0, (outcome,), reason="1 failed.")
    bench.failed_before = frozenset({outcome.name})
    assert bench.ok("run_tests").endswith("Failed before any change too:\n- tests/test_app.py::test_run: boom")
    assert bench.ok("run_tests", tests=["tests/test_app.py"]).endswith("- tests/test_app.py::test_run: boom")
    assert "FAILED tests/test_app.py::test_run\nframe\nE   boom\n" in bench.ok("run_tests", tests=[outcome.name])


def test_a_path_may_name_the_workspace(bench: Bench) -> None:
    """Programs print full paths, and a model copies what it reads; what is outside stays outside."""
    assert bench.ok("read_file", path="/workspace/src/app.py") == bench.ok("read_file", path="src/app.py")
    assert bench.ok("list_files", path="/workspace") == bench.ok("list_files")
    bench.ok("run_tests", tests=["/workspace/tests/test_app.py::test_b"])
    assert bench.tested == [("tests/test_app.py::test_b",)]
    text = bench.tree.read_bytes("src/app.py").decode()
    bench.ok("batch_edit", edits=[{"path": "/workspace/src/app.py", "search": text, "replace": "x = 1\n"}])
    assert bench.tree.read_bytes("src/app.py") == b"x = 1\n"
    for path in ("/workspace/../etc/passwd", "/workspaces/x", "/workspace//etc/passwd"):
        bench.refused("read_file", path=path)
    bench.refused("batch_edit", edits=["/workspace"])


def test_a_program_that_is_missing_is_said_plainly(bench: Bench) -> None:
    """The exit code of a shell for it, and that nothing can be installed."""
    bench.result = CommandResult(127, "prlimit: failed to execute mypy: No such file or directory\n", 0.0)
    assert "mypy is not installed here" in bench.ok("run_command", argv=["mypy", "src"])


def test_a_command_is_run_and_kept_on_record(bench: Bench) -> None:
    """Output is cleaned and cut; a refusal runs nothing and is on record too."""
    bench.result = CommandResult(1, "\x1b[31mred\x1b[0m\r\n" + "x\n" * 30_000, 0.26)
    shown = bench.ok("run_command", argv=["python", "-V", "|"])
    assert shown.startswith(
        "Exit code 1, 0.3 s.\nThere is no shell: | was passed to python as a plain argument.\nred\nx\n"
    )
    assert "characters left out" in shown
    bench.result = CommandResult(None, "", 30.0, "time limit")
    assert bench.ok("run_command", argv=["make"]) == "Ended by a limit: time limit, 30.0 s.\nIt printed nothing."
    assert "special rights" in bench.refused("run_command", argv=["sudo", "make"])
    assert bench.ran == [("python", "-V", "|"), ("make",)]
    assert [(record.argv[0], record.risk, record.exit_code, bool(record.refusal)) for record in bench.box.commands] == [
        ("python", Risk.MEDIUM, 1, False),
        ("make", Risk.MEDIUM, None, False),
        ("sudo", Risk.HIGH, None, True),
    ]


def test_the_diff_is_shown(bench: Bench) -> None:
    """As the workspace tells it, with nothing invisible."""
    assert bench.ok("diff") == "Nothing was changed so far."
    bench.changes = "+a\x07\n"
    assert bench.ok("diff") == "+a\\x07\n"


def test_finish_is_a_claim(bench: Bench) -> None:
    """A subject, a summary and a number; anything else is asked for again."""
    good = {"title": "fix(app)!: count from one ", "summary": " Why. ", "confidence": 1}
    assert bench.ok("finish", **good) == "Finished. Nothing more is run."
    assert bench.box.finished == Claim("fix(app)!: count from one", "Why.", 1.0)
    for title in ("Fix it", "fix it", "feat:", "fix: a\nb", "feature: x", "fix:x", ""):
        assert "Conventional Commit" in bench.refused("finish", **good | {"title": title})
    assert "summary is empty" in bench.refused("finish", **good | {"summary": "  "})
    assert "from 0 to 1" in bench.refused("finish", **good | {"confidence": 1.5})
    assert bench.box.finished is None


def test_who_goes_on_working_has_not_finished(bench: Bench) -> None:
    """A call after finish, in the same turn or in a later attempt, takes it back."""
    bench.ok("finish", title="fix: a", summary="b", confidence=0.5)
    bench.ok("list_files")
    assert bench.box.finished is None


def test_expected_failures_of_the_host_are_results_and_a_stop_is_not(bench: Bench) -> None:
    """The model reads why; a person's stop ends the run."""

    def fail(_: tuple[str, ...]) -> CommandResult:
        raise Transient("The disk is full.")

    def stop(_: tuple[str, ...]) -> CommandResult:
        raise Stopped("A person stopped the run.")

    bench.box._run = fail
    assert bench.refused("run_command", argv=["ls"]) == "The disk is full."
    bench.box._run = stop
    with pytest.raises(Stopped):
        bench.call("run_command", argv=["ls"])


def test_calls_without_an_object_are_refused(bench: Bench) -> None:
    """Half a JSON object runs nothing."""
    result = bench.box.call(ToolCall("7", "diff", None))
    assert result.is_error
    assert result.call_id == "7"


def test_a_program_is_mended_three_times_and_then_looked_at_otherwise(make_bench: MakeBench) -> None:
    """Each is kept with risk and exit code; another tool between them lets one try again."""
    bench = make_bench({"a.py": b"x = 1\n"})
    bench.computed = CommandResult(1, "ZeroDivisionError", 0.1)
    for _ in range(4):
        bench.call("run_python", code="1 / 0")
    assert "programs in a row failed" in bench.refused("run_python", code="1 / 0")
    bench.ok("read_file", path="a.py")
    assert "programs in a row failed" not in bench.call("run_python", code="print(1)").content
    kept = [one for one in bench.box.commands if one.is_snippet]
    assert [bool(one.refusal) for one in kept] == [False] * 4 + [True, False]
