"""Pages as a browser saw them."""

from yantra_bot.domain.browsing import Page, Picture, Times


def make_page(path: str, letter: str, load: float = 12.3) -> Page:
    picture = Picture(letter * 64, "image/png", 1280, 800, 9_000)
    return Page(path, "A title", 200, Times(load=load, paint=14.0), 3, 2_000, picture)


BEFORE, AFTER, NEW = make_page("/", "a"), make_page("/", "b"), make_page("/new", "d")
