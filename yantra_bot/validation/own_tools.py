"""The repository's own type checkers and linters: which it configures, run in the sandbox, and what is new in a change.

A tool runs where the repository configures it and its environment has it, or, of Go and Rust, the machine does. Their
configuration may load code, so that nothing of this runs but in a sandbox. Only what the head has and the base has not
counts, by the text of the line: what was there before is nobody's fault now. A linter's rule, or a wish for
annotations, that the changed files broke before is none that the repository keeps, so that code in the style of its
neighbours is not objected to.
"""

import configparser
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.sandbox.contract import Finished
from yantra_bot.validation import own_tools_output as output
from yantra_bot.validation.own_tools_output import Remark

Read = Callable[[str], bytes | None]
Run = Callable[[tuple[str, ...]], Finished]
"""Runs a command in the sandbox, in the tree that is looked at."""
CONFIDENCE: Final = 0.9
MAX_FINDINGS: Final = 200
NOT_THERE: Final = frozenset({126, 127})
_FILES_EACH: Final = 500
NO_RULES: Final = frozenset({"syntax", "vet"})
"""Codes that are no rule which a repository could choose not to keep."""
ANNOTATIONS: Final = frozenset({"no-untyped-def", "no-untyped-call", "type-arg", "no-any-return", "var-annotated"})
"""Of type checkers: what asks for annotations, which is a custom as a linter's rule is, and no error."""
_NO_MODULE: Final = re.compile(r"python[\d.]*: No module named (mypy|flake8)\b")


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `words` is its command, to which the changed files are added where `takes_files`."""

    name: str
    family: str
    """Of the rules: `types` or `lint`."""
    words: tuple[str, ...]
    suffixes: tuple[str, ...]
    read: Callable[[str], list[Remark]]
    files: tuple[str, ...] = ()
    """Configuration of its own."""
    section: tuple[str, ...] = ()
    """Of pyproject.toml."""
    ini: str = ""
    """A section of setup.cfg or tox.ini."""
    takes_files: bool = True
    codes: frozenset[int] = frozenset({0, 1})
    """Exit codes by which it says that it did its work."""

    def is_configured(self, read: Read) -> bool:
        """Tell whether the repository configures it."""
        if any(read(path) is not None for path in self.files):
            return True
        if self.section and _has_section(read, self.section):
            return True
        return bool(self.ini) and any(_has_ini(read, path, self.ini) for path in ("setup.cfg", "tox.ini"))


_PY, _JS = (".py", ".pyi"), (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx")
_ESLINT_FILES = tuple(
    [f"eslint.config.{end}" for end in ("js", "mjs", "cjs", "ts")]
    + [f".eslintrc{end}" for end in ("", ".js", ".cjs", ".json", ".yml", ".yaml")]
)
TOOLS: Final[tuple[Tool, ...]] = (
    Tool(
        "mypy",
        "types",
        (
            "python",
            "-m",
            "mypy",
            "--no-color-output",
            "--no-error-summary",
            "--hide-error-context",
            "--show-error-codes",
            "--no-pretty",
            "--cache-dir=/tmp/mypy",
        ),
        _PY,
        output.read_mypy,
        ("mypy.ini", ".mypy.ini"),
        ("tool", "mypy"),
        "mypy",
        codes=frozenset({0, 1, 2}),
    ),
    Tool(
        "pyright",
        "types",
        ("pyright", "--outputjson"),
        _PY,
        output.read_pyright,
        ("pyrightconfig.json",),
        ("tool", "pyright"),
        takes_files=False,
    ),
    Tool(
        "ruff",
        "lint",
        ("ruff", "check", "--output-format=json", "--no-cache", "--force-exclude", "--"),
        _PY,
        output.read_ruff,
        ("ruff.toml", ".ruff.toml"),
        ("tool", "ruff"),
    ),
    Tool(
        "flake8",
        "lint",
        ("python", "-m", "flake8", "--format=default"),
        _PY,
        output.read_flake8,
        (".flake8",),
        (),
        "flake8",
    ),
    Tool(
        "tsc",
        "types",
        ("node_modules/.bin/tsc", "--noEmit", "--pretty", "false"),
        (".ts", ".tsx"),
        output.read_tsc,
        ("tsconfig.json",),
        takes_files=False,
        codes=frozenset({0, 1, 2}),
    ),
    Tool(
        "eslint", "lint", ("node_modules/.bin/eslint", "--format", "json", "--"), _JS, output.read_eslint, _ESLINT_FILES
    ),
    Tool("go vet", "lint", ("go", "vet", "./..."), (".go",), output.read_go_vet, ("go.mod",), takes_files=False),
    Tool(
        "clippy",
        "lint",
        ("cargo", "clippy", "--offline", "--quiet", "--message-format=json"),
        (".rs",),
        output.read_clippy,
        ("Cargo.toml",),
        takes_files=False,
        codes=frozenset({0, 1, 101}),
    ),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What one tool said of one tree; `problem` says why it said nothing."""

    remarks: tuple[Remark, ...] = ()
    problem: str = ""
    is_missing: bool = False


