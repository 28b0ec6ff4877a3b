"""Runs security rules over files with the real engine and no sandbox: for the rules' own tests and their benchmark.

Never for a stranger's files in the product: that is `validation/security/engine.py`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yantra_bot import artefacts
from yantra_bot.validation.security.scanner import ENGINE, find_scanner

RUNNERS = Path(__file__).parents[2] / "runners"
RULE_FILES = sorted((RUNNERS / "rules").glob("*/*.yaml"))
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Subject:
    """A file to be looked at: the engine's word for its language, its ending, a name and its bytes."""

    analyzer: str
    suffix: str
    name: str
    data: bytes


def read_rules(file: Path) -> list[dict[str, Any]]:
    """Return the rules of one file."""
    found: list[dict[str, Any]] = yaml.load(file.read_bytes(), _LOADER)["rules"]
    return found


def run_rules(rules: Sequence[dict[str, Any]], subjects: Sequence[Subject], folder: Path) -> list[dict[str, Any]]:
    """Return what the engine says, as `runners/scan_code.py` prints it; `folder` is a place for its input."""
    analyzers = {one.analyzer for one in subjects}
    each = [{**rule, "languages": [one]} for rule in rules for one in rule["languages"] if one in analyzers]
    (folder / "rules.json").write_text(json.dumps({"rules": each}))
    head = [[one.analyzer, one.suffix, one.name, len(one.data)] for one in subjects]
    (folder / "targets").write_bytes(b"".join((json.dumps(head).encode(), b"\n", *(one.data for one in subjects))))
    engine = find_scanner(artefacts.path("semgrep")).folder / ENGINE
    done = subprocess.run(
        [sys.executable, RUNNERS / "scan_code.py", engine, folder / "rules.json", folder / "targets"],
        env=os.environ | {"SSL_CERT_FILE": str(RUNNERS / "nobody.pem")},
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
