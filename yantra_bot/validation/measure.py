"""What can be measured on a change without running it: size, complexity, weakened tests, lines that ran. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from yantra_bot.domain.coverage import Executed
from yantra_bot.domain.paths import is_test
from yantra_bot.domain.proof import ChangeFacts
from yantra_bot.validation.changed_lines import measure_lines
from yantra_bot.validation.complexity import Parse, measure_file
from yantra_bot.validation.python_tests import read_test_file
from yantra_bot.validation.script_tests import SCRIPTS, find_assertions
from yantra_bot.validation.symbols import find_touched, look_up
from yantra_bot.validation.weakening import Change, find_weakened_tests


def measure_change(
    changes: Mapping[str, Change],
    *,
    parse: Parse,
    executed: Executed | None = None,
    named: Sequence[str] = (),
    files: Mapping[str, bytes] | None = None,
) -> ChangeFacts:
    """Return the facts of a change, given each path that it touches before and after it.

    The complexity of tests does not count: it says nothing about the risk of the change. `executed` is what its tests
    ran of it. `named` are symbols that are looked up in `files`.
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
        idle_tests=tuple(_find_idle(changes, parse)),
        touched=find_touched(changes, parse=parse),
        named=look_up(named, files or {}, parse=parse),
    )


def _find_idle(changes: Mapping[str, Change], parse: Parse) -> Iterator[str]:
    """Yield the new tests that assert nothing; what cannot be read as Python or JavaScript tells nothing."""
    for path, change in sorted(changes.items()):
        if is_test(path) and change.after is not None:
            old, new = (_read(path, data, parse) for data in (change.before, change.after))
            yield from (f"{path}::{name}" for name, checks in new.items() if not checks and name not in old)


def _read(path: str, data: bytes | None, parse: Parse) -> Mapping[str, bool]:
    """Return whether each test of a file may assert something."""
    if path.endswith(".py"):
        file = read_test_file((data or b"").decode("utf-8", "replace").removeprefix("\ufeff"))
        return {} if file is None else {name: bool(test.checks) for name, test in file.tests.items()}
    tree = parse(path, data or b"") if path.endswith(tuple(SCRIPTS)) else None
    return {} if tree is None else find_assertions(tree.root_node)
