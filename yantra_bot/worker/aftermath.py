"""Words for what a command did to the tree that its output does not show. Reads and writes nothing."""

from collections.abc import Sequence

from yantra_bot.sandbox.checkout import Survey

_NAMED = 20
_CACHES = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".coverage"})
_METADATA = (".egg-info", ".dist-info")


class Aftermath:
    """Tells of each new file once: a model that heard of it needs no reminder at every further command."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def describe(self, survey: Survey) -> str:
        """Return what was put back, and which files are not part of the change; empty when there is nothing new."""
        parts = [f"Put back, since it cannot be part of the change: {line}" for line in survey.put_back[:_NAMED]]
        new = [path for path in survey.created if path not in self._told and not _is_by_product(path)]
        self._told.update(new)
        if new:
            unnamed = survey.created_count - len(survey.created)
            parts.append(
                f"Not part of the change, since no tool wrote them: {list_names(new, count=len(new) + unnamed)}"
            )
        return "".join(f"\n[{part}]" for part in parts)


def list_names(paths: Sequence[str], *, count: int | None = None) -> str:
    """Return the first of the paths, and how many more there are; `count` where not all are among them."""
    more = (len(paths) if count is None else count) - _NAMED
    return ", ".join(paths[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _is_by_product(path: str) -> bool:
    """Say whether a file comes of running Python's tools at all, so that nobody has to hear of it."""
    return any(part in _CACHES or part.endswith(_METADATA) for part in path.split("/"))
