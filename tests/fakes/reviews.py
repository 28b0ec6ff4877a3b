"""A review with some of everything, as a renderer gets it: `a_review()`; and one whose every name is hostile."""

from dataclasses import replace

from yantra_bot.domain.findings import Evidence, Finding, Fix, Replacement, RuleInfo, Severity, Side
from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.domain.proof import Failures, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.domain.review import (
    Affected,
    ChangedFile,
    FileKind,
    FileStatus,
    Gap,
    Hunk,
    ImpactReport,
    Owner,
    Review,
    Risk,
    RiskLevel,
    RiskPart,
    SelectedTest,
    SymbolChange,
    SymbolChangeKind,
    TestSelection,
    Timing,
)

BASE, HEAD = "a" * 40, "b" * 40
RULES = (
    RuleInfo("graph/breaks-callers", "A call that breaks", Severity.ERROR, "Callers still use the **old** signature."),
    RuleInfo(
        "security/python-sql-injection",
        "SQL out of a string",
        Severity.CRITICAL,
        "Pass values as parameters.",
        ("security", "cwe-89"),
    ),
)


def breaks_callers() -> Finding:
    """Return a finding at a changed definition, with its callers."""
    return Finding(
        "graph/breaks-callers",
        Severity.ERROR,
        0.98,
        "`price(item, currency)` now requires `currency`, and 2 callers do not give it.",
        "shop/price.py",
        10,
        anchor="def price(item, currency):",
        symbol="shop.price.price",
        evidence=(
            Evidence("`total` calls `price(item)`", "shop/cart.py", 31, confidence=0.99),
            Evidence("`preview` calls `price(item)`", "shop/pages/preview.py", 7, confidence=0.95),
        ),
        more_evidence=3,
    )


def sql_injection() -> Finding:
    """Return a finding that can be mended in place, with the way that a value takes."""
    return Finding(
        "security/python-sql-injection",
        Severity.CRITICAL,
        0.9,
        "The query is put together from `name`, which comes from a request.",
        "shop/store.py",
        22,
        anchor="cursor.execute(f\"SELECT * FROM items WHERE name = '{name}'\")",
        symbol="shop.store.find",
        evidence=(
            Evidence("`name` comes from the request", "shop/pages/search.py", 12, confidence=0.95),
            Evidence("it is passed to `find`", "shop/store.py", 20, confidence=0.95),
        ),
        fix=Fix(
            "pass the value as a parameter",
            (
                Replacement(
                    "shop/store.py", 22, 22, '    cursor.execute("SELECT * FROM items WHERE name = ?", (name,))'
                ),
            ),
        ),
    )


def removed_helper() -> Finding:
    """Return a finding in the base."""
    return Finding(
        "graph/removed",
        Severity.WARNING,
        0.7,
        "`round_up` is gone, and the documentation still names it.",
        "shop/price.py",
        40,
        side=Side.BASE,
        anchor="def round_up(value):",
        symbol="shop.price.round_up",
    )


def a_review() -> Review:
    """Return a review that is blocked, with some of everything."""
    return Review(
        BASE,
        HEAD,
        files=_files(),
        symbols=_symbols(),
        findings=(sql_injection(), breaks_callers(), removed_helper()),
        impact=_impact(),
        tests=TestSelection(
            is_all=False,
            tests=(
                SelectedTest("tests/test_cart.py::test_total", "calls `shop.cart.total`, which calls `price`", 0.9),
                SelectedTest("tests/test_price.py::test_price", "covered `shop/price.py:10` on the base", 0.8),
            ),
            why=("Coverage of the base is known.",),
            known=214,
            untested=("shop.price.convert",),
        ),
        test_report=TestReport(
            Verdict.FAIL,
            ("pytest", "-q"),
            1,
            2.41,
            (
                TestOutcome("tests/test_price.py::test_price", TestStatus.PASSED),
                TestOutcome("tests/test_cart.py::test_total", TestStatus.FAILED),
            ),
        ),
        risk=Risk(
            0.46,
            RiskLevel.MEDIUM,
            (
                RiskPart("size", 0.2, 0.24, "140 lines changed"),
                RiskPart("churn", 0.15, None, "no history to read"),
                RiskPart("security", 0.15, 1.0, "1 critical finding"),
            ),
        ),
        gaps=(
            Gap("dependencies", "no database of advisories is configured"),
            Gap("types", "the environment could not be set up", ("requirements.txt",)),
        ),
        timings=(Timing("names", 0.31), Timing("impact", 0.02), Timing("security", 3.2), Timing("risk", 0.001)),
    )


def _files() -> tuple[ChangedFile, ...]:
    python, modified = Language.PYTHON, FileStatus.MODIFIED
    return (
        ChangedFile(
            "shop/price.py",
            modified,
            FileKind.SOURCE,
            language=python,
            added=90,
            removed=28,
            hunks=(Hunk(10, 4, 10, 6), Hunk(40, 6, 41, 0)),
        ),
        ChangedFile(
            "shop/store.py", modified, FileKind.SOURCE, language=python, added=1, removed=1, hunks=(Hunk(22, 1, 22, 1),)
        ),
        ChangedFile(
            "shop/format.py",
            FileStatus.RENAMED,
            FileKind.SOURCE,
            "shop/formatting.py",
            python,
        ),
        ChangedFile(
            "tests/test_price.py", modified, FileKind.TEST, language=python, added=12, hunks=(Hunk(3, 0, 4, 12),)
        ),
        ChangedFile("logo.png", FileStatus.ADDED, FileKind.BINARY, skipped="binary"),
        ChangedFile("README.md", modified, FileKind.DOCUMENT, added=2, removed=2, hunks=(Hunk(1, 2, 1, 2),)),
    )


