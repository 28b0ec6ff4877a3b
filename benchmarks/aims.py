"""Aims beside what was measured: every section of the page states its own, and whether it is met."""

from collections.abc import Iterable
from dataclasses import dataclass

HEADER = "| aim | wanted | measured | met |"
MISSED = "**no**"


@dataclass(frozen=True, slots=True)
class Aim:
    """One aim. `measured` is what was found, in words; `met` is None where it could not be measured."""

    what: str
    wanted: str
    measured: str
    met: bool | None

    def row(self) -> str:
        met = "not measured" if self.met is None else "yes" if self.met else MISSED
        return f"| {self.what} | {self.wanted} | {self.measured} | {met} |"


def at_most(what: str, value: float, limit: float, unit: str = "", *, digits: int = 1) -> Aim:
    """Return the aim of a figure that should be small."""
    return Aim(what, f"< {limit:g}{_space(unit)}", f"{value:.{digits}f}{_space(unit)}", value < limit)


def at_least(what: str, value: float, limit: float, unit: str = "", *, digits: int = 3) -> Aim:
    """Return the aim of a figure that should be large."""
    return Aim(what, f"≥ {limit:g}{_space(unit)}", f"{value:.{digits}f}{_space(unit)}", value >= limit)


def print_aims(aims: Iterable[Aim]) -> None:
    """Print the table."""
    print(f"\n{HEADER}\n|---|---|---|---|")
    for aim in aims:
        print(aim.row(), flush=True)


def count_aims(text: str) -> tuple[int, list[str]]:
    """Return how many aims the tables of a text name, and those that are missed."""
    rows, missed, inside = 0, [], False
    for line in text.splitlines():
        if line.startswith(HEADER) or not line.startswith("|"):
            inside = line.startswith(HEADER)
        elif inside and not line.startswith("|---"):
            rows += 1
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if cells[-1] == MISSED:
                missed.append(f"{cells[0]} ({cells[2]}, wanted {cells[1]})")
    return rows, missed


def _space(unit: str) -> str:
    return unit if unit in ("", "×", "%") else f" {unit}"
