"""What a model is told when a way out was chosen: the way in our words, what was found on it as data. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from yantra_bot.agent.recovery.checkpoints import UNDO
from yantra_bot.agent.recovery.ladder import Rung
from yantra_bot.agent.recovery.telling import tell_fault
from yantra_bot.domain.conversation import Text, ToolCall, ToolResult
from yantra_bot.domain.faults import Fault, FaultKind

CALL_ID: Final = "recovery"
_AROUND: Final = 8
_QUOTED: Final = re.compile(r"[`'\"]([A-Za-z_][\w.\-/]{1,80})[`'\"]")
_OTHERS: Final = {
    "edit_file": "read the file again with read_file and then write it whole with write_file",
    "batch_edit": "send the edits one by one with edit_file, or write the file whole with write_file",
    "write_file": "change the file piece by piece with edit_file",
    "search": "use codebase_search, symbol or list_files",
    "codebase_search": "use search with one exact word, or list_files",
    "symbol": "use search and read_file",
    "read_file": "see with list_files what there is, and under which name",
    "run_command": "use run_tests or run_python, or read the code instead of running it",
    "run_python": "use run_tests with a small test, or read the code instead",
    "run_tests": "name one test file or one test, or find out with run_python",
    UNDO: "edit by hand what has to go",
}
_ELSE: Final = "reach the same end with another tool"
_ADVICE: Final = {
    Rung.SYNTAX: "Repair the syntax exactly there, and change nothing else before it parses.",
    Rung.HYPOTHESIS: "Before the next edit, write in one sentence what you hold for the cause, and what you would "
    "see if it were so. Then look, and edit only when it is so.",
    Rung.SIMPLIFY: "Go on in smaller steps: one function or one file at a time, the simplest thing that can work, and "
    "after each step run the one test that shows it.",
    Rung.OTHER_MODEL: "Another model goes on from here. What was tried so far did not work: doubt it.",
    Rung.CHECKPOINT: "The files were taken back to how they were before the last turn that changed something. Choose "
    "another way than the one that was taken back.",
    Rung.DOCS: "Before the next edit, read what the documentation says of it; what was found is shown as data.",
}


def own_calls(rung: Rung, fault: Fault) -> tuple[ToolCall, ...]:
    """Return the tool calls that the run itself makes on a rung."""
    if rung is Rung.SYNTAX and fault.path:
        lines = {"start_line": max(1, fault.line - _AROUND), "end_line": fault.line + _AROUND}
        return (ToolCall(CALL_ID, "read_file", {"path": fault.path, **lines}),)
    if rung is Rung.CHECKPOINT:
        return (ToolCall(CALL_ID, UNDO, {"steps": 1}),)
    if rung is Rung.DOCS:
        asked = {"pattern": find_subject(fault), "glob": "*.{md,rst,txt,adoc}", "ignore_case": True, "context": 2}
        return (ToolCall(CALL_ID, "search", asked),)
    return ()


def find_subject(fault: Fault) -> str:
    """Return the name that an error is about: the last one that its message quotes, else the error's own."""
    quoted = _QUOTED.findall(fault.message)
    return str(quoted[-1]) if quoted else fault.error


def advise(rung: Rung, fault: Fault, results: Sequence[ToolResult]) -> tuple[Text, ...]:
    """Return the words for the model."""
    shown = [Text("What it was about, as data:"), Text(tell_fault(fault))]
    shown += [Text(result.content) for result in results if result.content]
    return (Text(f"This time: {_say(rung, fault)}"), *shown)


def _say(rung: Rung, fault: Fault) -> str:
    if rung is Rung.OTHER_TOOL:
        if fault.kind is FaultKind.TOOL:
            return (
                f"This call failed the same way several times. Do not send it again: {_OTHERS.get(fault.error, _ELSE)}."
            )
        if fault.kind is FaultKind.IMPORT:
            return "Do without that module, or use another that is there: pip list shows what is installed."
        return f"Do it another way: {_ELSE}, or in a temporary folder."
    return _ADVICE[rung]


def ask_person(fault: Fault) -> str:
    """Return the question that a run ends with when nothing helped."""
    where = f" at `{fault.place}`" if fault.place else ""
    return (
        f"Everything that helps against an error of this kind was tried, and it is still there: "
        f"{fault.kind} error{where}, {fault.error}. How should this be done?"
    )
