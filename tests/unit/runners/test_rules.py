"""The security rules find what their cases say, and nothing else; one start of the engine for all of them."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.annotated_cases import Cases, read_cases
from yantra_bot import artefacts
from yantra_bot.validation.security.scanner import ENGINE, find_scanner

RUNNERS = Path(__file__).parents[3] / "runners"
FILES = sorted((RUNNERS / "rules").glob("*/*.yaml"))
LANGUAGES = ("python", "javascript", "go", "java", "rust")
CASES = read_cases()
pytestmark = pytest.mark.timeout(600)  # one start of the engine, on however busy a machine
FIXES = {"", "sql-injection", "shell-injection", "hard-coded-secret", "deserialisation", "xss", "path-traversal", "tls"}
FIXES |= {"weak-hash"}


def rules_of(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(file.read_text())["rules"]
    return found


RULES = {rule["id"]: rule for file in FILES for rule in rules_of(file)}
HOMES = {rule["id"]: f"{file.parent.name}/{file.stem}" for file in FILES for rule in rules_of(file)}


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, set[tuple[str, int]]]:
    """What every rule finds in every file of cases, by the file's place in CASES."""
    if not artefacts.available("semgrep"):
        pytest.skip("NO SCANNER: the artefact semgrep is missing. Cure: make setup")
    folder = tmp_path_factory.mktemp("engine")
    rules = [{**rule, "languages": [language]} for rule in RULES.values() for language in rule["languages"]]
    (folder / "rules.json").write_text(json.dumps({"rules": rules}))
    bodies = [cases.path.read_bytes() for cases in CASES]
    head = [[one.analyzer, one.path.suffix, one.name, len(body)] for one, body in zip(CASES, bodies, strict=True)]
    (folder / "targets").write_bytes(b"".join((json.dumps(head).encode(), b"\n", *bodies)))
    engine = find_scanner(artefacts.path("semgrep")).folder / ENGINE
    done = subprocess.run(
        [sys.executable, RUNNERS / "scan_code.py", engine, folder / "rules.json", folder / "targets"],
        env=os.environ | {"SSL_CERT_FILE": str(RUNNERS / "nobody.pem")},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in said if "problem" in one] == []
    hits: dict[int, set[tuple[str, int]]] = {number: set() for number in range(len(CASES))}
    for one in said:
        if "hit" in one:
            hits[one["target"]].add((one["hit"], one["line"]))
    return hits


@pytest.mark.parametrize("number", range(len(CASES)), ids=[cases.name for cases in CASES])
def test_rules_find_what_their_cases_say_and_nothing_else(number: int, found: dict[int, set[tuple[str, int]]]) -> None:
    """Each line that is marked is found, and no other, by the rules that the file is about."""
    cases = CASES[number]
    named = {rule for rule, _ in cases.true | cases.false}
    home = f"{cases.path.parent.name}/{cases.path.stem}"
    hits = {(rule, line) for rule, line in found[number] if rule in named or HOMES[rule] == home}
    assert {"missed": sorted(cases.true - hits), "false": sorted(hits - cases.true)} == {"missed": [], "false": []}


def test_each_rule_has_true_and_false_cases() -> None:
    """Two of each at least, where its class and language are tried."""
    true, false = (Counter(rule for one in CASES for rule, _ in pairs(one)) for pairs in (_true, _false))
    assert (true.keys() | false.keys()) - RULES.keys() == set()
    assert [rule for rule in RULES if true[rule] < 2 or false[rule] < 2] == []


def _true(cases: Cases) -> frozenset[tuple[str, int]]:
    return cases.true


def _false(cases: Cases) -> frozenset[tuple[str, int]]:
    return cases.false


def test_each_class_has_five_rules_and_more() -> None:
    """Over all languages, and in Python alone."""
    classes = [f"A{number:02d}:2021" for number in range(1, 11)]
    every = Counter(rule["metadata"]["owasp"] for rule in RULES.values())
    python = Counter(rule["metadata"]["owasp"] for rule in RULES.values() if "python" in rule["languages"])
    assert [one for one in classes if every[one] < 5 or python[one] < 5] == []
    assert every.keys() == set(classes)


def test_ids_are_their_rules_alone() -> None:
    """No id is used twice, and each begins with the language of its folder."""
    ids = [rule["id"] for file in FILES for rule in rules_of(file)]
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not re.fullmatch(rf"{HOMES[one].split('/')[0]}(-[a-z0-9]+)+", one)] == []
    assert {file.parent.name for file in FILES} == set(LANGUAGES)


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parent.name}/{file.stem}" for file in FILES])
def test_each_rule_says_what_why_and_what_to_do(file: Path) -> None:
    """Title, class, weakness and confidence are there, and the message is a few sentences of plain text."""
    for rule in rules_of(file):
        facts = rule["metadata"]
        assert facts["owasp"] == f"{file.stem[:3].upper()}:2021", rule["id"]
        assert re.fullmatch(r"CWE-\d+", facts["cwe"]), rule["id"]
        assert facts["confidence"] in {"HIGH", "MEDIUM", "LOW"}, rule["id"]
        assert facts.get("fix", "") in FIXES, rule["id"]
        assert 5 < len(facts["title"]) <= 60, rule["id"]
        assert rule["severity"] in {"CRITICAL", "ERROR", "WARNING", "INFO"}, rule["id"]
        assert 60 < len(rule["message"]) < 400, rule["id"]
        assert rule["message"].count(".") >= 2, rule["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_stranger_sends_is_the_same_in_each_file_of_a_language(language: str) -> None:
    """The block before `rules:` is repeated, since a file of rules cannot take from another."""
    heads = {file.read_text().split("\nrules:\n")[0] for file in FILES if file.parent.name == language}
    assert len({head for head in heads if "x-request" in head}) <= 1
