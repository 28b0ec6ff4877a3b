"""Which pictures an issue shows."""

from yantra_bot.domain.repository import Actor, Comment, Issue
from yantra_bot.runs.issue_pictures import MAX_PICTURES, find_pictures

ALICE, BOT = Actor(1, "alice", False), Actor(2, "ci[bot]", True)
HERE = "https://github.com/user-attachments/assets/"


def issue(body: str, *comments: Comment) -> Issue:
    return Issue(1, "t", body, ALICE, True, False, False, comments=comments)


def test_pictures_are_found_in_markdown_and_html() -> None:
    """In the order they stand, each once, with where that is; a bot's are left out."""
    body = f'![a [b]]({HERE}0)\n![alt]({HERE}1 "title") ![](<{HERE}2>)\n<img width=\'9\' src="{HERE}3?a=1&amp;b=2"/>'
    comments = (Comment(1, ALICE, f"again ![]({HERE}1) and ![]({HERE}4)"), Comment(2, BOT, f"![]({HERE}5)"))
    assert find_pictures(issue(body, *comments)) == (
        (f"{HERE}1", "the issue"),
        (f"{HERE}2", "the issue"),
        (f"{HERE}3?a=1&b=2", "the issue"),
        (f"{HERE}4", "a comment by alice"),
    )


def test_only_a_few_are_taken() -> None:
    """Each costs tokens in every turn."""
    many = "\n".join(f"![]({HERE}{number})" for number in range(30))
    assert len(find_pictures(issue(many))) == MAX_PICTURES


def test_what_nobody_sees_is_no_picture() -> None:
    """Comments of HTML and code are not shown to people, and to no model."""
    hidden = (
        f"<!-- ![]({HERE}1) -->\n```\n![]({HERE}2)\n```\n~~~md\n![]({HERE}3)\n~~~\n![x](data:image/png;base64,AAAA)"
    )
    assert find_pictures(issue(hidden)) == ()


def test_a_hostile_text_is_read_in_little_time() -> None:
    """No pattern walks back and forth over it."""
    for text in (
        "![" * 50_000,
        "<img " * 50_000,
        "![](" * 50_000,
        "<!--" * 50_000,
        "```" * 50_000,
        "![a](http://" * 20_000,
    ):
        find_pictures(issue(text))
