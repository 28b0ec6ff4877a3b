"""The page of benchmarks: a section that is measured anew leaves the others as they are."""

from benchmarks.__main__ import HEAD, PARTS, read_page, write_page

AIMS = "| aim | wanted | measured | met |\n|---|---|---|---|\n| speed | < 1 s | 2 s | **no** |\n"


def test_a_page_is_read_as_it_was_written() -> None:
    """What is read of a page writes the same page, in the order of the table."""
    found = {"run": "2026-01-01\n\ntext\n", "worker": f"2026-01-02\n\n{AIMS}"}
    page = write_page(found)
    assert read_page(page) == found
    assert write_page(read_page(page)) == page
    assert page.startswith(HEAD)
    assert page.index(PARTS["worker"]) < page.index(f"## {PARTS['run']}")
    assert "0 of 1 aims are met. Missed:\n- " + PARTS["worker"] in page
