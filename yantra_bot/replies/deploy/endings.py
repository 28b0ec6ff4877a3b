"""How deployments end, in sentences. Pure."""

SHORT = 12


def serves(commit: str, environment: str) -> str:
    """Say that the new version serves."""
    return f"{commit[:SHORT]} serves in {environment}: every new pod is there and well."


def promoted(commit: str, environment: str, reason: str) -> str:
    """Say that the new version serves on a person's word."""
    return f"{commit[:SHORT]} serves in {environment}. {reason}"


def went_back(reason: str, commit_before: str) -> str:
    """Say why it was gone back from, and what serves."""
    what = commit_before[:SHORT] or "The version before"
    return f"{reason} {what} serves again, as was checked."


def held(reason: str, dead_ends: tuple[str, ...]) -> str:
    """Say that there is nothing to go back to."""
    told = " ".join(dead_ends) or "There is no version to go back to."
    return f"{reason} {told} It is held as it is: a person has to look."


def left(reason: str) -> str:
    """Say that somebody else changed it."""
    return f"{reason} I stopped, and left everything as it is: somebody else is at work there."


def stuck(reason: str, problem: str) -> str:
    """Say that going back failed."""
    return f"{reason} Going back failed: {problem} A person has to look now; the environment stays locked."


def went_back_by_hand(commit: str, environment: str) -> str:
    """Say that the version before serves again because somebody asked for it."""
    return f"{commit[:SHORT] or 'The version before'} serves again in {environment}, as was checked."


def could_not_go_back(reason: str) -> str:
    """Say that a way back by hand failed, and what serves."""
    return f"It could not be gone back: {reason} What served still serves. A person has to look."


def dry_run(refusals: tuple[str, ...]) -> str:
    """Say that nothing was changed, and what speaks against doing it."""
    against = f" It would not be done now: {' '.join(refusals)}" if refusals else ""
    return f"This is what would change. Nothing was changed.{against}"


def refused(refusals: tuple[str, ...]) -> str:
    """Say why nothing is deployed."""
    return " ".join([*refusals, "Nothing was changed."])


def rejected(by: str, text: str) -> str:
    """Say who refused it."""
    return f"{by} rejected it{f': {text}' if text else ''}. Nothing was changed."


def expired(hours: float) -> str:
    """Say that nobody approved it in time."""
    return f"Nobody approved it within {hours:.0f} hours. Nothing was changed."


def busy(environment: str, holder: str) -> str:
    """Say that another run changes the same namespace."""
    return f"Another deployment (run {holder}) is at work where {environment} is. Nothing was changed."


def abandoned(reason: str, *, was_begun: bool) -> str:
    """Say that a deployment ended without its story."""
    if not was_begun:
        return f"{reason} Nothing was changed."
    return f"{reason} How far the roll-out came is not known: look at the cluster, then unlock the environment."


def ended_before(by: str) -> str:
    """Say that somebody ended it in time."""
    return f"{by} ended it before anything was changed."


def rules_changed(environment: str) -> str:
    """Say that what was agreed to is not what holds now."""
    return f"The rules of {environment} changed while it waited: order it again. Nothing was changed."


def nothing_to_go_back_to(environment: str) -> str:
    """Say that no version before is known."""
    return f"I know of no version that served in {environment} before the present one, so there is none to go back to."


def not_recorded(environment: str) -> str:
    """Say that what served before was not deployed by us."""
    return (
        f"How {environment} was before the present version is not on record, so it cannot be gone back to by itself. "
        "Deploy the commit that you want with `deploy … --ref`."
    )


def by_hand(by: str, reason: str) -> str:
    """Say why a commit is blocked after a way back by hand."""
    return f"{by} had it rolled back{f': {reason}' if reason else ''}."
