"""The security parts of a review, over a real change with the shipped rules in a real sandbox."""

import json
from dataclasses import asdict
from pathlib import Path

from tests.fakes.review_world import subject_of
from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.review import Review, ReviewRules
from yantra_bot.review.engine import Part, review
from yantra_bot.review.means import Means
from yantra_bot.review.security import check_rules, check_secrets, load_scanners, shipped_infos
from yantra_bot.validation.security.dependencies.names import popular
from yantra_bot.validation.security.rules import shipped_rules
from yantra_bot.validation.security.scanner import Scanner

PARTS = (Part("secrets", check_secrets), Part("security", check_rules, find_rules=shipped_infos))
TOKEN = "ghp_" + "q7Zr9kXw2Lm4Vt8Yb1Nc6Hd3Jf5Gs0PaQeRu"
VIEW = """\
import sqlite3
from flask import Flask, request

app = Flask(__name__)


@app.route("/find")
def find():
    name = request.args.get("name")
    base = sqlite3.connect("a.db")
    return str(base.execute(QUERY).fetchall())
"""
SAFE = VIEW.replace("QUERY", '"SELECT * FROM t WHERE n = ?", (name,)')
UNSAFE = VIEW.replace("QUERY", '"SELECT * FROM t WHERE n = \'" + name + "\'"')


def run(
    folder: Path, before: dict[str, str], after: dict[str, str], means: Means, rules: ReviewRules | None = None
) -> Review:
    return review(subject_of(folder, before, after), PARTS, base="b", head="h", means=means, rules=rules)


def test_an_injection_that_the_change_wrote_is_found(
    tmp_path: Path, sandbox_world: SandboxWorld, scanner: Scanner
) -> None:
    """With its rule, its line, and the way of the value from the request to the statement."""
    means = Means(sandbox=sandbox_world.sandbox, scanner=scanner)
    made = run(tmp_path, {"app/views.py": SAFE}, {"app/views.py": UNSAFE}, means)
    (finding,) = [one for one in made.findings if one.rule == "security/python-sql-injection"]
    assert (finding.path, finding.line, finding.severity) == ("app/views.py", 11, Severity.CRITICAL)
    assert [evidence.line for evidence in finding.evidence][:1] == [9]
    assert made.gaps == ()


def test_one_weakness_is_told_once(tmp_path: Path, sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """Two rules of one class in a line, and a secret that a rule finds as well, are one finding: the gravest."""
    means = Means(sandbox=sandbox_world.sandbox, scanner=scanner)
    text = f"SECRET_KEY = 'b7!kd0s-2kx9-very'\nTOKEN = '{TOKEN}'\n{UNSAFE}"
    made = run(tmp_path, {}, {"app/views.py": text}, means)
    places = [(one.line, one.rule) for one in made.findings if one.severity.rank > 0]
    assert sorted(line for line, _ in places) == [1, 2, 13]
    assert (2, "secrets/github-token") in places
    assert all(TOKEN not in repr(one) and "kd0s" not in repr(one) for one in made.findings)


def test_an_old_injection_is_none_of_the_changes(tmp_path: Path, sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """Lines above it may move as they like."""
    means = Means(sandbox=sandbox_world.sandbox, scanner=scanner)
    made = run(tmp_path, {"a.py": UNSAFE}, {"a.py": "import os\n\n\n" + UNSAFE}, means)
    assert made.findings == ()


def test_what_is_missing_is_a_gap_with_its_cure(tmp_path: Path, sandbox_world: SandboxWorld) -> None:
    """No scanner and no sandbox are said; secrets need neither."""
    after = {"a.py": UNSAFE, "b.py": f"T = '{TOKEN}'\n"}
    for number, means in enumerate((Means(), Means(sandbox=sandbox_world.sandbox))):
        made = run(tmp_path / str(number), {}, after, means)
        assert [finding.rule for finding in made.findings] == ["secrets/github-token"]
        assert len(made.gaps) == 1
        assert "Cure:" in made.gaps[0].why


def test_no_scanner_is_missed_where_there_is_nothing_for_it(tmp_path: Path) -> None:
    """A change of text files alone is whole without it."""
    made = run(tmp_path, {}, {"a.md": "# A\n", "b.txt": "x\n"}, Means())
    assert made.gaps == ()


def test_a_secret_is_hidden_in_what_others_found(tmp_path: Path) -> None:
    """A finding of an earlier part that quotes the line of a secret loses it."""
    text = "password = 'Tr0ub4dor&3x'"
    quoting = Part(
        "lint", lambda draft: draft.add([Finding("lint/x", Severity.ERROR, 1.0, text, "a.py", 1, anchor=text)])
    )
    made = review(subject_of(tmp_path, {}, {"a.py": text}), (quoting, *PARTS), base="b", head="h")
    assert [finding.rule for finding in made.findings] == ["lint/x", "secrets/hard-coded"]
    assert "Tr0ub4dor" not in json.dumps(asdict(made), default=str)


def test_paths_that_the_rules_leave_out_are_left_out(tmp_path: Path) -> None:
    """A maintainer's path filters hold for secrets too."""
    made = run(tmp_path, {}, {"gen/a.py": f"T = '{TOKEN}'\n"}, Means(), ReviewRules(exclude=("gen/**",)))
    assert made.findings == ()


def test_all_that_is_read_can_be_read_before(tmp_path: Path) -> None:
    """A worker that has given up its rights reads no file of the product any more."""
    load_scanners()
    kept = popular.cache_info(), shipped_rules.cache_info()
    after = {
        "requirements.txt": "flask\n",
        "package.json": '{"dependencies": {"react": "1"}}',
        "a.py": "password = 'x'\n",
    }
    run(tmp_path, {}, after, Means())
    assert (popular.cache_info().misses, shipped_rules.cache_info().misses) == (kept[0].misses, kept[1].misses)
