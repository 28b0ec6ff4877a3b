"""The repository's own tools: which it configures, what they print, and what of it is new."""

import json
from collections.abc import Callable

import pytest

from yantra_bot.domain.findings import Severity
from yantra_bot.sandbox.contract import Finished
from yantra_bot.validation import own_tools_output as output
from yantra_bot.validation.own_tools import TOOLS, choose_tools, find_new, is_safe, run_tool
from yantra_bot.validation.own_tools_output import Remark

BY_NAME = {tool.name: tool for tool in TOOLS}


def reading(files: dict[str, str]) -> Callable[[str], bytes | None]:
    return lambda path: files[path].encode() if path in files else None


@pytest.mark.parametrize(
    ("files", "path", "names"),
    [
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n[tool.ruff]\n"}, "a.py", ["mypy", "ruff"]),
        ({"setup.cfg": "[flake8]\nmax-line-length = 90\n[mypy]\n"}, "a.py", ["mypy", "flake8"]),
        ({"pyrightconfig.json": "{}"}, "a.py", ["pyright"]),
        ({"tsconfig.json": "{}", "eslint.config.mjs": ""}, "src/a.ts", ["tsc", "eslint"]),
        ({"tsconfig.json": "{}"}, "a.py", []),
        ({"go.mod": "module m"}, "a.go", ["go vet"]),
        ({"Cargo.toml": "[package]"}, "src/lib.rs", ["clippy"]),
        ({"pyproject.toml": "[tool", "setup.cfg": "no section"}, "a.py", []),
    ],
)
def test_tools_that_are_configured_and_look_at_the_files_are_chosen(
    files: dict[str, str], path: str, names: list[str]
) -> None:
    """A tool that the repository does not configure is not ours to demand; broken configuration configures nothing."""
    assert [tool.name for tool in choose_tools(reading(files), [path])] == names


@pytest.mark.parametrize(
    ("read", "text", "remark"),
    [
        (
            output.read_mypy,
            "a.py:3: error: Bad type  [arg-type]\na.py:4: note: see",
            Remark("a.py", 3, "arg-type", "Bad type", Severity.ERROR),
        ),
        (output.read_mypy, "./p/a.py:3:5: error: Bad", Remark("p/a.py", 3, "misc", "Bad", Severity.ERROR)),
        (output.read_flake8, "./a.py:1:80: E501 line too long", Remark("a.py", 1, "E501", "line too long")),
        (
            output.read_tsc,
            "src/a.ts(2,7): error TS2322: Type 'x'.",
            Remark("src/a.ts", 2, "TS2322", "Type 'x'.", Severity.ERROR),
        ),
        (output.read_go_vet, "# m\nvet: ./a.go:7:2: unreachable code", Remark("a.go", 7, "vet", "unreachable code")),
        (
            output.read_ruff,
            'warn\n[{"filename": "/workspace/a.py", "code": "F401", "message": "unused", "location": {"row": 1}}]',
            Remark("a.py", 1, "F401", "unused"),
        ),
        (
            output.read_pyright,
            json.dumps(
                {
                    "generalDiagnostics": [
                        {
                            "file": "/workspace/a.py",
                            "severity": "error",
                            "message": "no\nx",
                            "rule": "reportX",
                            "range": {"start": {"line": 4}},
                        }
                    ]
                }
            ),
            Remark("a.py", 5, "reportX", "no x", Severity.ERROR),
        ),
        (
            output.read_eslint,
            json.dumps(
                [
                    {
                        "filePath": "/workspace/a.js",
                        "messages": [{"ruleId": "semi", "severity": 1, "message": "m", "line": 2}],
                    }
                ]
            ),
            Remark("a.js", 2, "semi", "m"),
        ),
        (
            output.read_clippy,
            json.dumps(
                {
                    "message": {
                        "level": "warning",
                        "message": "m",
                        "code": {"code": "clippy::x"},
                        "spans": [{"file_name": "src/lib.rs", "line_start": 9, "is_primary": True}],
                    }
                }
            )
            + "\n{broken",
            Remark("src/lib.rs", 9, "clippy::x", "m"),
        ),
    ],
)
def test_what_each_tool_prints_is_read(read: Callable[[str], list[Remark]], text: str, remark: Remark) -> None:
    """Path, line, the tool's own code, the message, how grave."""
    assert read(text) == [remark]


