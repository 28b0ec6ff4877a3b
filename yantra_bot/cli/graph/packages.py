"""Which installed packages a graph believes: the repository's own environment, one that somebody names, or none.

A choice is remembered beside the stored graph until there is another one. Nothing of an environment is run, and the
one that this program runs in is never taken unless the repository holds it or somebody names it.
"""

from pathlib import Path

from yantra_bot.cli.console import count
from yantra_bot.errors import UserError
from yantra_bot.graphdb.environment import Environment, find_environment, open_environment
from yantra_bot.graphdb.environment_kept import OWN, load, save, take

NONE = "none"
KEPT = "environment.facts"
"""The file in the folder of a stored graph."""


class Packages:
    """The environment of one repository and what is kept of it."""

    def __init__(self, root: Path, store: Path, choice: str | None = None) -> None:
        """`choice`: `own`, `none`, a path, or None for the one that was made before.

        Raises UserError for a path without packages.
        """
        self._file = store / KEPT
        self._kept = load(self._file)
        self._choice = _absolute(choice) if choice else self._kept.choice
        self.environment = _find(root, self._choice)
        if choice and self.environment is None and self._choice not in (OWN, NONE):
            raise UserError(
                f"There are no installed packages in {choice}. Name the folder of a virtual environment, or a folder "
                "`site-packages`; `own` takes the repository's own environment, `none` believes no package."
            )

    def are_same(self) -> bool:
        """Tell whether the stored graph was made with these packages as they are now."""
        return self._kept.is_of(self.environment)

    def recall(self) -> None:
        """Let what was read before be known, for a resolution that reads only what is new."""
        if self.environment is not None:
            self._kept.lend(self.environment)

    def keep(self) -> None:
        """Keep what the last resolution has read."""
        self._kept = take(self._choice, self.environment)
        save(self._file, self._kept)

    def describe(self) -> str:
        """Return one sentence about what the graph believes."""
        if not self._kept.mark:
            return "No installed packages are believed."
        read = sum(1 for known in self._kept.asked.values() if known.digest)
        where = self._kept.mark.partition("\0")[0]
        modules = f"{count(read, 'module')} of packages {'declares' if read == 1 else 'declare'}"
        return f"What {modules} is believed, from {where}."


def _absolute(choice: str) -> str:
    return choice if choice in (OWN, NONE) else str(Path(choice).absolute())


def _find(root: Path, choice: str) -> Environment | None:
    if choice == NONE:
        return None
    return find_environment(root) if choice == OWN else open_environment(Path(choice))
