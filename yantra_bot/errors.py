"""The error policy: three classes decide what happens, and every docstring says the cure.

Anything that is none of these is a bug: the run fails with its evidence kept.
"""


class YantraError(Exception):
    """Base of all expected errors. The message is for a person and holds no secret.

    `details` are what the operator is told in place of a message that is shown in public: with paths and the cure.
    """

    details: str = ""


class UserError(YantraError):
    """The person asked for something that cannot be done. Cure: the message says it. Never retried."""


class SettingsError(UserError):
    """A setting is missing or wrong. Cure: correct the setting that the message names, then start again."""


class Transient(YantraError):
    """Something outside failed and may work later. Cure: wait; it is tried again by itself.

    `retry_after` is the time to wait in seconds, None when the other side did not say.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(YantraError):
    """Something outside said no, and will say it again. Cure: the message says who has to change what."""


class ContextOverflow(Permanent):
    """A conversation is longer than its model accepts. Cure: make it shorter; the same one is refused again."""


class Stopped(YantraError):
    """A person stopped the run. Cure: none needed; `@yantra retry` starts it again."""


def tell_operator(problem: BaseException) -> str:
    """Return what log and terminal say of an error, also of one that another was made of."""
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, YantraError) and cause.details:
            return cause.details
        cause = cause.__cause__
    return str(problem)
