"""What looks at a site before and after a change come to: only what is new counts, and only what happens twice."""

from tests.fakes.seen_pages import AFTER, BEFORE
from yantra_bot.domain.browsing import Browsed, Form, Look, Trouble, TroubleKind
from yantra_bot.domain.checks import CheckState
from yantra_bot.worker.checks.browser import judge, settle

OLD = Trouble(TroubleKind.CONSOLE, "/", "old")
THROWN = Trouble(TroubleKind.EXCEPTION, "/", "TypeError: x is null", "/app.js:3:1")
SERVE = Trouble(TroubleKind.SERVE, "", "its command ended with 1: no database")
OUTSIDE = Trouble(TroubleKind.OUTSIDE, "/", "GET https://cdn.example.com/x.js: refused")


def test_nothing_new_passes_with_times_and_forms() -> None:
    """What was wrong before is counted and not held against the change; what is outside is told."""
    after = Look(
        (AFTER,), (OLD, OUTSIDE), (Form("/", 0, 3, 2, 0, "/thanks"),), (("buy", ""),), ("a download was begun",)
    )
    result = judge(Browsed("files", Look((BEFORE,), (OLD,)), after, 4.0))
    assert (result.state, result.evidence, result.seconds) == (CheckState.PASSED, "", 4.0)
    assert (
        result.reason == "1 page looked at with a browser, nothing new went wrong; what went wrong before still does."
    )
    assert result.details == (
        "/: loaded in 12 ms (before 12 ms), first paint after 14 ms, 3 requests, 2.0 kB",
        "form 1 of /: 2 of 3 fields refuse to be empty; filled, it ended at /thanks",
        "flow buy: works",
        "not judged, a request to outside, where there is no network in /: GET https://cdn.example.com/x.js: refused",
        "a download was begun",
    )


def test_what_is_new_fails_and_is_told_to_the_model() -> None:
    """With the place in the script."""
    result = judge(Browsed("files", Look((BEFORE,), (OLD,)), Look((AFTER,), (OLD, THROWN))))
    assert result.is_obstacle
    assert "uncaught exception in /: TypeError: x is null (at /app.js:3:1)" in result.reason
    assert "- uncaught exception in /: TypeError: x is null (at /app.js:3:1)" in result.evidence
    assert "old" not in result.evidence


def test_a_site_that_never_started_is_no_pass() -> None:
    """Where it did not start before either, nobody can say anything."""
    result = judge(Browsed("flask run", Look(troubles=(SERVE,)), Look(troubles=(SERVE,))))
    assert result.state is CheckState.ERROR
    assert "before the change either: site that cannot be served in the site: its command ended" in result.reason


def test_a_site_that_starts_no_more_fails() -> None:
    """It did before."""
    result = judge(Browsed("flask run", Look((BEFORE,)), Look(troubles=(SERVE,))))
    assert result.is_obstacle


def test_a_limit_that_only_the_change_meets_fails() -> None:
    """A page that eats all memory is the change's."""
    result = judge(Browsed("files", Look((BEFORE,)), Look(problem="it met its limit of memory")))
    assert result.is_obstacle
    assert "it met its limit of memory" in result.reason


def test_what_happens_once_is_chance() -> None:
    """Two looks have to agree; what did not is noted."""
    found = settle(Look((AFTER,), (OLD, THROWN)), Look((AFTER,), (OLD,)))
    assert found.troubles == (OLD,)
    assert found.notes == ("in one of two looks only: uncaught exception in /: TypeError: x is null (at /app.js:3:1)",)
    assert settle(Look(problem="it met its limit of time"), Look((AFTER,))).problem == ""
