"""What a worker can tell of its change without running it, beside the symbols that control asks about."""

from collections.abc import Iterable

from yantra_bot.domain.paths import check_path
from yantra_bot.domain.proof import ChangeFacts
from yantra_bot.errors import UserError
from yantra_bot.sandbox.checkout import Checkout
from yantra_bot.validation.complexity import Parse
from yantra_bot.validation.measure import measure_change
from yantra_bot.validation.symbols import MOST_NAMED
from yantra_bot.validation.weakening import Change
from yantra_bot.worker.tasks import Measure


def measure_tree(checkout: Checkout, order: Measure, parse: Parse) -> ChangeFacts:
    """Return the facts of the change that is in a tree. Symbols that were named are looked up in it as it is now."""
    versions = checkout.versions()
    changes = {path: Change(before, after) for path, (before, after) in versions.items()}
    named = order.named[:MOST_NAMED]
    files = _read(checkout, (name.partition("::")[0] for name in named))
    return measure_change(changes, parse=parse, executed=order.executed, named=named, files=files)


def _read(checkout: Checkout, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the files of those paths that are there: what was remembered may have moved, or be no path at all."""
    found: dict[str, bytes] = {}
    for path in dict.fromkeys(paths):
        try:
            found[path] = checkout.tree.read_bytes(check_path(path))
        except (UserError, OSError):
            continue
    return found
