"""What a file of an installed package declares, as plain values that `marshal` can write. Annotations stay text."""

from typing import Any, Final, NamedTuple

IMPORT: Final = 0
"""(IMPORT, specifier, member): a name from elsewhere; without a member the module itself."""
FUNCTION: Final = 1
"""(FUNCTION, flags, (parameter, ...), annotation of the result, type parameters)"""
CLASS: Final = 2
"""(CLASS, (base, ...), names, type parameters)"""
VALUE: Final = 3
"""(VALUE, annotation)"""
ALIAS: Final = 4
"""(ALIAS, expression): another name, or a type that has a name."""
MADE: Final = 5
"""(MADE, what is called): what a call gives."""
VARIABLE: Final = 6
"""(VARIABLE, bound): a type variable."""

Parameter = tuple[str, str, int, bool]
"""(name, annotation, ParamKind, whether a call may leave it out)"""
Declaration = tuple[Any, ...]
"""As the constants say."""
Names = dict[str, list[Declaration]]


class Flag:
    """What a declared function is."""

    ASYNC: Final = 1
    PROPERTY: Final = 2
    STATIC: Final = 4
    OF_CLASS: Final = 8
    MANAGER: Final = 16
    """Its generator is made a context manager."""
    OVERLOAD: Final = 32


class Declared(NamedTuple):
    """What one file declares."""

    names: Names
    stars: list[str]
    """Specifiers of star imports."""
    exports: list[str] | None
    problems: list[tuple[str, str]]