def choose_tools(read: Read, paths: Iterable[str]) -> list[Tool]:
    """Return the tools that the repository configures and that look at any of the files."""
    names = list(paths)
    return [tool for tool in TOOLS if any(name.endswith(tool.suffixes) for name in names) and tool.is_configured(read)]


def run_tool(tool: Tool, run: Run, paths: Collection[str]) -> Told:
    """Run a tool on a tree; `paths` are the changed files that are there."""
    chosen = sorted(path for path in paths if path.endswith(tool.suffixes) and not path.startswith("-"))[:_FILES_EACH]
    if tool.takes_files and not chosen:
        return Told()
    words = (*tool.words, *(f"./{path}" for path in chosen)) if tool.takes_files else tool.words
    done = run(words)
    if done.exit_code in NOT_THERE or _NO_MODULE.search(done.output):
        return Told(problem=f"{tool.name} is configured, and not in the repository's environment.", is_missing=True)
    if done.exit_code is None:
        return Told(problem=f"{tool.name} was ended by its limit of {done.limit or 'time'}.")
    remarks = tuple(tool.read(done.output))
    if done.exit_code not in tool.codes and not remarks:
        return Told(problem=f"{tool.name} could not do its work (exit code {done.exit_code}): {done.output[-300:]}")
    return Told(remarks)


def find_new(
    tool: Tool,
    base: Iterable[Remark],
    head: Iterable[Remark],
    *,
    old: Callable[[str, int], str],
    new: Callable[[str, int], str],
    renamed: Callable[[str], str],
) -> Iterator[Finding]:
    """Yield what the head has more than the base, but for customs that the files did not keep in the base.

    `old` and `new` give the text of a line of each, `renamed` what a path was called in the base.
    """
    before = list(base)
    known = Counter((one.path, one.code, one.message, old(one.path, one.line)) for one in before)
    codes = {one.code for one in before}
    unkept = codes - NO_RULES if tool.family == "lint" else codes & ANNOTATIONS
    count = 0
    for remark in head:
        text = new(remark.path, remark.line)
        key = (renamed(remark.path), remark.code, remark.message, text)
        if known[key] > 0:
            known[key] -= 1
        elif remark.code not in unkept and count < MAX_FINDINGS:
            count += 1
            yield _finding(tool, remark, text)


def _finding(tool: Tool, remark: Remark, text: str) -> Finding:
    return Finding(
        f"{tool.family}/{tool.name.replace(' ', '-')}",
        min(remark.severity, Severity.ERROR, key=lambda one: one.rank),
        CONFIDENCE,
        f"{tool.name}: {remark.message} [{remark.code}]",
        remark.path,
        remark.line,
        anchor=text,
        symbol=remark.code,
    )


def is_safe(path: str) -> bool:
    """Tell whether a path that a tool named lies in the workspace."""
    where = PurePosixPath(path)
    return bool(path) and not where.is_absolute() and ".." not in where.parts


def _has_section(read: Read, section: tuple[str, ...]) -> bool:
    try:
        found: Any = tomllib.loads((read("pyproject.toml") or b"").decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    for part in section:
        found = found.get(part) if isinstance(found, dict) else None
    return found is not None


def _has_ini(read: Read, path: str, section: str) -> bool:
    data = read(path)
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string("" if data is None else data.decode("utf-8", "replace"))
    except configparser.Error:
        return False
    return parser.has_section(section)
