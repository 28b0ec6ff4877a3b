"""The tool box of a run: takes a model's calls, checks every argument, and answers with text, never with an exception.

Worker's side: what is answered here came from a repository or a program and is data. The box holds no key, reaches no
network and runs nothing itself: commands and tests go through what the host hands in, which runs them in a sandbox.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from yantra_bot.agent import snippets
from yantra_bot.agent.adding import ADD, add_function
from yantra_bot.agent.arguments import check_arguments, show_name
from yantra_bot.agent.commands import WORKSPACE, CommandResult, decide, find_operators
from yantra_bot.agent.dropping import DROP, drop_tests
from yantra_bot.agent.editing import EditingTools
from yantra_bot.agent.history import HistoryTools
from yantra_bot.agent.reading import ReadingTools
from yantra_bot.agent.recovery.checkpoints import UNDO
from yantra_bot.agent.recovery.telling import tell_faults, tell_output
from yantra_bot.agent.rendering import MAX_RESULT, clean_output, cut_middle, escape, show_report
from yantra_bot.agent.specs import TOOLS
from yantra_bot.agent.suggestions import APPLY, apply_suggestion
from yantra_bot.agent.syntax import Grammars
from yantra_bot.domain.conversation import ToolCall, ToolResult, ToolSpec
from yantra_bot.domain.executions import SNIPPET, Execution
from yantra_bot.domain.paths import check_path
from yantra_bot.domain.proof import Claim, PointAnswer, TestReport
from yantra_bot.errors import Stopped, UserError, YantraError
from yantra_bot.sandbox.tree import Tree
from yantra_bot.validation.faults import find_faults

MAX_COMMAND_OUTPUT = 20_000
MAX_EXPLORED = 24_000
_NOT_FOUND = 127
_SUBJECT = re.compile(
    r"(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\([\w./, -]{1,40}\))?!?: \S[^\r\n]*"
)

RunCommand = Callable[[tuple[str, ...]], CommandResult]
"""Runs an argument list in a sandbox at the root of the tree."""
RunSnippet = Callable[[bytes], CommandResult]
"""Runs a Python program in a sandbox that sees the tree and writes nothing there; raises UserError."""
RunTests = Callable[[tuple[str, ...]], TestReport]
"""Runs the tests that are named, all of them when none is."""
Require = Callable[[str, str], str]
"""Declares and installs what brings a module; the package is the model's guess, or nothing. Raises UserError."""
Undo = Callable[[int], str]
"""Goes back so many checkpoints and tells what that changed; raises UserError."""
Explore = Callable[[str, dict[str, Any]], str]
"""Answers a tool that knows the tree as a whole, by its name and its checked arguments; raises UserError."""
EXPLORING = ("codebase_search", "symbol", "callers", "impact")
"""The tools that are answered so."""

_UNTOLD = {tool.name: tool for tool in (ADD, APPLY, DROP)}
"""What the run does itself with these means; no model is told of it."""

NO_HISTORY = HistoryTools(None, "")


def _nobody_computes(_: bytes) -> CommandResult:
    raise UserError("No program of your own can be run here. Do without it.")


def _nobody_installs(_: str, __: str) -> str:
    raise UserError("Nothing can be installed here. Do without it.")


def _nobody_goes_back(_: int) -> str:
    raise UserError("Nobody here keeps checkpoints. Edit by hand what has to go.")


def _nobody_explores(_: str, __: dict[str, Any]) -> str:
    raise UserError("Nobody here knows the code as a whole. Use search, list_files and read_file.")


def _show_explored(explore: Explore, tool: str, arguments: dict[str, Any]) -> str:
    return cut_middle(escape(explore(tool, arguments)), MAX_EXPLORED)


def _untold(editing: EditingTools, tree: Tree, grammars: Grammars) -> dict[str, Callable[[dict[str, Any]], str]]:
    return {
        ADD.name: partial(add_function, editing, tree.read_bytes),
        APPLY.name: partial(apply_suggestion, editing),
        DROP.name: partial(drop_tests, editing, tree.read_bytes, grammars),
    }


