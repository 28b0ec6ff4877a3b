"""Messages as Slack's blocks: harmless, and within what Slack takes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.slack.shapes import check_blocks
from tests.fakes.slack.state import shown_texts
from yantra_bot.domain.chat import Button, ChatMessage
from yantra_bot.replies.slack_blocks import MOST_TEXT, cut, render, render_text
from yantra_bot.replies.slack_text import escape, from_markdown, link, one_line, own_words

EVIL = "<!channel> <!here> <@U0ANN> <#C0DEV> <http://evil.example|https://good.example> & *x*"


def every_text(message: ChatMessage) -> str:
    made = render(message)
    return "\n".join([made.text, *shown_texts(list(made.blocks))])


@pytest.mark.case("G11")
@pytest.mark.parametrize(
    "hostile", ["<!channel>", "<!everyone>", "<@U0ANN>", "<#C0DEV|dev>", "<!subteam^S1>", "<!date^1^x|y>"]
)
def test_nobody_is_called_by_what_strangers_wrote(hostile: str) -> None:
    """Whatever stands in titles, lines, fields or footers, no mention of Slack's comes out."""
    message = ChatMessage(hostile, (f"our words {hostile}",), fields=((hostile, hostile),), footer=hostile)
    assert hostile not in every_text(message)
    assert "<" not in every_text(message)
    assert hostile not in render_text(f"on the forge: {hostile}").text


@pytest.mark.case("G11")
def test_a_link_shows_where_it_leads() -> None:
    """Words that look like another address are not taken: the link shows its own."""
    assert own_words("<http://evil.example|https://good.example>") == "<http://evil.example>"
    assert own_words("<http://evil.example|good.example>") == "<http://evil.example>"
    assert own_words("<https://example.com/runs/1|run 1>") == "<https://example.com/runs/1|run 1>"
    assert own_words("<javascript:alert(1)|run 1>") == "&lt;javascript:alert(1)|run 1&gt;"
    assert from_markdown("[https://good.example](http://evil.example/x)") == "<http://evil.example/x>"


@pytest.mark.case("G11")
def test_quoted_text_is_shown_as_it_is() -> None:
    """It stands in a block in which Slack reads nothing as formatting, so that it needs no entities either."""
    (quoted,) = [block for block in render(ChatMessage("t", quoted=EVIL)).blocks if block["type"] == "rich_text"]
    assert quoted["elements"][0]["elements"] == [{"type": "text", "text": EVIL}]
    assert quoted["elements"][0]["type"] == "rich_text_preformatted"


def test_wording_of_the_forge_becomes_slacks() -> None:
    """Bold, links, headings and code; hidden tags and folding are left out, signs are written as entities."""
    text = (
        "<!-- tag -->\n### Found\n**2** of `a<b` in [run 1](https://example.com/runs/1): https://example.com/2."
        "\n```py\nx < 1\n```"
    )
    assert from_markdown(text) == (
        "*Found*\n*2* of `a&lt;b` in <https://example.com/runs/1|run 1>: <https://example.com/2>.\n```\nx &lt; 1\n```"
    )


def test_what_was_made_harmless_for_the_forge_becomes_no_link_here() -> None:
    """A stranger's address has a sign between that nobody sees: it stays text."""
    assert "<http" not in from_markdown("see http:\u2060//evil.example/x")


def test_texts_are_escaped_once() -> None:
    """What is an entity already stays one; a stranger's text is taken at its word."""
    assert own_words("a &lt; b & c") == "a &lt; b &amp; c"
    assert escape("&lt;") == "&amp;lt;"
    assert one_line("a\n`b` <!here>") == "a 'b' &lt;!here&gt;"
    assert link("run 1", "https://example.com/1") == "<https://example.com/1|run 1>"
    assert link("run 1", "https://example.com/1>x") == "run 1"


@pytest.mark.case("G13")
def test_a_message_is_cut_to_what_slack_takes() -> None:
    """Hundreds of lines and a long log: the title and the buttons are there, and it is said that something is not."""
    message = ChatMessage(
        "t" * 500,
        tuple(f"line {number} " + "x" * 900 for number in range(300)),
        fields=tuple((f"name {number}", "v" * 5_000) for number in range(40)),
        quoted="log\n" * 30_000,
        buttons=tuple(Button(f"press {number}" * 20, f"act{number}", "1") for number in range(40)),
        footer="f" * 9_000,
    )
    made = render(message)
    assert list(check_blocks(list(made.blocks), most=50)) == []
    assert sum(map(len, [made.text, *shown_texts(list(made.blocks))])) <= MOST_TEXT
    assert next(block["type"] for block in made.blocks) == "header"
    assert [block["type"] for block in made.blocks][-2:] == ["actions", "context"]
    assert "the rest is left out" in json.dumps(made.blocks)


@pytest.mark.case("G13")
def test_of_a_long_log_its_end_is_shown() -> None:
    """What went wrong stands at the end."""
    shown = "\n".join(shown_texts(list(render(ChatMessage("t", quoted="x\n" * 50_000 + "the reason")).blocks)))
    assert shown.endswith("the reason")


@given(st.text(max_size=9_000))
@pytest.mark.case("G13")
def test_any_answer_is_within_the_bounds(text: str) -> None:
    """No text of the forge's makes blocks that Slack refuses, or a live mention."""
    made = render_text(text)
    assert list(check_blocks(list(made.blocks), most=50)) == []
    assert "<!" not in made.text
    assert "<@" not in made.text


def test_no_entity_and_no_link_is_cut_in_two() -> None:
    """Half a link would be read as something else."""
    assert cut("abcd&amp;", 7) == "abcd…"
    assert cut("abcd <https://example.com|x>", 20) == "abcd…"
