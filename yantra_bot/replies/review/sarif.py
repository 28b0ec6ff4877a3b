"""A review as SARIF 2.1.0, which forges and editors read: results with places, flows, fixes; gaps as notifications.

Pure. It keeps to GitHub's limits for an upload and says, as a notification, what was left out for them. What looks
like a secret is never in it; a fix that would hold one is left out.
"""

import gzip
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote as quote_url

from yantra_bot.domain.findings import Evidence, Finding, Fix, Replacement, RuleInfo, Severity, Side
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.review import Review
from yantra_bot.replies.review.markdown import visible
from yantra_bot.replies.review.quoting import sureness
from yantra_bot.replies.review.wording import state_gap, state_run, state_skipped

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS: Final = 25_000
MAX_LOCATIONS: Final = 1_000
MAX_TAGS: Final = 20
MAX_NOTIFICATIONS: Final = 1_000
MAX_TEXT: Final = 4_000
MAX_ZIPPED: Final = 10 * 1024 * 1024 - 64 * 1024
"""Bytes, as it is uploaded."""
_ROOT: Final = "%SRCROOT%"
_LEVELS: Final = {Severity.INFO: "note", Severity.WARNING: "warning"}
_SCORES: Final = {Severity.INFO: "2.0", Severity.WARNING: "5.0", Severity.ERROR: "7.5", Severity.CRITICAL: "9.5"}
_FLOWS: Final = ("security/", "names/circular", "names/import-cycle")
"""Rules whose evidence is a way, step by step, and no list of places."""

Json = dict[str, Any]


def sarif_text(review: Review, rules: Sequence[RuleInfo] = (), *, version: str, limit: int = MAX_ZIPPED) -> str:
    """Return the report as JSON, small enough to be uploaded: `limit` is in bytes, as gzip packs them."""
    most = min(len(review.findings), MAX_RESULTS)
    while True:
        text = json.dumps(sarif(review, rules, version=version, most=most), separators=(",", ":"))
        if most == 0 or len(gzip.compress(text.encode(), 6)) <= limit:
            return text
        most //= 2


