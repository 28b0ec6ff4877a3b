"""A model service that is no replay: the settings that lead to the fake one, and answers that do the work."""

from typing import Any

from tests.fakes.models import Answer, Call, FakeModels
from tests.fakes.models.server import KEY

EDIT = Answer(calls=(Call("edit_file", {"path": "calc.sh", "search": "$1 - $2", "replace": "$1 + $2"}),))
END = Answer(calls=(Call("finish", {"title": "fix: add", "summary": "It subtracted.", "confidence": 0.95}),))
WORK = (EDIT, END)
"""Answers that mend the library that is not Python's."""


def claude(fake: FakeModels) -> dict[str, Any]:
    """Return settings under which Claude answers, at the fake's address."""
    return {"replay_script": None, "anthropic_base_url": fake.anthropic_url, "anthropic_api_key": KEY}


def compatible(fake: FakeModels) -> dict[str, Any]:
    """Return settings under which an OpenAI-compatible server answers."""
    return {"replay_script": None, "model": "some-model", "model_base_url": fake.openai_url, "openai_api_key": KEY}


APIS = {"anthropic": claude, "compatible": compatible}
