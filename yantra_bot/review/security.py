"""The parts of a review that are about security: secrets, dependencies, and rules; what they may not say is hidden.

It turns the subject into plain changes and adds what the checks return. It judges nothing itself.
"""

import re
from collections.abc import Callable, Iterable

from yantra_bot.domain.findings import RuleInfo
from yantra_bot.domain.review import ChangedFile, FileKind, Gap
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.review.engine import Draft
from yantra_bot.sandbox.contract import SandboxUnavailable
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.code import NAME, Found, check_code, choose_code
from yantra_bot.validation.security.dependencies import Reader, check_dependencies, load_names
from yantra_bot.validation.security.engine import load_engine, scan
from yantra_bot.validation.security.fixes import count_hits, offer_fixes, offer_for_leaks
from yantra_bot.validation.security.rules import shipped_rules
from yantra_bot.validation.security.scanner import ScannerMissing, find_scanner
from yantra_bot.validation.security.secrets import Leak, find_secrets, mask

_IMPORT = re.compile(rb"^[ \t]*(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_NO_TEXT = frozenset({FileKind.BINARY, FileKind.SYMLINK, FileKind.SUBMODULE})
_CODE = frozenset({FileKind.SOURCE, FileKind.TEST})
_FIXTURES = frozenset({"testdata", "fixtures", "fixture", "__fixtures__", "__mocks__", "mocks", "cassettes"})
_NO_SANDBOX = "The scanner runs in a sandbox alone, and there is none here, so that no rule was applied."
_CURE = "Cure: sudo apt-get install bubblewrap."


def check_secrets(draft: Draft) -> None:
    """Add secrets in added lines, and hide them in what the parts before have quoted."""
    changes = changes_of(draft, _is_text)
    leaks = find_secrets(changes)
    draft.add(offer_for_leaks(leaks, changes))
    values = {leak.value for leak in leaks}
    draft.findings[:] = [mask(finding, values) for finding in draft.findings]


def check_packages(draft: Draft) -> None:
    """Add what the change does to dependencies, and name every new one."""
    subject = draft.subject
    reader = Reader(base=subject.base.read, head=subject.head.read)
    report = check_dependencies(changes_of(draft, _is_readable), reader, draft.means.advisories)
    draft.add(report.findings)
    draft.gaps.extend(report.gaps)


def check_rules(draft: Draft) -> None:
    """Add what the security rules find in code that the change wrote. Without scanner or sandbox a gap says so."""
    changes, book = changes_of(draft, _is_code), shipped_rules()
    if not choose_code(changes, book):
        return
    means, sandbox = draft.means, draft.means.sandbox
    if sandbox is None:
        draft.gaps.append(Gap(NAME, f"{_NO_SANDBOX} {means.no_sandbox or _CURE}"))
        return
    try:
        scanner = means.scanner or find_scanner(None)
        report = check_code(changes, book, sandbox, scanner)
        leaks = find_secrets(changes)
        report.found = _without_known(draft, report.found, leaks)
        findings = offer_fixes(
            report.found,
            count_hits(report.hits, report.targets),
            lambda rules, targets: scan(sandbox, scanner, rules, targets),
            lambda: _imported(draft),
        )
    except (ScannerMissing, SandboxUnavailable) as problem:
        draft.gaps.append(Gap(NAME, str(problem)))
        return
    values = {leak.value for leak in leaks}
    draft.add(mask(finding, values) for finding in findings)
    draft.gaps.extend(report.gaps)


def _without_known(draft: Draft, found: list[Found], leaks: list[Leak]) -> list[Found]:
    """Tell a secret in the source once: as what it is, or as what the rule says where that is graver."""
    known = {(leak.finding.path, leak.finding.line): leak.finding.severity for leak in leaks}
    kept = []
    for one in found:
        severity = known.get((one.finding.path, one.finding.line)) if one.rule.fix == "hard-coded-secret" else None
        if severity is not None and severity.rank >= one.finding.severity.rank:
            continue
        if severity is not None:
            place = (one.finding.path, one.finding.line)
            draft.findings[:] = [
                other
                for other in draft.findings
                if not (other.rule.startswith("secrets/") and (other.path, other.line) == place)
            ]
        kept.append(one)
    return kept


def _imported(draft: Draft) -> frozenset[str]:
    """Return the first parts of the names of all modules that the head's Python files import."""
    head = draft.subject.head
    texts = (head.read(path) for path in head.facts if path.endswith(".py"))
    return frozenset(name.decode() for text in texts if text is not None for name in _IMPORT.findall(text))


def shipped_infos() -> tuple[RuleInfo, ...]:
    """Return what is told of the rules that ship with the product."""
    return tuple(rule.info for rule in shipped_rules().rules.values())


def load_scanners() -> None:
    """Read all files that the checks read of the product: a process that gives up its rights calls it before."""
    shipped_rules()
    load_names()
    load_engine()
    find_secrets([Change("a.py", None, b"password = ''", added=(range(1, 2),))])


def changes_of(draft: Draft, wants: Callable[[ChangedFile], bool]) -> list[Change]:
    """Return the changed files that are wanted, with their bytes in both versions."""
    return [_change(draft, file) for file in draft.subject.files if wants(file) and draft.rules.wants(file.path)]


def _change(draft: Draft, file: ChangedFile) -> Change:
    subject = draft.subject
    return Change(
        file.path,
        subject.base.read(file.base_path),
        subject.head.read(file.path),
        base_path=file.base_path,
        added=tuple(_ranges(file)),
        is_test=file.kind is FileKind.TEST or is_test_path(file.path) or not _FIXTURES.isdisjoint(file.path.split("/")),
    )


def _ranges(file: ChangedFile) -> Iterable[range]:
    return (range(hunk.new_start, hunk.new_start + hunk.new_lines) for hunk in file.hunks)


def _is_text(file: ChangedFile) -> bool:
    return file.kind not in _NO_TEXT and not file.skipped


def _is_readable(file: ChangedFile) -> bool:
    """Lock files may be taken for generated and skipped by others; they are read here."""
    return file.kind not in _NO_TEXT and file.kind is not FileKind.VENDORED


def _is_code(file: ChangedFile) -> bool:
    return file.kind in _CODE and not file.skipped
