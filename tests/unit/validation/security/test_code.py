"""Only what a change introduces is found: compared by content, whatever happens to line numbers and files."""

from pathlib import Path

import pytest

from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.domain.findings import Severity
from yantra_bot.domain.redaction import REDACTED
from yantra_bot.errors import SettingsError
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.code import CodeReport, _say_problems, check_code, choose_code
from yantra_bot.validation.security.engine import MAX_FILE_BYTES, Report
from yantra_bot.validation.security.rules import RuleBook, language_of, read_rules, shipped_rules
from yantra_bot.validation.security.scanner import Scanner

RULES = """
rules:
  - id: evaluates
    languages: [py, javascript]
    severity: CRITICAL
    message: >-
      It evaluates
      $X.
    metadata: {cwe: [CWE-95], owasp: "A03:2021", confidence: low, title: evaluated text, fix: none-such}
    pattern: eval($X)
  - id: flows
    languages: [python]
    severity: WARNING
    message: It flows
    mode: taint
    pattern-sources: [{pattern: ask()}]
    pattern-sinks: [{pattern: do(...)}]
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> RuleBook:
    folder = tmp_path_factory.mktemp("rules")
    (folder / "python").mkdir()
    (folder / "python" / "a.yaml").write_text(RULES)
    return read_rules(folder)


class Desk:
    """Checks changes with a few rules."""

    def __init__(self, world: SandboxWorld, scanner: Scanner, book: RuleBook) -> None:
        self.world, self.scanner, self.book = world, scanner, book

    def check(self, *changes: Change) -> CodeReport:
        return check_code(changes, self.book, self.world.sandbox, self.scanner)

    def lines(self, *changes: Change) -> list[tuple[str, int]]:
        return [(one.finding.path, one.finding.line) for one in self.check(*changes).found]


@pytest.fixture
def desk(sandbox_world: SandboxWorld, scanner: Scanner, book: RuleBook) -> Desk:
    return Desk(sandbox_world, scanner, book)


def change(before: str | None, after: str | None, path: str = "a.py", **fields: object) -> Change:
    old, new = (before or "").split("\n"), (after or "").split("\n")
    added = tuple(range(number, number + 1) for number, line in enumerate(new, 1) if line not in old)
    data = [None if text is None else text.encode() for text in (before, after)]
    return Change(path, *data, added=added, **fields)  # type: ignore[arg-type]  (a test's short hand)


def test_a_finding_says_what_its_rule_says(desk: Desk) -> None:
    """Severity, confidence, message and place."""
    (found,) = desk.check(change(None, "x = 1\neval(x)\n")).found
    finding = found.finding
    assert (finding.rule, finding.severity, finding.confidence) == ("security/evaluates", Severity.CRITICAL, 0.5)
    assert (finding.message, finding.line, finding.anchor) == ("It evaluates x.", 2, "eval(x)")
    info = desk.book.rules["evaluates"].info
    assert (info.title, info.tags) == ("evaluated text", ("security", "cwe-95", "a03:2021"))


def test_old_lines_may_move_and_be_indented(desk: Desk) -> None:
    """A hit whose text was there before is none of the change's."""
    before = "eval(a)\n"
    assert desk.lines(change(before, "import os\n\nif os.name:\n    eval(a)\n")) == []
    assert desk.lines(change(before, "eval(a)\neval(b)\n")) == [("a.py", 2)]


def test_one_more_of_the_same_is_new_and_it_is_the_one_that_was_written(desk: Desk) -> None:
    """Two equal lines where there was one."""
    before = "def f():\n    eval(a)\n"
    after = "def f():\n    eval(a)\n\n\ndef g():\n    eval(a)\n"
    one = Change("a.py", before.encode(), after.encode(), added=(range(3, 7),))
    assert desk.lines(one) == [("a.py", 6)]


def test_a_renamed_file_brings_nothing_new(desk: Desk) -> None:
    """Its past is that of its old name."""
    text = "x = 1\neval(x)\n"
    assert desk.lines(Change("b.py", text.encode(), text.encode(), base_path="a.py")) == []