class ToolBox:
    """The tools of one run, in one tree.

    `finished` is what the model claimed, while `finish` was its last call; `tests_changed` are the existing test files
    that it edited or removed; `commands` is every command it asked for, in order.
    """

    def __init__(
        self,
        tree: Tree,
        *,
        run: RunCommand,
        test: RunTests,
        diff: Callable[[], str],
        grammars: Grammars,
        ripgrep: str | None = None,
        failed_before: Callable[[], frozenset[str]] = frozenset,
        explore: Explore = _nobody_explores,
        history: HistoryTools = NO_HISTORY,
        compute: RunSnippet = _nobody_computes,
        require: Require = _nobody_installs,
    ) -> None:
        """`failed_before` names the tests that failed before any change, as far as that is known."""
        self._reading = ReadingTools(tree, ripgrep=ripgrep)
        self._editing = EditingTools(tree, grammars=grammars)
        self._tree = tree
        self._run = run
        self._test = test
        self._compute = compute
        self._require = require
        self._diff = diff
        self._go_back: Undo = _nobody_goes_back
        self._failed_before = failed_before
        self.finished: Claim | None = None
        self.commands: list[Execution] = []
        self._broken = 0  # programs that failed one after the other
        self._handlers: dict[str, Callable[[dict[str, Any]], str]] = {
            "read_file": self._reading.read_file,
            "list_files": self._reading.list_files,
            "search": self._reading.search,
            **{name: partial(_show_explored, explore, name) for name in EXPLORING},
            "git_log": history.log,
            "git_blame": history.blame,
            "git_show": history.show,
            "edit_file": self._editing.edit_file,
            "batch_edit": self._editing.batch_edit,
            "write_file": self._editing.write_file,
            "delete_file": self._editing.delete_file,
            **_untold(self._editing, tree, grammars),
            UNDO: self._undo,
            "run_tests": self._run_tests,
            "run_command": self._run_command,
            "run_python": self._run_python,
            "require_package": self._require_package,
            "diff": self._show_diff,
            "finish": self._finish,
        }

    def undo_with(self, undo: Undo) -> None:
        """Say what the calls that follow can go back to."""
        self._go_back = undo

    def _undo(self, arguments: dict[str, Any]) -> str:
        return self._go_back(arguments.get("steps", 1))

    @property
    def tests_changed(self) -> frozenset[str]:
        return frozenset(self._editing.tests_changed)

    @staticmethod
    def specs() -> tuple[ToolSpec, ...]:
        """Return what a model is told of each tool."""
        return tuple(tool.spec for tool in TOOLS.values())

    def call(self, call: ToolCall) -> ToolResult:
        """Do what was asked; what cannot be done is an error result that says what to do next. Raises Stopped alone."""
        # Who goes on working, in the same turn or in a later attempt, has not finished.
        self.finished = None
        self._broken = self._broken if call.name == "run_python" else 0
        tool = _UNTOLD.get(call.name) or TOOLS.get(call.name)
        if tool is None:
            return _refuse(call, f"There is no tool {show_name(call.name)}. There are: {', '.join(TOOLS)}.")
        if call.arguments is None:
            return _refuse(call, "The arguments are no JSON object. Send the call again, whole.")
        try:
            arguments = check_arguments(tool.fields, _make_relative(call.arguments))
            return ToolResult(call.id, self._handlers[tool.name](arguments))
        except Stopped:
            raise
        except YantraError as error:
            return _refuse(call, str(error))

    def _run_tests(self, arguments: dict[str, Any]) -> str:
        selection = tuple(self._check_selection(item) for item in arguments.get("tests", ()))
        # Who names a test wants to see all of it; of a file or a folder it is no news.
        known = frozenset(one for one in self._failed_before() if not any(_names(item, one) for item in selection))
        report = self._test(selection)
        told = tell_faults(find_faults(report, known=known))
        return "\n\n".join([show_report(report, failed_before=known), *([told] if told else [])])

    def _check_selection(self, item: str) -> str:
        path, separator, rest = item.removeprefix(f"{WORKSPACE}/").partition("::")
        path = check_path(path)
        if path.startswith("-") or self._tree.kind(path) is None:
            raise UserError(
                f"There is no test file or folder {path}. Give a path, or path::test such as tests/test_a.py::test_b, "
                "without options; search finds the file of a test."
            )
        if len(rest) > 1_000 or not rest.isprintable():
            raise UserError(f"{path} is followed by what is no name of a test. Give path::name, or the path alone.")
        return f"{path}{separator}{rest}"

    def _run_command(self, arguments: dict[str, Any]) -> str:
        argv = tuple(arguments["argv"])
        decision = decide(argv)
        if not decision.is_allowed:
            self.commands.append(Execution(argv, decision.risk, None, 0.0, decision.reason))
            raise UserError(decision.reason)
        result = self._run(argv)
        self.commands.append(Execution(argv, decision.risk, result.exit_code, result.seconds))
        return _show_command(argv, result)

    def _run_python(self, arguments: dict[str, Any]) -> str:
        code = arguments["code"]
        decision = snippets.judge(code)
        reason = decision.reason or (snippets.ENOUGH if self._broken > snippets.MAX_REPAIRS else "")
        if reason:
            self.commands.append(Execution(SNIPPET, decision.risk, None, 0.0, reason))
            raise UserError(reason)
        result = self._compute(code.encode())
        self._broken = 0 if result.exit_code == 0 else self._broken + 1
        self.commands.append(Execution(SNIPPET, decision.risk, result.exit_code, result.seconds))
        return snippets.show(result, code)

    def _require_package(self, arguments: dict[str, Any]) -> str:
        return escape(self._require(arguments["module"].strip(), arguments.get("package", "").strip()))

    def _show_diff(self, _: dict[str, Any]) -> str:
        text = self._diff()
        return cut_middle(escape(text), MAX_RESULT) if text else "Nothing was changed so far."

    def _finish(self, arguments: dict[str, Any]) -> str:
        title = arguments["title"].strip()
        if not _SUBJECT.fullmatch(title):
            raise UserError(
                "The title is no subject of a Conventional Commit. Write type(scope): what was done, on one line, with "
                "a type of feat, fix, docs, test, refactor, perf, style, build, ci, chore."
            )
        if not arguments["summary"].strip():
            raise UserError("The summary is empty. Say what was changed, why it is right, and what is not checked.")
        answers = tuple(PointAnswer(int(one["number"]), one["evidence"]) for one in arguments.get("answers", ()))
        self.finished = Claim(
            escape(title),
            arguments["summary"].strip(),
            float(arguments["confidence"]),
            answers,
            escape(arguments.get("question", "").strip()),
            tuple(int(one) for one in arguments.get("heeded", ()) if one.isdecimal() and len(one) <= _DIGITS),
        )
        return "Finished. Nothing more is run."