def sarif(review: Review, rules: Sequence[RuleInfo] = (), *, version: str, most: int = MAX_RESULTS) -> Json:
    """Return the report. `rules` describe the findings' rules; one that is not among them is named all the same.

    `version` is the product's; at most `most` results are told, the gravest.
    """
    findings = review.findings[: min(most, MAX_RESULTS)]
    known = {rule.id: rule for rule in rules}
    used = list(dict.fromkeys(finding.rule for finding in findings))
    places = {rule: number for number, rule in enumerate(used)}
    driver = {
        "name": "Yantra",
        "semanticVersion": version,
        "rules": [_rule(known.get(rule) or _unknown(rule, findings)) for rule in used],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "yantra/review/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(review, findings)}],
        "results": [_result(finding, places[finding.rule]) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _unknown(rule: str, findings: Sequence[Finding]) -> RuleInfo:
    severity = next(finding.severity for finding in findings if finding.rule == rule)
    title = rule.rpartition("/")[2].replace("-", " ") or rule
    return RuleInfo(rule, title, severity, title, ("security",) if rule.startswith(("security/", "secrets/")) else ())


def _rule(rule: RuleInfo) -> Json:
    is_security = "security" in rule.tags or rule.id.startswith(("security/", "secrets/"))
    tags = list(dict.fromkeys(_text(tag) for tag in rule.tags))[:MAX_TAGS]
    properties: Json = {"tags": tags, "problem.severity": _PROBLEM[rule.severity]}
    if is_security:
        properties["security-severity"] = _SCORES[rule.severity]
    return {
        "id": _text(rule.id),
        "shortDescription": {"text": _text(rule.title)},
        "help": {"text": _text(rule.help), "markdown": _text(rule.help)},
        "defaultConfiguration": {"level": _level(rule.severity)},
        "properties": properties,
    }


_PROBLEM: Final = {
    Severity.INFO: "recommendation",
    Severity.WARNING: "warning",
    Severity.ERROR: "error",
    Severity.CRITICAL: "error",
}


def _level(severity: Severity) -> str:
    return _LEVELS.get(severity, "error")


def _result(finding: Finding, number: int) -> Json:
    result: Json = {
        "ruleId": _text(finding.rule),
        "ruleIndex": number,
        "level": _level(finding.severity),
        "message": {"text": _message(finding)},
        "partialFingerprints": {
            "primaryLocationLineHash": f"{finding.fingerprint}:1",
            "yantraFinding/v1": finding.fingerprint,
        },
        "baselineState": "new",
        "rank": round(max(0.0, min(finding.confidence, 1.0)) * 100, 1),
        "properties": {"severity": str(finding.severity), "confidence": sureness(finding.confidence)},
    }
    if finding.path:
        result["locations"] = [_location(finding.path, finding.line, finding.end_line, finding.side, finding.anchor)]
    related = [one for one in finding.evidence if one.path][: MAX_LOCATIONS - 1]
    if related:
        result["relatedLocations"] = [_evidence(one, index) for index, one in enumerate(related)]
    if finding.rule.startswith(_FLOWS) and related:
        result["codeFlows"] = [_flow(finding, related)]
    fix = _fix(finding.fix) if finding.fix is not None else None
    return result if fix is None else {**result, "fixes": [fix]}


def _message(finding: Finding) -> str:
    said = _text(finding.message).replace("`", "'") or _text(finding.rule)
    return f"{said} (line {finding.line} of the base)" if finding.side is Side.BASE and finding.line else said


def _location(path: str, line: int, end_line: int, side: Side, snippet: str = "") -> Json:
    """Return a place; one in the base has no line, since a reader has the head before them."""
    place: Json = {"artifactLocation": _artifact(path)}
    if line > 0 and side is Side.HEAD:
        place["region"] = {"startLine": line, "endLine": max(line, end_line)}
        if snippet:
            place["region"]["snippet"] = {"text": _text(snippet)}
    return {"physicalLocation": place}


def _artifact(path: str) -> Json:
    return {"uri": quote_url(path.encode("utf-8", "surrogateescape")), "uriBaseId": _ROOT}


def _evidence(one: Evidence, number: int) -> Json:
    place = _location(one.path, one.line, one.line, one.side)
    return {"id": number, **place, "message": {"text": _text(one.text) or "evidence"}}


def _flow(finding: Finding, steps: Sequence[Evidence]) -> Json:
    """Return the way that leads to the finding: its evidence in order, then its own place."""
    locations = [
        {
            "location": {
                **_location(one.path, one.line, one.line, one.side),
                "message": {"text": _text(one.text) or "evidence"},
            }
        }
        for one in steps
    ]
    own = _location(finding.path, finding.line, finding.end_line, finding.side)
    locations.append({"location": {**own, "message": {"text": _message(finding)}}})
    return {"threadFlows": [{"locations": locations}]}


def _fix(fix: Fix) -> Json | None:
    """Return a fix; None where it holds something that must not be shown."""
    texts = [one.text.replace("\t", "") for one in fix.replacements]
    if not texts or any(_text(text, len(text) + 1) != text for text in texts):
        return None
    by_path: dict[str, list[Json]] = {}
    for one in fix.replacements:
        by_path.setdefault(one.path, []).append(_replacement(one))
    changes = [{"artifactLocation": _artifact(path), "replacements": found} for path, found in by_path.items()]
    return {"description": {"text": f"Would {_text(fix.title)}"}, "artifactChanges": changes}


def _replacement(one: Replacement) -> Json:
    """Return whole lines replaced. Without columns a region ends before its last line's end."""
    if one.end_line < one.line:
        region = {"startLine": one.line, "startColumn": 1, "endLine": one.line, "endColumn": 1}
        return {"deletedRegion": region, "insertedContent": {"text": f"{one.text}\n"}}
    if not one.text:
        return {"deletedRegion": {"startLine": one.line, "startColumn": 1, "endLine": one.end_line + 1, "endColumn": 1}}
    return {
        "deletedRegion": {"startLine": one.line, "endLine": one.end_line},
        "insertedContent": {"text": one.text},
    }


def _notifications(review: Review, findings: Sequence[Finding]) -> list[Json]:
    run = [state_run(review)] if review.test_report is not None else []
    said = [*map(state_gap, review.gaps), *run, *state_skipped(review)]
    if len(findings) < len(review.findings):
        said.insert(0, f"{len(review.findings) - len(findings):,} findings were left out: an upload has a limit.")
    return [{"level": "note", "message": {"text": _text(one)}} for one in said[:MAX_NOTIFICATIONS]]


def _text(text: str, limit: int = MAX_TEXT) -> str:
    """Return foreign text without what looks like a secret, and without signs that cannot be seen."""
    shown = "\n".join(visible(line.replace("\t", "    ")) for line in redact(text[: limit * 2]).split("\n"))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