def test_moved_code_is_old_when_its_surroundings_moved_along(desk: Desk) -> None:
    """The same line in another place of another file is another weakness."""
    body = "def run(x):\n    y = x.strip()\n    eval(y)\n    return y\n"
    gone = change(f"{body}\n\ndef other():\n    pass\n", "def other():\n    pass\n")
    assert desk.lines(gone, change(None, f"import os\n\n\n{body}", "b.py")) == []
    assert desk.lines(gone, change(None, "def view(y):\n    y = y + '1'\n    eval(y)\n", "b.py")) == [("b.py", 3)]


def test_a_new_way_to_an_old_line_is_new(desk: Desk) -> None:
    """What makes the line harmful was written elsewhere in the file."""
    before, after = "q = 1\ndo(q)\n", "q = ask()\ndo(q)\n"
    report = desk.check(change(before, after))
    assert [(one.finding.line, len(one.finding.evidence)) for one in report.found] == [(2, 3)]
    assert report.found[0].finding.evidence[0].line == 1


def test_a_comment_that_asks_to_overlook_makes_a_remark_of_it(desk: Desk) -> None:
    """It is told, and closes no gate."""
    (found,) = desk.check(change(None, "eval(x)  # nosemgrep\n")).found
    assert found.finding.severity is Severity.INFO
    assert "asks scanners to overlook" in found.finding.message


def test_nothing_is_started_for_files_without_rules(desk: Desk) -> None:
    """Other languages, tests and removed files."""
    changes = [
        change(None, "eval(x)\n", "a.rb"),
        change(None, "eval(x)\n", "tests/test_a.py", is_test=True),
        change("eval(x)\n", None),
    ]
    assert choose_code(changes, desk.book) == []
    report = desk.check(*changes)
    assert (report.is_scanned, report.found, report.gaps) == (False, [], [])


def test_what_was_not_scanned_is_said(desk: Desk) -> None:
    """A file that is too large, and one that is understood in part only."""
    report = desk.check(change(None, "eval(x)\ndef (\n"), change(None, "x = 1\n" * (MAX_FILE_BYTES // 5), "b.py"))
    assert {gap.paths for gap in report.gaps} == {("a.py",), ("b.py",)}
    assert [one.finding.line for one in report.found] == [1]


def test_a_file_that_cannot_be_parsed_is_said_in_words(desk: Desk) -> None:
    """The one of the head; a broken one of the base takes nothing from what is found."""
    broken = b"function (( eval(\n"
    report = desk.check(
        Change("a.js", broken, b"eval(x)\n", added=(range(1, 2),)), Change("b.js", None, broken, added=(range(1, 2),))
    )
    assert [one.finding.path for one in report.found] == ["a.js"]
    assert [(gap.why, gap.paths) for gap in report.gaps] == [("It could not be parsed.", ("b.js",))]


@pytest.mark.parametrize("word", ["Timeout", "Fixpoint timeout", "Out of memory", "Stack overflow", "Lexical error"])
def test_the_engines_words_are_put_plainly(word: str) -> None:
    """As its own interface spells them; one that is not known is quoted."""
    known, other = _say_problems(Report(problems=(("a.py", word), ("b.py", "Odd"))))
    assert "said" not in known.why
    assert other.why == "The scanner said: Odd"


def test_a_secret_in_the_line_is_not_quoted(desk: Desk) -> None:
    """Neither by the anchor nor by the message."""
    token = "ghp_" + "q7Zr9kXw2Lm4Vt8Yb1Nc6Hd3Jf5Gs0PaQeRu"
    (found,) = desk.check(change(None, f"eval('{token}')\n")).found
    assert found.finding.anchor == f"eval('{REDACTED}')"
    assert token not in repr(found.finding)


def test_the_shipped_rules_are_read() -> None:
    """Each has a title, a severity, a language and words."""
    book = shipped_rules()
    assert "python" in book.languages
    assert all(rule.info.title and rule.info.help and rule.languages for rule in book.rules.values())
    assert [language_of(path) for path in ("a.tsx", "a.PY", "a.rs", "a")] == ["typescript", "python", "rust", None]


@pytest.mark.parametrize("text", ["rules: [", "rules: 3", "x: 1", "rules: [{id: a}]", "rules: [{id: a, severity: X}]"])
def test_a_wrong_rule_file_is_named(tmp_path: Path, text: str) -> None:
    """It is an installation that is broken, and says so."""
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"a\.yaml is wrong"):
        read_rules(tmp_path)
