"""The part `templates:` of a repository's rules: how work of some sort usually goes there, parsed and written. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import yaml

from yantra_bot.domain.plan import Plan
from yantra_bot.domain.templates import Template
from yantra_bot.errors import UserError
from yantra_bot.webhooks.commands import TEMPLATE_NAME

MAX_TEMPLATES: Final = 20
MAX_LINES: Final = 12
MAX_LINE: Final = 400
KEYS: Final = ("steps", "checks", "labels")
Refuse = Callable[[str, str], UserError]
"""Makes the error of a template: its name, and what is wrong with it."""


def parse_templates(value: Any, refuse: Refuse) -> dict[str, Template]:
    """Return the templates by name; raise what `refuse` makes for one that is wrong."""
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MAX_TEMPLATES:
        raise refuse("", f"has to hold up to {MAX_TEMPLATES} names, each with `steps` below it")
    return {str(name): _parse(str(name), one, refuse) for name, one in value.items()}


def _parse(name: str, value: Any, refuse: Refuse) -> Template:
    if not TEMPLATE_NAME.fullmatch(name):
        raise refuse(name, "is no name: small letters, digits and dashes make one")
    if not isinstance(value, dict):
        raise refuse(name, "has to hold `steps`, and if wanted `checks` and `labels`")
    unknown = next((str(key) for key in value if key not in KEYS), None)
    if unknown is not None:
        raise refuse(name, f"holds {unknown[:80]}, which is not known. Known are: {', '.join(KEYS)}")
    steps, checks, labels = (_lines(name, key, value.get(key, []), refuse) for key in KEYS)
    if not steps:
        raise refuse(name, "has no `steps`")
    return Template(name, steps, checks, labels)


def _lines(name: str, key: str, value: Any, refuse: Refuse) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and 0 < len(one) <= MAX_LINE for one in value):
        raise refuse(name, f"has `{key}` that are no list of texts of up to {MAX_LINE} characters")
    if len(value) > MAX_LINES:
        raise refuse(name, f"has more than {MAX_LINES} `{key}`")
    return tuple(one.strip() for one in value)


def write_template(name: str, plan: Plan) -> str:
    """Return a run's plan as the YAML to put into `.github/yantra.yml`. Raises UserError for what is no name."""
    if not TEMPLATE_NAME.fullmatch(name):
        raise UserError(f"{name!r} is no name for a template: small letters, digits and dashes make one.")
    steps = [" ".join(step.title.split())[:MAX_LINE] for step in plan.steps]
    checks = [" ".join(step.expects.split())[:MAX_LINE] for step in plan.steps]
    shown: Mapping[str, Any] = {"templates": {name: {"labels": [], "steps": steps, "checks": checks}}}
    return yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=110)
