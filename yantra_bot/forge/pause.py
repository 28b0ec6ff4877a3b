"""How long an installation may not ask the forge, whatever becomes of the clock meanwhile. Pure."""


class Pause:
    """When an installation may ask again: a secondary limit concerns all its repositories. Share one a installation."""

    def __init__(self) -> None:
        self.until = 0.0
        """Unix time in seconds."""
        self._seen_at = 0.0

    def extend(self, seconds: float, *, now: float) -> None:
        """Let nobody ask for so long, or as long as was said before."""
        self.until = max(now + self.left(now), now + seconds)

    def left(self, now: float) -> float:
        """Return the seconds that are left, 0 at least. A clock that was set back makes no pause longer."""
        self.until -= max(0.0, self._seen_at - now)
        self._seen_at = now
        return max(0.0, self.until - now)
