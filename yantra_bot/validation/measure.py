"""What can be measured on a change without running it: size, complexity, weakened tests, lines that ran. Pure."""

from collections.abc import Iterator, Mapping

from yantra_bot.domain.coverage import Executed
from yantra_bot.domain.paths import is_test
from yantra_bot.domain.proof import ChangeFacts
from yantra_bot.validation.changed_lines import measure_lines
from yantra_bot.validation.complexity import Parse, measure_file
from yantra_bot.validation.python_tests import TestFunction, read_test_file
from yantra_bot.validation.weakening import Change, find_weakened_tests


def measure_change(changes: Mapping[str, Change], *, parse: Parse, executed: Executed | None = None) -> ChangeFacts:
    """Return the facts of a change, given each path that it touches before and after it.

    The complexity of tests does not count: it says nothing about the risk of the change. `executed` is what its tests
    ran of it.
    """
    found = (
        measure_file(path, change.before, change.after, parse=parse)
        for path, change in changes.items()
        if change.after is not None and not is_test(path)
    )
    known = [complexity for complexity in found if complexity is not None]
    return ChangeFacts(
        files=len(changes),
        cyclomatic=max(known, default=None),
        weakened_tests=find_weakened_tests(changes),
        lines=None if executed is None else measure_lines(changes, executed, parse=parse),
        idle_tests=tuple(_find_idle(changes)),
    )


def _find_idle(changes: Mapping[str, Change]) -> Iterator[str]:
    """Yield the new tests that assert nothing; what cannot be read as Python tells nothing."""
    for path, change in sorted(changes.items()):
        if is_test(path) and path.endswith(".py") and change.after is not None:
            old, new = _read(change.before), _read(change.after)
            yield from (f"{path}::{name}" for name, test in new.items() if not test.checks and name not in old)


def _read(data: bytes | None) -> Mapping[str, TestFunction]:
    file = read_test_file((data or b"").decode("utf-8", "replace").removeprefix("\ufeff"))
    return {} if file is None else file.tests
