"""Claims of a summary: what counts as one, and what speaks against it."""

from dataclasses import replace

import pytest

from tests.unit.agent.critique.test_points import EVIDENCE, NEW
from yantra_bot.agent.critique.claim_checks import check_claims, lookup_calls, read_lookups, unknown_things
from yantra_bot.agent.critique.claims import ClaimKind, extract_claims, split_sentences
from yantra_bot.agent.critique.evidence import Evidence
from yantra_bot.domain.conversation import ToolResult
from yantra_bot.domain.proof import ChangeFacts, Comparison, Verdict

FACTS = ChangeFacts(2, 3)


def reasons(
    summary: str, *, evidence: Evidence = EVIDENCE, facts: ChangeFacts = FACTS, known: tuple[str, ...] = ()
) -> list[str]:
    return [one.reason for one in check_claims(extract_claims(summary), evidence, facts, in_tree=known)]


@pytest.mark.parametrize(
    "summary",
    [
        "`add` calls `check()` now, in `src/calc.py`.",
        "calc.py is mended, and tests/test_calc.py covers it.",
        "Adds a test for it: `test_add_refuses_text`.",
        "All tests pass.",
        "Adds one test; it touches two files.",
        "The file `other.py` could not be found.",
        "I did not add a test.",
        "`x` and `None` and `--flag` and `a + b` are no names.",
        "Ändert `add` in calc.py.",
        "```\nmade_up_name()\n```",
        "See https://example.com/page.html for 3 reasons.",
        "",
    ],
)
def test_what_holds_or_claims_nothing_is_let_stand(summary: str) -> None:
    """Names, files, tests and numbers of the change; denials; code; addresses."""
    assert reasons(summary) == []


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        ("Uses the new `frobnicate` for it.", "neither in the change nor in the repository"),
        ("It calls frobnicate() first.", "neither in the change nor in the repository"),
        ("Changes `lib/missing.py` too.", "neither in the change nor in the repository"),
        ("Adds 7 tests.", "the change writes 1, 1 pass that did not before, and 2 pass in all"),
        ("Touches five files.", "the change touches 2"),
    ],
)
def test_what_does_not_hold_is_named_with_its_reason(summary: str, words: str) -> None:
    """One reason a claim."""
    (reason,) = reasons(summary)
    assert words in reason


@pytest.mark.case("C18")
def test_the_state_of_the_tests_comes_from_the_runner() -> None:
    """A claim that all pass is held against the report."""
    failed = replace(EVIDENCE, report=replace(EVIDENCE.report, verdict=Verdict.FAIL))
    assert reasons("All 3 tests pass now.", evidence=failed) == ["the test run ended as fail, 1 of them fail"]
    assert reasons("The whole suite is green.", evidence=failed) == ["the test run ended as fail, 1 of them fail"]
    assert reasons("The tests do not pass yet.", evidence=failed) == []


def test_a_test_that_nobody_wrote_is_no_test() -> None:
    """The change has to write into a test file."""
    bare = Evidence(
        type(EVIDENCE.difference)("diff --git a/x.py b/x.py\n@@ -0,0 +1 @@\n+x = 1\n"),
        EVIDENCE.report,
        Comparison((), (), ()),
    )
    assert reasons("A regression test was added.", evidence=bare) == []
    assert reasons("Added a regression test.", evidence=bare) == ["the change writes nothing into a test file"]


def test_behaviour_that_stays_is_held_against_the_tests() -> None:
    """Weakened tests, and tests that were there and pass only now, speak against it."""
    says = "A pure refactoring, no behaviour change."
    assert reasons(says) == []
    weak = replace(FACTS, weakened_tests=("t.py::test_x was removed",))
    assert "no longer as they were" in reasons(says, facts=weak)[0]
    mended = replace(EVIDENCE, comparison=Comparison((), (NEW, "tests/test_old.py::test_was_red"), ()))
    assert "test_was_red" in reasons(says, evidence=mended)[0]


def test_numbers_of_tests_that_nobody_names_are_let_stand() -> None:
    """A runner that lists no tests cannot count them."""
    silent = replace(EVIDENCE, report=replace(EVIDENCE.report, outcomes=()))
    assert reasons("Adds 7 tests.", evidence=silent) == []


def test_names_that_the_change_does_not_show_are_looked_up_in_graph_and_text() -> None:
    """What either knows is there; what could not be looked up counts as there."""
    claims = extract_claims("`Parser.parse` and `gone` and `unasked` use `lib/util.py` and `lib/none.py`.")
    asked = unknown_things(claims, EVIDENCE)
    assert [one.subject for one in asked] == ["lib/util.py", "lib/none.py", "Parser.parse", "gone", "unasked"]
    calls = {call.id: (call.name, call.arguments) for call in lookup_calls(asked)}
    assert calls["text-2"] == ("search", {"pattern": "parse"})
    assert calls["file-0"] == ("list_files", {"glob": "**/util.py"})
    results = [
        ToolResult("file-0", "other/util.py\nlib/util.py"),
        ToolResult("file-1", "other/none.py"),
        ToolResult("graph-2", "There is no symbol", True),
        ToolResult("text-2", "parser.py\n     3:\tdef parse"),
        ToolResult("graph-3", "There is no symbol", True),
        ToolResult("text-3", "No line matches."),
    ]
    assert read_lookups(asked, results) == {"lib/util.py", "Parser.parse", "unasked"}
    assert [one.claim for one in check_claims(claims, EVIDENCE, FACTS, in_tree=read_lookups(asked, results))] == [
        "lib/none.py",
        "gone",
    ]


def test_sentences_stand_in_the_text_as_they_are_returned() -> None:
    """So that they can be struck there."""
    text = "- It is done. It works!\n\n```\ncode.\n```\nReally?"
    assert split_sentences(text) == ["- It is done.", "It works!", "Really?"]
    assert all(sentence in text for sentence in split_sentences(text))
    kinds = [claim.kind for claim in extract_claims("No behaviour changes; 2 files changed.")]
    assert kinds == [ClaimKind.SAME_BEHAVIOUR, ClaimKind.NUMBER]
