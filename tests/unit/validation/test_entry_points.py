"""The programs that a change reaches are found by reading, and a crash is told from a refusal."""

import json
from collections.abc import Mapping

import pytest

from yantra_bot.sandbox.contract import Finished
from yantra_bot.validation.entry_points import describe_crash, find_entries, may_reach_entry
from yantra_bot.validation.runners.contract import Files

PROJECT = '[project.scripts]\ncalc = "calc.cli:main"\nother = "other:main"\n'


def shown(files: Mapping[str, str], *changed: str) -> list[str]:
    read = {path: text.encode() for path, text in files.items()}
    return [entry.shown for entry in find_entries(Files(tuple(sorted(read)), read.get), changed)]


def test_a_console_script_is_reached_by_its_own_package() -> None:
    """Or by what declares it; a test reaches nothing."""
    files = {"pyproject.toml": PROJECT, "src/calc/cli.py": "", "other.py": "", "tests/test_calc.py": ""}
    assert shown(files, "src/calc/sums.py") == ["calc --help"]
    assert shown(files, "other.py") == ["other --help"]
    assert shown(files, "pyproject.toml") == ["calc --help", "other --help"]
    assert shown(files, "tests/test_calc.py", "README.md") == []


def test_poetry_s_and_setuptools_scripts_count() -> None:
    """What is not declared plainly is left out."""
    files = {
        "pyproject.toml": '[tool.poetry.scripts]\na = "a:main"\nb = {callable = "b:main"}\nc = "c; import os"\n',
        "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    d = d.cli:run\n    e\n",
    }
    assert shown(files, "setup.cfg") == ["a --help", "d --help"]


def test_a_package_s_main_is_a_program() -> None:
    """Where its path can be imported."""
    files = {"calc/__main__.py": "", "src/more/deep/__main__.py": "", "odd-name/__main__.py": "", "__main__.py": ""}
    assert shown(files, "calc/a.py", "src/more/b.py", "odd-name/c.py", "__main__.py") == [
        "python -m calc --help",
        "python -m more.deep --help",
    ]


def test_a_package_json_names_programs() -> None:
    """Of the package that was changed; none that is not there, or that lies elsewhere."""
    package = {"bin": {"a": "./bin/a.js", "b": "../b.js", "c": "gone.js", "d": 3}, "scripts": {"start": "node ."}}
    files = {"web/package.json": json.dumps(package), "web/bin/a.js": "", "b.js": "", "package.json": "{"}
    assert shown(files, "web/x.ts") == ["node web/bin/a.js --help", "npm start (in web)"]
    assert shown(files, "b.js") == []
    assert shown({"package.json": '{"bin": "cli.js"}', "cli.js": ""}, "package.json") == ["node cli.js --help"]


@pytest.mark.parametrize("text", ["", "[", "[project]\nscripts = 3", '[project.scripts]\n"a" = 3', "[" * 5_000])
def test_declarations_that_cannot_be_read_name_nothing(text: str) -> None:
    """It is no error here."""
    assert (
        shown({"pyproject.toml": text, "setup.cfg": text, "package.json": text}, "pyproject.toml", "package.json") == []
    )


def test_what_may_reach_a_program() -> None:
    """Code and declarations; no page, no test."""
    assert all(map(may_reach_entry, ("a.py", "web/a.ts", "package.json", "setup.cfg")))
    assert not any(map(may_reach_entry, ("README.md", "tests/test_a.py", "a.css")))


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (Finished(0, 1.0, "Traceback (most recent call last):\n"), ""),
        (Finished(1, 1.0, "x\nTraceback (most recent call last):\n  …\nImportError: x"), "nobody caught"),
        (Finished(1, 1.0, "node:internal/x\n\nNode.js v20.20.2"), "nobody caught"),
        (Finished(2, 1.0, "usage: a [-h]\n"), ""),
        (Finished(139, 1.0, ""), "a signal ended it"),
        (Finished(None, 15.0, "", "time"), ""),
        (Finished(None, 1.0, "", "memory"), "its limit of memory"),
    ],
)
def test_a_crash_is_told_from_a_refusal_and_from_work(done: Finished, words: str) -> None:
    """A server that still runs has not crashed."""
    told = describe_crash(done)
    assert words in told
    assert bool(told) is bool(words)
