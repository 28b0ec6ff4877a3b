"""How an error of a kind is usually mended, in one or two sentences for a model. Pure."""

from typing import Final

from yantra_bot.domain.faults import Fault, FaultKind

_HINTS: Final = {
    FaultKind.IMPORT: "See with list_files whether the module is there under that name, and what it defines. A "
    "package that is missing is declared and installed by require_package.",
    FaultKind.ATTRIBUTE: "Look the name up with symbol or search before using it: what is it called there, and what is "
    "the value really at that line?",
    FaultKind.TYPE: "Compare the call with the signature (symbol shows it), and see what callers pass.",
    FaultKind.VALUE: "Find where the value comes from, and decide which values are right: an empty one, a missing key, "
    "an index at the edge.",
    FaultKind.SYNTAX: "Mend that line and nothing else; read it with those before it: the cause often stands there.",
    FaultKind.RUN_TIME: "Read the frames from the innermost one outwards, and say which assumption does not hold.",
    FaultKind.PERMISSION: "The sandbox lets nothing be written outside of the workspace and opens no network. Use a "
    "temporary folder, or do without.",
    FaultKind.TIMEOUT: "Look for a loop or a wait that does not end; run the one test alone before all of them.",
    FaultKind.MEMORY: "Look for what grows without an end, or read and build it piece by piece.",
    FaultKind.ASSERTION: "Nothing broke: a result is not what the test expects. Decide by the task which is wrong, and "
    "do not weaken the test.",
    FaultKind.TOOL: "Do not send the same call again: read what it says, and reach the same end another way.",
}
_SPECIAL: Final = {
    "RecursionError": "A call leads back to itself: find the case in which it has to stop.",
    "UnboundLocalError": "The name is assigned somewhere in the function, so it is local there, and before "
    "that line it has no value.",
    "KeyError": "Find out which keys there are, and what a missing one means here.",
    "IndexError": "See what is right for an empty sequence and for its last item.",
}


def give_hint(fault: Fault) -> str:
    """Return the hint for an error."""
    if fault.error == "ImportError" and "circular" in fault.message:
        return "Two modules import each other: move what both need into a third, or import inside of the function."
    return _SPECIAL.get(fault.error, _HINTS[fault.kind])
