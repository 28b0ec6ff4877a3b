"""Work that ends before it is done, whatever the reason: what was changed so far is kept for a person."""

from yantra_bot.errors import YantraError


class Unfinished(YantraError):
    """Work ended before it was done. Cure: the message says it."""

    @property
    def told(self) -> str:
        """What a person is told, in whole sentences."""
        return f"The run ended early: {self}."


class PersonNeeded(Unfinished):
    """Something nobody but a person may decide stands in the way. Cure: answer the question that the message is."""

    @property
    def told(self) -> str:
        return str(self)
