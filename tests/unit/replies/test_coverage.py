"""What a pull request says of the changed lines that tests run."""

from yantra_bot.domain.coverage import NOT_GENERATED, ChangedLines, Gap, Generated, JudgedTest
from yantra_bot.replies.coverage import covered_text

FEW = ChangedLines(4, 2, (Gap("calc.py", "add", ((3, 4), (9, 9))),))
ALL = ChangedLines(4, 4)


def test_the_share_is_told_with_the_places_that_none_runs() -> None:
    """Also where no test was asked for; nothing is said where nothing is known."""
    assert covered_text(FEW, NOT_GENERATED) == (
        "Tests run 2 of 4 changed lines of code (50%).\n\nNo test runs `calc.py:3`, `calc.py:9`."
    )
    assert covered_text(None, NOT_GENERATED) == ""
    assert covered_text(None, Generated(problem="Nobody tells.")) == "Nobody tells."
    assert (
        covered_text(ChangedLines(0, 0), NOT_GENERATED) == "The change has no line of code whose run could be measured."
    )


def test_before_and_after_and_each_test_with_its_reason() -> None:
    """What names and reasons hold is a stranger's text, and harmless."""
    kept, dropped = (JudgedTest("t.py::a", "runs calc.py:3"),), (JudgedTest("t.py::b`<img>", "it fails: @octo <b>"),)
    text = covered_text(ALL, Generated(2, FEW, ALL, kept, dropped, ("calc.py",)))
    assert text.startswith(
        "Tests run 4 of 4 changed lines of code (100%); "
        "2 of 4 changed lines of code (50%) before tests were written for it."
    )
    assert "The model was asked 2 times for tests of lines that none ran: 1 kept, 1 dropped." in text
    assert "Kept:\n\n- `t.py::a`: runs calc.py:3" in text
    assert "put back: `calc.py`." in text
    assert "<b>" not in text


def test_what_was_not_done_is_said() -> None:
    """A round that was never paid for is no round."""
    text = covered_text(FEW, Generated(0, FEW, problem="No test was asked for: the limit of 2 model calls is reached."))
    assert text.endswith("No test was asked for: the limit of 2 model calls is reached.")
    assert "asked 0" not in text