@pytest.mark.parametrize("text", ["", "no document", "[{]", '{"generalDiagnostics": 3}', "[1]"])
def test_what_cannot_be_read_is_no_remark(text: str) -> None:
    """It comes from beside untrusted code."""
    readers = (output.read_ruff, output.read_pyright, output.read_eslint, output.read_clippy, output.read_mypy)
    assert [read(text) for read in readers] == [[]] * 5


def test_a_tool_is_run_on_the_changed_files() -> None:
    """Names that could be options are left out."""
    asked: list[tuple[str, ...]] = []

    def run(words: tuple[str, ...]) -> Finished:
        asked.append(words)
        return Finished(1, 0.1, '[{"filename": "a.py", "code": "F401", "message": "m", "location": {"row": 1}}]')

    told = run_tool(BY_NAME["ruff"], run, ["a.py", "b.js", "-x.py"])
    assert [one.code for one in told.remarks] == ["F401"]
    assert asked[0][-2:] == ("--", "./a.py")
    assert run_tool(BY_NAME["ruff"], run, ["b.js"]).remarks == ()
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("done", "problem"),
    [
        (Finished(127, 0.1, "not found"), "not in the repository's environment"),
        (Finished(1, 0.1, "/e/bin/python: No module named mypy"), "not in the repository's environment"),
        (Finished(None, 9.0, "", "time"), "ended by its limit of time"),
        (Finished(3, 0.1, "boom"), "exit code 3"),
    ],
)
def test_a_tool_that_could_not_do_its_work_says_so(done: Finished, problem: str) -> None:
    """Nothing said is not nothing wrong."""
    assert problem in run_tool(BY_NAME["mypy"], lambda _: done, ["a.py"]).problem


def test_only_what_the_base_has_not_counts() -> None:
    """A remark is recognised by the text of its line, wherever that has moved, and in a renamed file."""
    old = {("old.py", 1): "x = 1", ("old.py", 2): "y = 1"}
    new = {("a.py", 5): "x = 1", ("a.py", 6): "z = 1", ("a.py", 7): "x = 1"}
    base = [Remark("old.py", 1, "arg-type", "m"), Remark("old.py", 2, "arg-type", "m")]
    head = [Remark("a.py", line, "arg-type", "m", Severity.ERROR) for line in (5, 6, 7)]
    found = list(
        find_new(
            BY_NAME["mypy"],
            base,
            head,
            old=lambda path, line: old[path, line],
            new=lambda path, line: new[path, line],
            renamed=lambda _: "old.py",
        )
    )
    assert [(one.rule, one.line, one.severity) for one in found] == [
        ("types/mypy", 6, Severity.ERROR),
        ("types/mypy", 7, Severity.ERROR),
    ]


def test_a_linters_rule_that_the_files_broke_before_is_not_kept_here() -> None:
    """Code in the style of its neighbours is not objected to; broken syntax and a rule that was kept are."""
    base = [Remark("a.py", 1, "UP006", "Use list"), Remark("a.py", 2, "syntax", "broken")]
    head = [Remark("a.py", 7, code, "m") for code in ("UP006", "F401", "syntax")]
    found = find_new(BY_NAME["ruff"], base, head, old=lambda *_: "old", new=lambda *_: "new", renamed=lambda path: path)
    assert [one.symbol for one in found] == ["F401", "syntax"]


def test_annotations_are_a_custom_and_a_wrong_type_is_none() -> None:
    """A function without annotations among others without is not objected to; what does not fit is."""
    base = [Remark("a.py", 1, code, "m", Severity.ERROR) for code in ("no-untyped-def", "arg-type")]
    head = [Remark("a.py", 7, code, "m", Severity.ERROR) for code in ("no-untyped-def", "arg-type", "type-arg")]
    found = find_new(BY_NAME["mypy"], base, head, old=lambda *_: "old", new=lambda *_: "new", renamed=lambda path: path)
    assert [one.symbol for one in found] == ["arg-type", "type-arg"]


def test_paths_outside_of_the_workspace_are_refused() -> None:
    """A tool may say anything."""
    assert [is_safe(path) for path in ("a/b.py", "/etc/x", "../x", "")] == [True, False, False, False]
