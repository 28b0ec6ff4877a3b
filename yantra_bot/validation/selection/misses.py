"""What selections missed: kept where a selection and a run of the whole suite on the same change are both known.

A miss is a test that failed newly in the whole run and was not selected. Counts alone say little: the names are kept.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from yantra_bot.domain.review import TestSelection

FILE: Final = "tests-selected.jsonl"
MAX_KEPT: Final = 500
MAX_NAMES: Final = 50


@dataclass(frozen=True, slots=True)
class Held:
    """One selection held against one run of the whole suite. `missed` are at most `MAX_NAMES` of `missed_count`."""

    base: str
    head: str
    is_all: bool
    selected: int
    known: int
    failed: int
    missed_count: int
    missed: tuple[str, ...]


def hold(selection: TestSelection, failed: Iterable[str], *, base: str, head: str) -> Held:
    """Hold a selection against the tests that newly failed in a run of the whole suite."""
    names = {test.id for test in selection.tests}
    functions = sorted({name.partition("[")[0] for name in failed})
    missed = [] if selection.is_all else [name for name in functions if not is_selected(name, names)]
    return Held(
        base,
        head,
        selection.is_all,
        len(names),
        selection.known,
        len(functions),
        len(missed),
        tuple(missed[:MAX_NAMES]),
    )


def is_selected(name: str, selected: Collection[str]) -> bool:
    """Tell whether a test was selected. A file that could not be collected is, where any test of it is."""
    return name in selected or ("::" not in name and any(one.partition("::")[0] == name for one in selected))


def keep(folder: Path, held: Held) -> None:
    """Add one to those kept below a folder; the oldest go."""
    folder.mkdir(parents=True, exist_ok=True)
    rest = [one for one in load(folder) if (one.base, one.head) != (held.base, held.head)]
    lines = [json.dumps(asdict(one)) for one in [*rest, held][-MAX_KEPT:]]
    draft = folder / f"{FILE}.new"
    draft.write_text("\n".join(lines) + "\n")
    draft.replace(folder / FILE)


def load(folder: Path) -> list[Held]:
    """Return what is kept below a folder, the oldest first; lines that cannot be read are left out."""
    try:
        lines = (folder / FILE).read_text().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            told = json.loads(line)
            found.append(Held(**{**told, "missed": tuple(told["missed"])}))
        except (ValueError, TypeError, KeyError):
            continue
    return found


def describe(kept: Collection[Held]) -> str:
    """Return the miss rate in a sentence."""
    telling = [one for one in kept if one.failed]
    if not telling:
        return "No selection has been held against a whole run with failures yet, so that no miss rate is known."
    failed, missed = sum(one.failed for one in telling), sum(one.missed_count for one in telling)
    unseen = sum(one.missed_count == one.failed for one in telling)
    shares = [1.0 if one.is_all or not one.known else one.selected / one.known for one in telling]
    share = sum(shares) / len(shares)
    return (
        f"{missed} of {failed} failing tests were not selected ({missed / failed:.1%}), over {len(telling)} changes "
        f"with failures; {unseen} of them had none selected. {share:.0%} of the known tests were selected on "
        "average."
    )