def _symbol(kind: SymbolChangeKind, name: str, line: int, **more: object) -> SymbolChange:
    path, module = "shop/price.py", "shop.price"
    place = {"name": f"{module}.{name}", "path": path, "line": line, "key": f"{path}::{name}"}
    before = {"old_name": f"{module}.{name}", "old_path": path, "old_line": line, "old_key": f"{path}::{name}"}
    if kind is SymbolChangeKind.REMOVED:
        place = {}
    if kind is SymbolChangeKind.ADDED:
        before = {}
    values: dict[str, object] = {**place, **before, **more}
    return replace(SymbolChange(kind, NodeKind.FUNCTION, language=Language.PYTHON), **values)  # type: ignore[arg-type] # texts and numbers


def _symbols() -> tuple[SymbolChange, ...]:
    kinds = SymbolChangeKind
    return (
        _symbol(
            kinds.SIGNATURE,
            "price",
            10,
            old_signature="def price(item)",
            signature="def price(item, currency)",
            breaking=("requires `currency`",),
            is_body_changed=True,
            added=6,
            removed=4,
        ),
        _symbol(kinds.REMOVED, "round_up", 40, removed=6),
        _symbol(kinds.ADDED, "convert", 20, added=12),
        _symbol(kinds.MOVED, "Money.__init__", 60, old_path="shop/money.py"),
        _symbol(kinds.RENAMED, "taxes", 80, old_key="shop/price.py::tax", is_body_changed=True, added=2, removed=1),
        _symbol(kinds.FORMAT, "discount", 95),
        _symbol(kinds.BODY, "Price.shown", 99, added=3, removed=3),
    )


def _impact() -> ImpactReport:
    start = Evidence("shop.price.price", "shop/price.py", 10)
    total = Evidence("shop.cart.total", "shop/cart.py", 31, confidence=0.99)
    page = Evidence("shop.pages.cart.show", "shop/pages/cart.py", 12, confidence=0.95)
    shown = Affected("shop.pages.cart.show", "shop/pages/cart.py", 9, NodeKind.ROUTE, 0.94, (start, total, page), True)
    return ImpactReport(
        affected=(Affected("shop.cart.total", "shop/cart.py", 28, NodeKind.FUNCTION, 0.99, (start, total)), shown),
        symbols=31,
        files=9,
        entry_points=(shown,),
        owners=(Owner("@shop/prices", ("shop/price.py", "shop/store.py")), Owner("@grace", ("shop/cart.py",), False)),
        unresolved=(("price", 4), ("convert", 1)),
    )


HOSTILE = (
    "@everyone Fixes #1 ![x](http://evil.test/?d=1) [a](//evil.test) <img src=x> </details> &#64;org/team\x1b[31m\u202e"
    "\n# head\n```\n| a | b |\n<!-- yantra:review -->\n##[group]x\n::set-output name=a::b www.evil.test GH-3 `"
)
"""Whatever a name, a message or a path could try."""
SECRET = "ghs_" + "A1b2" * 10


def a_hostile_review(text: str = HOSTILE, *, many: int = 1) -> Review:
    """Return a review in which every text that a stranger may have written is `text`; each list is `many` long."""
    evidence = Evidence(text, text, 3, confidence=0.5)
    fix = Fix(text, (Replacement(text, 3, 3, text),))
    findings = tuple(
        Finding(
            "security/x",
            Severity.ERROR,
            0.9,
            text,
            text,
            3,
            anchor=text,
            symbol=f"{text}{n}",
            evidence=(evidence,) * 9,
            fix=fix,
        )
        for n in range(many)
    )
    file = ChangedFile(text, FileStatus.RENAMED, FileKind.SOURCE, text, added=1, removed=1, hunks=(Hunk(1, 5, 1, 5),))
    symbols = tuple(
        SymbolChange(
            kind,
            NodeKind.FUNCTION,
            *(text, text, 3, 4, text, f"{text}::{text}"),
            *(text, text, 3, 4, f"{text}-", f"{text}::{text}"),
            breaking=(text,),
        )
        for kind in SymbolChangeKind
        for _ in range(many)
    )
    affected = (Affected(text, text, 1, NodeKind.ROUTE, 0.5, (evidence, evidence, evidence), True),) * many
    impact = ImpactReport(affected, 99, 9, affected, (Owner(text, (text,)),) * many, ((text, 3),) * many)
    tests = TestSelection(is_all=False, tests=(SelectedTest(text, text),) * many, known=9, untested=(text,) * many)
    outcome = TestOutcome(text, TestStatus.FAILED)
    report = TestReport(Verdict.FAIL, (text,), 1, 1.0, (outcome,) * many, text, reason=text)
    risk = Risk(0.9, RiskLevel.HIGH, (RiskPart("size", 1.0, 1.0, text),))
    gaps = (Gap(text, text, (text,) * many),) * many
    return Review(
        *(text, text),
        files=(file,) * many,
        symbols=symbols,
        findings=findings,
        impact=impact,
        tests=tests,
        test_report=report,
        failures=Failures((text,) * many, (text,) * many, (text,) * many, text),
        risk=risk,
        gaps=gaps,
        timings=(Timing("graph", 1.0),),
    )
