"""One changed file as the security checks see it: its bytes before and after, and which lines the change wrote."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A file of the change. `before` is None where it was added, `after` where it was removed."""

    path: str
    before: bytes | None
    after: bytes | None
    base_path: str = ""
    """Its path in the base, where that was another one."""
    added: tuple[range, ...] = ()
    """The lines of `after`, from 1, that the change wrote."""
    is_test: bool = False
    """Whether it is a test or a fixture of one."""

    def is_added(self, line: int, end_line: int = 0) -> bool:
        """Tell whether the change wrote one of these lines."""
        return any(part.start <= max(line, end_line) and line < part.stop for part in self.added)
