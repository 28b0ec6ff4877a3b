"""What leaves a repository does not say where in it the mistake was made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.findings import Severity as Grave
from yantra_bot.domain.lessons import Category, CodeNode, Lesson, Occurrence, Scope, Severity
from yantra_bot.learning.remarks import teach
from yantra_bot.learning.sanitise import anonymise
from yantra_bot.learning.sharing import NOBODYS, anonymise_lesson, share
from yantra_bot.learning.slips import Circumstances

ABOUT = Circumstances("run-1", Scope(7, "", ""), "https://h/runs/1", 100.0)
LESSON = Lesson(
    "a" * 16,
    Scope(7, "python", "claude"),
    Category.TYPE,
    Severity.MAJOR,
    tried="Raised what payroll pays, with asyncio.gather.",
    failed="acme/payroll/salaries.py:3 in bump: TypeError: unsupported operand\nsalaries.py: Salary.lift failed",
    worked="Convert in salaries, see acme.payroll.",
    wrong="from acme.payroll.salaries import bump",
    nodes=(CodeNode("acme/payroll/salaries.py::Ledger.bump", "d"),),
)
words = st.from_regex(r"[bcdfg]{3}[aeiou][hjkl]{2,5}", fullmatch=True)


def test_a_shared_remark_names_neither_file_nor_symbol() -> None:
    """Folders, file, class and method are gone, from the sentence that names them and from wherever else they stand."""
    found = Finding("types/arg-type", Grave.ERROR, 1.0, "salaries takes an int", "acme/payroll/salaries.py", 3,
                    anchor="Salary.lift(payroll)", symbol="Salary.lift")  # fmt: skip
    lesson = share(*teach([found], ABOUT)).lesson
    assert lesson.tried.startswith("A change of file1.py, in name")
    for name in ("acme", "payroll", "salaries", "lift", "Salary"):
        assert name not in repr(lesson)
    assert "takes an int" in lesson.failed


def test_what_a_lesson_knows_of_its_place_is_hidden_in_all_its_texts() -> None:
    """By its file, its symbols and the paths in its words; libraries and prose stay, the same file is the same."""
    lesson = anonymise_lesson(LESSON, NOBODYS)
    for name in ("acme", "payroll", "salaries", "bump", "Salary", "Ledger", "lift"):
        assert name not in repr(lesson)
    assert "pays, with asyncio.gather." in lesson.tried
    assert lesson.failed.startswith("file1.py:3 in name")
    assert "TypeError: unsupported operand\nfile2.py: " in lesson.failed
    assert anonymise_lesson(lesson, NOBODYS).failed == lesson.failed
    bare = share(Occurrence("o", Lesson(**{**_fields(), "failed": "billing broke"}), file="shop/billing.py"))
    assert "billing" not in repr(bare)


def _fields() -> dict[str, object]:
    return {name: getattr(LESSON, name) for name in Lesson.__slots__}


@given(words, words, words, st.sampled_from([".py", ".ts", ".go", ".rs"]), st.sampled_from(["/", "\\"]))
def test_no_folder_and_no_name_of_a_file_is_left(top: str, folder: str, name: str, ending: str, slash: str) -> None:
    """However deep it lies, with the ending kept: that is the language's."""
    for path in (f"{name}{ending}", f"{folder}{slash}{name}{ending}", f"{top}{slash}{folder}{slash}{name}"):
        (text,) = anonymise([f"in {path}:3: it failed"])
        assert not any(one in text for one in (top, folder, name) if one in path)
        assert text.startswith(f"in file1{ending if path.endswith(ending) else ''}:3")
        assert anonymise([text]) == (text,)


@pytest.mark.parametrize("text", ["and/or", "Node.js", "e.g. this", "3.14", "setup.py", "asyncio.sleep(1)", "1/2", "x"])
def test_what_is_no_file_is_left(text: str) -> None:
    """Words with a slash or a dot, and files that everybody has."""
    assert anonymise([text]) == (text,)
