"""Block structure of Markdown: what is a heading, an item, code; against a full parser, and against hostile pages."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from yantra_bot.graphdb.docs.markdown import MAX_ITEMS, MAX_LINE, Page, read_page
from yantra_bot.graphdb.docs.words import plain

ROOT = Path(__file__).parents[4]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "tests" / "graph_docs").rglob("*.md")])


def headings(page: Page) -> list[tuple[int, int]]:
    return [(heading.level, heading.line) for heading in page.headings]


def parse(text: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Return headings and items of a text as a full CommonMark parser sees them, those in quotes left out."""
    found: list[tuple[int, int]] = []
    items: list[int] = []
    quotes = 0
    for token in MarkdownIt("commonmark").parse(text):
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.map and token.type == "heading_open" and token.level == 0:
            found.append((int(token.tag[1]), token.map[0] + 1))
        if token.map and token.type == "list_item_open" and not quotes:
            items.append(token.map[0] + 1)
    return found, items


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_real_pages_have_the_structure_that_a_full_parser_sees(path: Path) -> None:
    """Headings and items of real documentation stand at the same lines as markdown-it finds them."""
    text = path.read_text()
    page = read_page("x.md", text)
    assert (headings(page), [item.line for item in page.items]) == parse(text)


LINES = st.sampled_from(
    [
        *[
            "# a",
            "## b #",
            "text",
            "",
            "- item",
            "  - nested",
            "    - deeper",
            "1. one",
            "2) two",
            "```",
            "~~~",
            "===",
            "---",
        ],
        *["    code", "* [x] done", "  more", "> quote", "<!-- hidden", "-->", "***", "+ plus"],
    ]
)


@given(st.lists(LINES, max_size=14))
@settings(max_examples=300, deadline=None)
def test_any_lines_have_the_headings_that_a_full_parser_sees(lines: list[str]) -> None:
    """Mixed lists, code, comments and underlines lead to no other headings than CommonMark's, lazy quotes aside."""
    if "> quote" in lines or lines[:1] == ["---"]:
        lines = [line for line in lines if line not in {"> quote", "---"}]
    text = "\n".join(lines)
    assert headings(read_page("x.md", text)) == parse(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "- " * 10_000,
        "a\n" * 300_000,
        "\n".join(" " * depth + "- x" for depth in range(3_000)),
        "[" * 100_000 + "\n" + "*" * 100_000 + "\n" + "`" * 100_001,
        "- [ ] " + "a" * 5_000_000,
        "# " + "\x00\x1b[31m\u202e" * 1000,
        "> " * 50_000,
        "```\n" * 9_999,
        "<!--" * 50_000,
        "\r" * 100_000,
        "---\n" * 1_000,
        "|" + "-|" * 50_000,
        "\ud800 lone",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_pages_are_read_or_cut(text: str) -> None:
    """Whatever a page contains, reading it ends, and raises nothing."""
    page = read_page("x.md", text)
    assert all(len(line) <= MAX_LINE for line in page.lines)
    assert all(len(plain(item.text)) <= 4_000 for item in page.items)


def test_a_page_with_too_many_items_is_cut_and_says_so() -> None:
    """What was not read is told, never lost in silence."""
    page = read_page("x.md", "- a\n" * (MAX_ITEMS + 5))
    assert (len(page.items), page.is_cut) == (MAX_ITEMS, True)


def test_an_item_has_its_first_paragraph_and_all_of_its_lines() -> None:
    """Continuation lines belong to the text of an item, later paragraphs and nested items only to its lines."""
    page = read_page("x.md", "- [x] one\n  two\nlazy\n\n  later\n  still later\n  - nested\n\n- next\n")
    first, nested, last = page.items
    assert (first.text, first.box, first.line, first.end_line) == ("one two lazy", "x", 1, 7)
    assert (nested.parent, nested.depth, last.parent) == (0, 1, -1)


def test_front_matter_is_read_and_hidden() -> None:
    """Keys of the front matter are known; what only looks like it is text."""
    assert read_page("x.md", "---\nStatus: 'accepted'\n- x\n---\n# A\n").front == {"status": "accepted"}
    assert read_page("x.md", "---\nnever closed: x\n").front == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**Bold** and *thin* `co*de*`", "Bold and thin co*de*"),
        ('[text](http://x "t") ![image](y) [ref][1]', "text ref"),
        ("a <b>tag</b> <https://x.y/z> \\*kept\\*", "a tag https://x.y/z *kept*"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("~~gone~~ ***both***", "gone both"),
    ],
)
def test_inline_markdown_becomes_words(text: str, words: str) -> None:
    """A title is what a reader sees."""
    assert plain(text) == words
