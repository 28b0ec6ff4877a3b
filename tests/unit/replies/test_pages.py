"""What a pull request shows of pages."""

from tests.fakes.seen_pages import AFTER, BEFORE, NEW, make_page
from yantra_bot.domain.browsing import Browsed, Look
from yantra_bot.replies.pages import name_pictures, pages_text

LINKS = {
    f"page-{number}-{word}.png": f"https://forge/{number}-{word}" for number in (1, 2) for word in ("before", "after")
}


def test_a_changed_page_stands_beside_what_it_was() -> None:
    """Both pictures, with how long each took; a page that looks the same is counted and not shown."""
    same = make_page("/same", "c")
    browsed = Browsed("files", Look(pages=(BEFORE, same)), Look(pages=(AFTER, same)))
    assert name_pictures(browsed) == {"page-1-before.png": "a" * 64, "page-1-after.png": "b" * 64}
    text = pages_text(browsed, LINKS)
    assert '| `/` | <a href="https://forge/1-before"><img src="https://forge/1-before"' in text
    assert "loaded in 12 ms" in text
    assert "1 of 2 pages look the same as before." in text
    assert "/same" not in text


def test_a_new_page_has_nothing_beside_it() -> None:
    """That is said."""
    browsed = Browsed("files", Look(), Look(pages=(NEW,)))
    assert name_pictures(browsed) == {"page-1-after.png": "d" * 64}
    assert "was not there" in pages_text(browsed, LINKS)


def test_without_addresses_no_picture_is_promised() -> None:
    """The forge took none, or the repository wants none."""
    assert pages_text(Browsed("files", Look(pages=(BEFORE,)), Look(pages=(AFTER,))), {}) == ""


def test_a_path_cannot_break_out_of_its_cell() -> None:
    """A site names its own pages: what it names them is data."""
    odd = make_page("/a`|b\n@octo <img src=x>", "e")
    text = pages_text(Browsed("files", Look(), Look(pages=(odd,))), LINKS)
    row = next(line for line in text.splitlines() if line.startswith("| `/a"))
    assert row.startswith("| `/a'b @octo <img src=x>` | was not there |")
