"""The report is SARIF by its schema, keeps to an upload's limits, and holds no secret."""

import gzip
import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.reviews import RULES, SECRET, a_hostile_review, a_review
from yantra_bot import artefacts
from yantra_bot.domain.findings import Finding, Fix, Replacement, RuleInfo, Severity
from yantra_bot.domain.proof import Failures
from yantra_bot.domain.review import (
    Review,
)
from yantra_bot.errors import YantraError
from yantra_bot.replies.review.sarif import MAX_RESULTS, sarif, sarif_text


@pytest.fixture(scope="session")
def judge() -> jsonschema.Draft4Validator:
    try:
        schema = json.loads((artefacts.path("sarif-schema") / "sarif-2.1.0.json").read_text())
    except YantraError:
        pytest.skip("the artefact sarif-schema is missing")
    return jsonschema.Draft4Validator(schema)


def made(review: Review, rules: tuple[RuleInfo, ...] = RULES) -> dict[str, Any]:
    told: dict[str, Any] = sarif(review, rules, version="1.2.3")["runs"][0]
    return told


def test_it_validates(judge: jsonschema.Draft4Validator) -> None:
    """A review with some of everything, an empty one, and one without rules."""
    for review in (a_review(), Review("a", "b")):
        for rules in (RULES, ()):
            assert list(judge.iter_errors(json.loads(sarif_text(review, rules, version="1.2.3")))) == []


@settings(max_examples=40, deadline=None)
@given(text=st.text(min_size=1, max_size=60))
def test_it_validates_whatever_the_names(judge: jsonschema.Draft4Validator, text: str) -> None:
    """Paths, messages and fixes in any signs."""
    assert list(judge.iter_errors(json.loads(sarif_text(a_hostile_review(text), version="1.2.3")))) == []


def test_a_result_has_what_forges_read() -> None:
    """Place, level, fingerprint, evidence, and that it is new."""
    [result] = [one for one in made(a_review())["results"] if one["ruleId"] == "graph/breaks-callers"]
    finding = a_review().findings[1]
    assert result["level"] == "error"
    assert result["baselineState"] == "new"
    assert result["partialFingerprints"]["primaryLocationLineHash"] == f"{finding.fingerprint}:1"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "shop/price.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 10, "endLine": 10, "snippet": {"text": "def price(item, currency):"}},
    }
    assert [one["message"]["text"] for one in result["relatedLocations"]] == [
        "`total` calls `price(item)`",
        "`preview` calls `price(item)`",
    ]
    assert "codeFlows" not in result


def test_a_way_is_a_flow_that_ends_at_the_finding() -> None:
    """Step by step, for findings whose evidence is one."""
    [result] = [one for one in made(a_review())["results"] if one["ruleId"].startswith("security/")]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    places = [one["location"]["physicalLocation"] for one in steps]
    assert [(one["artifactLocation"]["uri"], one["region"]["startLine"]) for one in places] == [
        ("shop/pages/search.py", 12),
        ("shop/store.py", 20),
        ("shop/store.py", 22),
    ]


def test_rules_are_described_and_scored() -> None:
    """Security rules have a score, and a rule that nobody described is named all the same."""
    rules = {rule["id"]: rule for rule in made(a_review())["tool"]["driver"]["rules"]}
    assert rules["security/python-sql-injection"]["properties"] == {
        "tags": ["security", "cwe-89"],
        "problem.severity": "error",
        "security-severity": "9.5",
    }
    assert rules["graph/removed"]["shortDescription"] == {"text": "removed"}


@pytest.mark.parametrize(
    ("replacement", "told"),
    [
        (
            Replacement("a.py", 3, 4, "x\ny"),
            {"deletedRegion": {"startLine": 3, "endLine": 4}, "insertedContent": {"text": "x\ny"}},
        ),
        (
            Replacement("a.py", 3, 4, ""),
            {"deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 5, "endColumn": 1}},
        ),
        (
            Replacement("a.py", 3, 2, "x"),
            {
                "deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 1},
                "insertedContent": {"text": "x\n"},
            },
        ),
    ],
)
def test_a_fix_replaces_deletes_or_inserts_whole_lines(replacement: Replacement, told: dict[str, Any]) -> None:
    """As regions of SARIF."""
    finding = Finding("a/b", Severity.INFO, 1.0, "m", "a.py", 3, fix=Fix("mend it", (replacement,)))
    [result] = made(Review("a", "b", findings=(finding,)))["results"]
    assert result["fixes"][0]["artifactChanges"] == [
        {"artifactLocation": {"uri": "a.py", "uriBaseId": "%SRCROOT%"}, "replacements": [told]}
    ]


def test_gaps_are_notifications() -> None:
    """What was not looked at is in the report."""
    said = [one["message"]["text"] for one in made(a_review())["invocations"][0]["toolExecutionNotifications"]]
    assert said[0] == "`dependencies`: no database of advisories is configured"
    assert said[-1] == "1 file not looked into (binary): `logo.png`"


def test_a_test_run_is_a_notification() -> None:
    """With what newly failed, beside its results."""
    review = replace(a_review(), failures=Failures(new=("tests/test_cart.py::test_total",)))
    said = [one["message"]["text"] for one in made(review)["invocations"][0]["toolExecutionNotifications"]]
    assert "Run: 1 passed, 1 failed in 2.4 s, exit code 1. Newly failing: `tests/test_cart.py::test_total`." in said


def test_only_so_many_results_and_it_says_so() -> None:
    """GitHub refuses more."""
    finding = Finding("a/b", Severity.INFO, 1.0, "m", "a.py", 3)
    run = made(Review("a", "b", findings=(finding,) * (MAX_RESULTS + 7)))
    assert len(run["results"]) == MAX_RESULTS
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("7 findings were left")


def test_it_is_small_enough_to_upload() -> None:
    """The gravest stay."""
    grave = replace(a_review().findings[0], severity=Severity.CRITICAL, message="the gravest")
    findings = tuple(
        replace(grave, severity=Severity.INFO, message="".join(chr(33 + (n * k) % 90) for k in range(900)))
        for n in range(200)
    )
    text = sarif_text(Review("a", "b", findings=(grave, *findings)), version="1", limit=4_000)
    assert len(gzip.compress(text.encode(), 6)) <= 4_000
    assert "the gravest" in text
    assert "findings were left out" in text


@pytest.mark.case("E01")
def test_what_looks_like_a_secret_is_not_in_it() -> None:
    """Neither in texts nor in a fix."""
    assert (
        SECRET not in sarif_text(a_hostile_review(f"x = '{SECRET}'"), version="1").replace("%20", " ").split('"uri"')[0]
    )
    run = made(a_hostile_review(f"x {SECRET}"))
    assert "fixes" not in run["results"][0]
