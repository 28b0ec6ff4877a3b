"""A repository cannot steer what looks at it: its configuration, its programs, its file names and what it prints."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.fakes.review_world import subject_of
from tests.fakes.sandbox_world import SandboxWorld
from yantra_bot.domain.review import Review
from yantra_bot.review.engine import review
from yantra_bot.review.means import Means
from yantra_bot.review.parts import choose_parts
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.code import check_code
from yantra_bot.validation.security.rules import shipped_rules
from yantra_bot.validation.security.scanner import Scanner

PARTS = choose_parts(only=("secrets", "dependencies", "security"))
UNSAFE = "import os\nfrom flask import request\n\n\ndef view():\n    os.system('ping ' + request.args['host'])\n"
RULE = "security/python-command-injection"


def look_at(folder: Path, files: dict[str, str], world: SandboxWorld, scanner: Scanner) -> Review:
    means = Means(sandbox=world.sandbox, scanner=scanner)
    return review(subject_of(folder, {}, files), PARTS, base="b", head="h", means=means)


@pytest.mark.case("D12")
def test_a_repositorys_configuration_of_the_scanner_has_no_effect(
    tmp_path: Path, sandbox_world: SandboxWorld, scanner: Scanner
) -> None:
    """Neither what to ignore, nor other rules, nor a comment that asks to overlook a line hides a finding."""
    files = {
        "app/views.py": UNSAFE,
        "app/other.py": UNSAFE.replace("['host'])", "['host'])  # nosemgrep"),
        ".semgrepignore": "*\n",
        ".semgrep.yml": "rules: []\n",
        ".semgrep/settings.yml": "!!python/object/apply:os.system ['touch /tmp/loaded']\n",
        "app/.gitignore": "*\n",
        ".secrets.baseline": '{"exclude": {"files": ".*"}}',
    }
    made = look_at(tmp_path, files, sandbox_world, scanner)
    found = {one.path: one for one in made.findings if one.rule == RULE}
    assert found.keys() == {"app/views.py", "app/other.py"}
    assert (
        found["app/other.py"].severity < found["app/views.py"].severity or "overlook" in found["app/other.py"].message
    )


@pytest.mark.case("D20")
def test_programs_and_modules_of_a_repository_are_never_run(
    tmp_path: Path, sandbox_world: SandboxWorld, scanner: Scanner
) -> None:
    """A `semgrep-core`, a `python` and a `json.py` that a repository brings are text like any other."""
    mark = tmp_path / "ran"
    evil = f"import pathlib\npathlib.Path({str(mark)!r}).write_text('x')\n"
    names = ("json.py", "subprocess.py", "sitecustomize.py", "conftest.py", "setup.py", "detect_secrets/__init__.py")
    files = dict.fromkeys(names, evil) | {
        "semgrep-core": f"#!/bin/sh\ntouch {mark}\n",
        "python": f"#!/bin/sh\ntouch {mark}\n",
        "views.py": UNSAFE,
    }
    made = look_at(tmp_path / "tree", files, sandbox_world, scanner)
    assert RULE in {one.rule for one in made.findings}
    assert not mark.exists()


@pytest.mark.case("D16")
@pytest.mark.parametrize(
    "name", ["-rules.py", "a b;touch x.py", "$(touch x).py", "ü\u202e.py", "a" * 200 + ".py", "x\ny.py"]
)
def test_names_of_files_are_data(name: str, sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """No name is an option, a command or a path of the scanner's."""
    change = Change(name, None, UNSAFE.encode(), added=(range(1, 9),))
    report = check_code([change], shipped_rules(), sandbox_world.sandbox, scanner)
    assert {one.finding.path for one in report.found if one.finding.rule == RULE} == {name}


@pytest.mark.case("D13")
def test_a_file_made_to_take_for_ever_is_given_up_and_said(sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """Brackets that nest without end, and a megabyte in one line, end as a gap or as no finding, never as a hang."""
    deep = "x = " + "[" * 20_000 + "]" * 20_000 + "\n"
    wide = "y = '" + "a" * 900_000 + "'\n"
    changes = [
        Change("deep.py", None, deep.encode(), added=(range(1, 3),)),
        Change("wide.py", None, wide.encode(), added=(range(1, 3),)),
        Change("huge.py", None, b"z = 1\n" * 400_000, added=(range(1, 3),)),
        Change("views.py", None, UNSAFE.encode(), added=(range(1, 9),)),
    ]
    report = check_code(changes, shipped_rules(), sandbox_world.sandbox, scanner)
    assert [gap.paths for gap in report.gaps if "kB" in gap.why] == [("huge.py",)]
    told = {path for gap in report.gaps for path in gap.paths}
    assert RULE in {one.finding.rule for one in report.found} or report.gaps
    assert "huge.py" in told


@pytest.mark.case("E01")
def test_no_part_of_a_review_repeats_a_secret(tmp_path: Path, sandbox_world: SandboxWorld, scanner: Scanner) -> None:
    """A token in the old and in the new form, a password, a key: found, and in no field of what is made of it."""
    parts = "q7Zr9kXw2Lm4Vt8Yb1Nc6Hd3Jf5Gs0PaQeRuTiOpWyUlKzMxB"
    claims = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI4NDIxMzciLCJleHAiOjE4fQ.c2lnbmF0dXJlLXdpdGgtYnl0ZXM"
    secrets = [f"ghs_{parts[:36]}", f"ghs_842137_{claims}", "Tr0ub4dor&3x-y", f"AKIA{'Q3ZRT7WLM4VB9NCH'}"]
    text = "import os, requests\n" + "".join(f"secret_{n} = '{one}'\n" for n, one in enumerate(secrets))
    text += f"os.system('curl -u admin:{secrets[2]} ' + input())\n"
    text += f"requests.get('https://u:{secrets[2]}@host.internal/', verify=False)\n"
    made = look_at(tmp_path, {"a.py": text, "requirements.txt": f"x @ https://u:{secrets[2]}@host.internal/x.whl\n"},
                   sandbox_world, scanner)  # fmt: skip
    shown = json.dumps(asdict(made), default=str)
    assert {one.line for one in made.findings if one.rule.startswith("secrets/")} >= {2, 3, 4, 5}
    assert [one for one in secrets if one in shown or one[6:] in shown] == []
