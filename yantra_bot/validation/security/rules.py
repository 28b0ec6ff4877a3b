"""The security rules that ship with the product: read from `runners/rules/`, told by language.

A rule is written as semgrep takes it; of its metadata `title`, `cwe`, `owasp`, `confidence` and `fix` are used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import runners
from yantra_bot.domain.findings import RuleInfo, Severity
from yantra_bot.errors import SettingsError
from yantra_bot.validation.security.engine import name_language

FAMILY = "security/"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SUFFIXES = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".tsx": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".go": "go",
    ".java": "java",
    ".rs": "rust",
}
_SEVERITIES = {
    "CRITICAL": Severity.CRITICAL,
    "ERROR": Severity.ERROR,
    "HIGH": Severity.ERROR,
    "WARNING": Severity.WARNING,
    "MEDIUM": Severity.WARNING,
    "INFO": Severity.INFO,
    "LOW": Severity.INFO,
}
_CONFIDENCES = {"HIGH": 0.9, "MEDIUM": 0.7, "LOW": 0.5}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `body` is the whole of it, as the engine takes it."""

    id: str
    info: RuleInfo
    confidence: float
    languages: tuple[str, ...]
    fix: str
    """The class of fix that may mend what it finds, empty where there is none."""
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules by their id."""

    rules: Mapping[str, Rule]

    @property
    def languages(self) -> frozenset[str]:
        """The languages that there is a rule for."""
        return frozenset(language for rule in self.rules.values() for language in rule.languages)


def language_of(path: str) -> str | None:
    """Return semgrep's word for the language of a file, by its name; None where no rule can be for it."""
    return _SUFFIXES.get(Path(path).suffix.lower())


@cache
def shipped_rules() -> RuleBook:
    """Return the product's own rules. Read once: a process that gives up its rights has to call it before."""
    return read_rules(Path(runners.__file__).parent / "rules")


def read_rules(folder: Path) -> RuleBook:
    """Read every rule file below a folder. Raises SettingsError when one is wrong."""
    rules: dict[str, Rule] = {}
    for file in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        try:
            # The loader is a safe one, chosen above for its speed.
            bodies = yaml.load(file.read_bytes(), _LOADER)["rules"]  # noqa: S506 (CSafeLoader or SafeLoader)
            found = [_read_rule(body) for body in bodies]
        except (yaml.YAMLError, OSError, KeyError, TypeError, ValueError) as problem:
            raise SettingsError(f"The rule file {file} is wrong ({problem!r}). Cure: install Yantra anew.") from problem
        rules |= {rule.id: rule for rule in found}
    return RuleBook(rules)


def _read_rule(body: Mapping[str, Any]) -> Rule:
    metadata = body.get("metadata") or {}
    severity = _SEVERITIES[body["severity"]]
    tags = ("security", *(str(tag).lower() for key in ("cwe", "owasp") for tag in _listed(metadata.get(key))))
    message = " ".join(str(body["message"]).split())
    info = RuleInfo(
        FAMILY + body["id"], str(metadata.get("title") or body["id"].replace("-", " ")), severity, message, tags
    )
    languages = tuple(dict.fromkeys(map(name_language, body["languages"])))
    confidence = _CONFIDENCES.get(str(metadata.get("confidence", "")).upper(), 0.7)
    return Rule(str(body["id"]), info, confidence, languages, str(metadata.get("fix") or ""), body)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
