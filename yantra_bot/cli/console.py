"""Where commands print, and how they count: what every command needs, and nothing that is slow to load."""

from rich.console import Console


def count(number: int, what: str) -> str:
    """Return a number with its noun: `1 file`, `2 files`, `3 classes`."""
    plural = f"{what}es" if what.endswith("s") else f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


def make_console(*, stderr: bool = False) -> Console:
    """Return a console of this process; in a pipe its lines are not broken."""
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=160, soft_wrap=True)
