"""What was wrong before a change is nobody's fault."""

from yantra_bot.domain.browsing import Browsed, Look, Page, Times, Trouble, TroubleKind

OLD = Trouble(TroubleKind.CONSOLE, "/", "took 17 ms")
SAME = Trouble(TroubleKind.CONSOLE, "/", "took 23 ms")
NEW = Trouble(TroubleKind.EXCEPTION, "/", "TypeError: x is null", "/app.js:3:1")
OUTSIDE = Trouble(TroubleKind.OUTSIDE, "/", "GET https://cdn.example.com/x.js: refused")


def test_only_what_is_new_speaks_against_a_change() -> None:
    """Numbers such as times make no trouble a new one; the same one is told once."""
    seen = Browsed("files", Look(troubles=(OLD,)), Look(troubles=(SAME, NEW, NEW)))
    assert seen.new == (NEW,)
    assert NEW.describe() == "uncaught exception in /: TypeError: x is null (at /app.js:3:1)"


def test_what_lies_outside_is_told_and_not_judged() -> None:
    """There is no network in a sandbox: a request to it proves nothing."""
    seen = Browsed("files", Look(), Look(troubles=(OUTSIDE,)))
    assert (seen.new, seen.outside) == ((), (OUTSIDE,))


def test_pages_are_paired_by_their_path() -> None:
    """A page that was not there before has none beside it."""
    home, new = (Page(path, "", 200, Times(), 1, 1) for path in ("/", "/new"))
    seen = Browsed("files", Look(pages=(home,)), Look(pages=(home, new)))
    assert seen.pairs == ((home, home), (new, None))
