"""Writes the list of security rules into docs/security-rules.md, from the rule files themselves.

    python -m tools.security_rules

What stands between the page's two marks is replaced; nothing else of the page is changed.
"""

from collections import Counter
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "security-rules.md"
BEGIN: Final = "<!-- the list begins -->\n"
END: Final = "<!-- the list ends -->\n"
LANGUAGES: Final = {
    "python": "Python",
    "javascript": "JavaScript and TypeScript",
    "go": "Go",
    "java": "Java",
    "rust": "Rust",
}
CLASSES: Final = {
    "A01": "Broken access control",
    "A02": "Cryptographic failures",
    "A03": "Injection",
    "A04": "Insecure design",
    "A05": "Security misconfiguration",
    "A06": "Vulnerable and outdated components",
    "A07": "Identification and authentication failures",
    "A08": "Software and data integrity failures",
    "A09": "Security logging and monitoring failures",
    "A10": "Server-side request forgery",
}


def list_rules() -> str:
    """Return the tables: how many there are, and each rule by its class."""
    rules = [
        (file.stem[:3].upper(), file.parent.name, rule)
        for file in sorted((ROOT / "runners" / "rules").glob("*/*.yaml"))
        for rule in yaml.safe_load(file.read_text())["rules"]
    ]
    counts = Counter((kind, language) for kind, language, _ in rules)
    lines = [f"| class | {' | '.join(LANGUAGES.values())} | together |", "|---|" + "---|" * (len(LANGUAGES) + 1)]
    for kind, title in CLASSES.items():
        each = [counts[kind, language] for language in LANGUAGES]
        lines.append(f"| {kind} {title} | {' | '.join(str(count or '–') for count in each)} | {sum(each)} |")
    each = [sum(counts[kind, language] for kind in CLASSES) for language in LANGUAGES]
    lines.append(f"| together | {' | '.join(map(str, each))} | {sum(each)} |")
    for kind, title in CLASSES.items():
        lines += ["", f"### {kind} {title}", "", "| rule | finds | severity | weakness |", "|---|---|---|---|"]
        lines += [_row(rule) for one, _, rule in rules if one == kind]
    return "\n".join(lines) + "\n"


def _row(rule: dict[str, Any]) -> str:
    facts = rule["metadata"]
    return f"| `{rule['id']}` | {facts['title']} | {rule['severity'].lower()} | {facts['cwe']} |"


def refresh(page: str) -> str:
    """Return the page with today's list in it. Raises ValueError where a mark is missing."""
    head, rest = page.split(BEGIN)
    _, tail = rest.split(END)
    return head + BEGIN + list_rules() + END + tail


if __name__ == "__main__":
    PAGE.write_text(refresh(PAGE.read_text()))
