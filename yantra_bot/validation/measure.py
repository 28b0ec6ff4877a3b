"""What can be measured on a change without running it: its size, its complexity, the tests that it weakened. Pure."""

from collections.abc import Mapping

from yantra_bot.domain.paths import is_test
from yantra_bot.domain.proof import ChangeFacts
from yantra_bot.validation.complexity import Parse, measure_file
from yantra_bot.validation.weakening import Change, find_weakened_tests


def measure_change(changes: Mapping[str, Change], *, parse: Parse) -> ChangeFacts:
    """Return the facts of a change, given each path that it touches before and after it.

    The complexity of tests does not count: it says nothing about the risk of the change.
    """
    found = (
        measure_file(path, change.before, change.after, parse=parse)
        for path, change in changes.items()
        if change.after is not None and not is_test(path)
    )
    known = [complexity for complexity in found if complexity is not None]
    return ChangeFacts(
        files=len(changes), cyclomatic=max(known, default=None), weakened_tests=find_weakened_tests(changes)
    )
