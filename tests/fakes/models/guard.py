"""Paid calls are impossible in tests: no key of the environment is seen, and the vendors' names lead nowhere."""

import os
import socket
from typing import Any

import pytest

KEY_WORDS = ("ANTHROPIC_", "OPENAI_", "YANTRA_ANTHROPIC_", "YANTRA_OPENAI_", "YANTRA_MODEL_BASE_URL")
VENDOR_DOMAINS = ("anthropic.com", "claude.com", "openai.com")


def forbid_paid_calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Take the developer's keys away, refuse to look the vendors up, and return the refused names as they come."""
    refused: list[str] = []
    look_up = socket.getaddrinfo

    def look_up_others(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name.rstrip(".").lower().endswith(VENDOR_DOMAINS):
            refused.append(name)
            raise socket.gaierror(f"tests never call {name}")
        return look_up(host, *rest, **options)

    for variable in list(os.environ):
        if variable.startswith(KEY_WORDS):
            monkeypatch.delenv(variable)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_others)
    return refused
