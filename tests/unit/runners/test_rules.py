"""The security rules find what their cases say, and nothing else; one start of the engine for all of them."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.fakes.annotated_cases import Cases, read_cases
from tests.fakes.rule_engine import RULE_FILES, Subject, read_rules, run_rules
from tools.security_rules import PAGE, refresh
from yantra_bot import artefacts

LANGUAGES = ("python", "javascript", "go", "java", "rust")
CASES = read_cases()
pytestmark = pytest.mark.timeout(600)  # one start of the engine, on however busy a machine
FIXES = {"", "sql-injection", "shell-injection", "hard-coded-secret", "deserialisation", "xss", "path-traversal", "tls"}
FIXES |= {"weak-hash"}


RULES_OF = {file: read_rules(file) for file in RULE_FILES}
RULES = {rule["id"]: rule for rules in RULES_OF.values() for rule in rules}
HOMES = {rule["id"]: f"{file.parent.name}/{file.stem}" for file, rules in RULES_OF.items() for rule in rules}


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[int, set[tuple[str, int]]]:
    """What every rule finds in every file of cases, by the file's place in CASES."""
    if not artefacts.available("semgrep"):
        pytest.skip("NO SCANNER: the artefact semgrep is missing. Cure: make setup")
    subjects = [Subject(one.analyzer, one.path.suffix, one.name, one.path.read_bytes()) for one in CASES]
    said = run_rules(list(RULES.values()), subjects, tmp_path_factory.mktemp("engine"))
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
    ids = [rule["id"] for rules in RULES_OF.values() for rule in rules]
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not re.fullmatch(rf"{HOMES[one].split('/')[0]}(-[a-z0-9]+)+", one)] == []
    assert {file.parent.name for file in RULE_FILES} == set(LANGUAGES)


@pytest.mark.parametrize("file", RULE_FILES, ids=[f"{file.parent.name}/{file.stem}" for file in RULE_FILES])
def test_each_rule_says_what_why_and_what_to_do(file: Path) -> None:
    """Title, class, weakness and confidence are there, and the message is a few sentences of plain text."""
    for rule in RULES_OF[file]:
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
    heads = {file.read_text().split("\nrules:\n")[0] for file in RULE_FILES if file.parent.name == language}
    assert len({head for head in heads if "x-request" in head}) <= 1


def test_the_page_lists_the_rules_there_are() -> None:
    """Write it anew with: python -m tools.security_rules"""
    page = PAGE.read_text()
    assert refresh(page) == page
