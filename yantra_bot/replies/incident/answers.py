"""What is answered to words that people say to an incident. Pure."""

from yantra_bot.domain.incidents import Incident, IncidentWord
from yantra_bot.replies.incident.told import action_words


def nothing_waits(incident: Incident) -> str:
    """Return that it asks nothing now."""
    return f"The incident of {incident.service} asks nothing now: it is {incident.state}."


def dry(incident: Incident) -> str:
    """Return that nothing is done in a dry run."""
    return (
        f"Nothing is done for {incident.service}: its rules say `dry_run: true`. Cure: change that, or do it yourself."
    )


def silenced(incident: Incident) -> str:
    """Return that nothing is done while a service is silenced."""
    cure = f"`yantra monitor silence {incident.service} --minutes 0`"
    return f"{incident.service} is silenced, so that I do nothing. Cure: {cure}."


def too_early(incident: Incident) -> str:
    """Return that a word was said before it was asked for: it was for something else."""
    return f"That was said before I proposed this for {incident.service}. Please say it again."


def heard(incident: Incident, word: IncidentWord) -> str:
    """Return that a word counts."""
    if word is IncidentWord.REJECT or incident.proposal is None:
        return "Understood: I leave it to you."
    return f"Understood: I {action_words(incident.proposal, incident.environment)}."