_DIGITS = 3
"""Of the number of a lesson, at most."""


def _names(item: str, test: str) -> bool:
    """Say whether a selection is this very test, all its cases or its class; not its file or a folder."""
    return "::" in item and (test == item or test.startswith((f"{item}::", f"{item}[")))


def _make_relative(arguments: dict[str, Any]) -> dict[str, Any]:
    """Take the workspace off a path: programs print it in full, and a model copies what it reads."""
    path, edits = arguments.get("path"), arguments.get("edits")
    relative = dict(arguments)
    if isinstance(path, str) and (path == WORKSPACE or path.startswith(f"{WORKSPACE}/")):
        relative["path"] = path.removeprefix(WORKSPACE).removeprefix("/")
    if isinstance(edits, list):
        relative["edits"] = [_make_relative(edit) if isinstance(edit, dict) else edit for edit in edits]
    return relative


def _refuse(call: ToolCall, message: str) -> ToolResult:
    return ToolResult(call.id, cut_middle(escape(message), MAX_RESULT), is_error=True)


def _show_command(argv: Sequence[str], result: CommandResult) -> str:
    ended = f"Ended by a limit: {result.reason}" if result.exit_code is None else f"Exit code {result.exit_code}"
    parts = [f"{ended}, {result.seconds:.1f} s."]
    if result.exit_code == _NOT_FOUND:
        parts.append(f"{argv[0]} is not installed here, and nothing can be installed. Do without it.")
    if operators := find_operators(argv):
        parts.append(f"There is no shell: {' '.join(operators)} was passed to {argv[0]} as a plain argument.")
    output = cut_middle(clean_output(result.output), MAX_COMMAND_OUTPUT).rstrip()
    shown = tell_output(result.output) if result.exit_code not in {0, _NOT_FOUND} else ""
    return "\n".join([*parts, output or "It printed nothing.", *([shown] if shown else [])])
