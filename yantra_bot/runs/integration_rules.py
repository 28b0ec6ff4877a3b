"""The part `integration:` of a repository's rules, parsed. Pure. All of it happens in the sandbox."""

from typing import Any, Final

from yantra_bot.domain.integration import IntegrationRules, Service
from yantra_bot.runs.review_rules import Refuse

KEYS: Final = ("command", "services", "timeout_seconds")
MAX_SECONDS: Final = 500


def parse_integration(value: Any, refuse: Refuse) -> IntegrationRules:
    """Return the rules; raise what `refuse` makes for a key that is wrong."""
    if value is None:
        return IntegrationRules()
    if not isinstance(value, dict):
        raise refuse("", "has to hold keys and values, such as `command: [pytest, tests/integration]`")
    unknown = next((str(key) for key in value if key not in KEYS), None)
    if unknown is not None:
        raise refuse(unknown, f"is not known. Known are: {', '.join(sorted(KEYS))}")
    return IntegrationRules(
        _words(value.get("command"), refuse),
        _services(value.get("services", []), refuse),
        _seconds(value.get("timeout_seconds", IntegrationRules().timeout_seconds), refuse),
    )


def _words(value: Any, refuse: Refuse) -> tuple[str, ...]:
    is_list = isinstance(value, list) and bool(value)
    if not is_list or not all(isinstance(word, str) and word and "\0" not in word for word in value):
        raise refuse("command", "has to be a list of words, such as [pytest, tests/integration]; there is no shell")
    return tuple(value)


def _services(value: Any, refuse: Refuse) -> tuple[Service, ...]:
    known = set(Service)
    if not isinstance(value, list) or not all(isinstance(one, str) and one in known for one in value):
        raise refuse("services", f"has to be a list of {', '.join(Service)}")
    return tuple(dict.fromkeys(Service(one) for one in value))


def _seconds(value: Any, refuse: Refuse) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value <= MAX_SECONDS:
        raise refuse("timeout_seconds", f"has to be between 0 and {MAX_SECONDS}")
    return float(value)
