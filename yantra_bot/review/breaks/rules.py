"""The rules of breaks, for reports that list rules."""

from typing import Final

from yantra_bot.domain.findings import RuleInfo, Severity

CALLERS: Final = "graph/breaks-callers"
REMOVED: Final = "graph/removed-still-used"
ARGUMENTS: Final = "graph/wrong-arguments"
NOT_AWAITED: Final = "graph/not-awaited"
ACCESS: Final = "graph/changed-access"
OVERRIDE: Final = "graph/override-mismatch"
ABSTRACT: Final = "graph/not-implemented"
TYPES: Final = "graph/argument-type"
RESULT: Final = "graph/result-changed"
UNREACHED: Final = "graph/no-longer-reached"

RULES: Final = (
    RuleInfo(
        CALLERS,
        "Changed signature with callers that break",
        Severity.ERROR,
        "A function or method takes other arguments than before, and the named callers still pass the old ones. "
        "Change them in the same pull request, or keep taking what they pass.",
    ),
    RuleInfo(
        REMOVED,
        "Removed, renamed or moved name that is still used",
        Severity.ERROR,
        "What this change removes, renames or moves is still imported or used at the named places. Change those "
        "places, or keep the old name.",
    ),
    RuleInfo(
        ARGUMENTS,
        "Call whose arguments do not fit",
        Severity.ERROR,
        "A call that this change writes passes arguments that what it calls does not take, or leaves out some that "
        "it needs.",
    ),
    RuleInfo(
        NOT_AWAITED,
        "Caller that does not await what is asynchronous now",
        Severity.ERROR,
        "A function became asynchronous (or stopped being so), and the named callers still use its result as before.",
    ),
    RuleInfo(
        ACCESS,
        "Caller that calls a property, or reads a method",
        Severity.ERROR,
        "A method became a property, or a property a method, and the named places still use it the old way.",
    ),
    RuleInfo(
        OVERRIDE,
        "Override that no longer matches its base",
        Severity.WARNING,
        "A method took what the one it overrides takes, and does not any more: whoever calls it through the base "
        "breaks with instances of the subclass.",
    ),
    RuleInfo(
        ABSTRACT,
        "Class that does not implement what it must",
        Severity.ERROR,
        "An abstract method or a method of an interface has no implementation in a class that needs one.",
    ),
    RuleInfo(
        TYPES,
        "Argument of another type than is declared",
        Severity.WARNING,
        "A literal or a new object is passed where a parameter is declared to be of another type.",
    ),
    RuleInfo(
        RESULT,
        "Caller that uses a result as it was before",
        Severity.ERROR,
        "A function returns nothing, or another number of values, and the named callers still use what it returned.",
    ),
    RuleInfo(
        UNREACHED,
        "Renamed method that nothing reaches any more",
        Severity.WARNING,
        "A method was found by its name, as an override or by a name that is made at run time. Under its new name "
        "nothing finds it, and its callers silently do something else. Rename it where it is looked for too.",
    ),
)
"""Every rule that breaks are found by."""
