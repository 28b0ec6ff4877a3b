"""A stateful stand-in for the model vendors, on loopback: three APIs, streamed, with faults."""

from tests.fakes.models.answers import Answer, Call, Cut, HttpError, Raw, Redirect, Silence
from tests.fakes.models.server import FakeModels, Seen

__all__ = ["Answer", "Call", "Cut", "FakeModels", "HttpError", "Raw", "Redirect", "Seen", "Silence"]
