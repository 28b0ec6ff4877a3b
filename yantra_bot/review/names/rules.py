"""The rules about names, for reports that list rules."""

from typing import Final

from yantra_bot.domain.findings import RuleInfo, Severity

PARSE_ERROR: Final = RuleInfo(
    "names/parse-error",
    "A file that no longer parses",
    Severity.ERROR,
    "The file was readable before the change and has a syntax error now. Nothing that imports it can work.",
    ("correctness",),
)
UNDEFINED: Final = RuleInfo(
    "names/undefined-name",
    "A name that nothing defines",
    Severity.ERROR,
    "The name is read where no scope around it, no import and no builtin has it: running the line raises `NameError`.",
    ("correctness",),
)
MISSING_MODULE: Final = RuleInfo(
    "names/missing-module",
    "An import of a module that does not exist",
    Severity.ERROR,
    "The import names a module of this repository that is not there: it was removed, moved, or never added.",
    ("correctness",),
)
MISSING_NAME: Final = RuleInfo(
    "names/missing-name",
    "A name that the module does not have",
    Severity.ERROR,
    "A module of this repository is asked for a name that it does not bind (`from m import name`, `m.name`). "
    "What a module makes at run time is not followed; such modules are left out.",
    ("correctness",),
)
CIRCULAR: Final = RuleInfo(
    "names/circular-import",
    "A circular import that the change introduces",
    Severity.WARNING,
    "The modules import each other while they are loaded. It is an error where loading one of them fails, since a name "
    "is imported before it is bound; otherwise it makes the order of imports matter. Import inside the function, or "
    "move what both need to a third module.",
    ("correctness", "design"),
)
UNDECLARED: Final = RuleInfo(
    "names/undeclared-dependency",
    "An imported package that is declared nowhere",
    Severity.WARNING,
    "The import needs a package that no manifest of the repository declares: it works only where something else "
    "happens to have installed it. Declare it, or import it optionally (`try` and `except ImportError`).",
    ("dependencies",),
)
DEAD: Final = RuleInfo(
    "names/dead-code",
    "Code whose last user the change removed",
    Severity.INFO,
    "Nothing in the repository uses it any more, and something did before the change. Remove it, or say who needs it.",
    ("maintenance",),
)
SHADOWED: Final = RuleInfo(
    "names/shadowed-definition",
    "A definition that a later one of the same name replaces",
    Severity.WARNING,
    "Two definitions of one name stand in one block with no use between them: the first is never seen. Of two tests "
    "of one name only the last one runs.",
    ("correctness",),
)

RULES: Final = (PARSE_ERROR, UNDEFINED, MISSING_MODULE, MISSING_NAME, CIRCULAR, UNDECLARED, DEAD, SHADOWED)
