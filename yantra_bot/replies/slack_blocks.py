"""A message as Slack's blocks, within what Slack takes: 50 blocks, 3000 characters a section, 40 000 in all. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.domain.chat import Button, ButtonStyle, ChatMessage
from yantra_bot.replies.slack_text import escape, from_markdown, own_words

Block = dict[str, Any]

MOST_BLOCKS: Final = 50
MOST_SECTION: Final = 3_000
MOST_TITLE: Final = 150
MOST_FIELDS: Final = 10
MOST_FIELD: Final = 2_000
MOST_BUTTONS: Final = 25
MOST_BUTTON: Final = 75
MOST_VALUE: Final = 2_000
MOST_CONFIRM: Final = 300
MOST_TEXT: Final = 40_000
MOST_FALLBACK: Final = 3_000
"""Of the text that notifications show."""
QUOTE_PIECES: Final = 4
CUT: Final = "… (the rest is left out)"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent: `text` for notifications, `blocks` for the channel."""

    text: str
    blocks: tuple[Block, ...]


def render(message: ChatMessage) -> Rendered:
    """Return a message with everything cut to what Slack takes; what decides (title, buttons) is always there."""
    title = {"type": "header", "text": {"type": "plain_text", "text": cut(_plain(message.title), MOST_TITLE)}}
    end = [*_buttons(message.buttons), *_footer(message.footer)]
    middle = [
        *(_section(piece) for line in message.lines for piece in _pieces(own_words(line), MOST_SECTION)),
        *_fields(message.fields),
        *_quoted(message.quoted),
    ]
    room = MOST_BLOCKS - len(end) - 1
    if len(middle) > room:
        middle = [*middle[: room - 1], _section(CUT)]
    kept = _within([title, *middle], MOST_TEXT - MOST_FALLBACK - _size(end))
    fallback = cut(escape(message.title), MOST_FALLBACK // 2)
    first = cut(own_words(message.lines[0]), MOST_FALLBACK // 2 - 1) if message.lines else ""
    return Rendered("\n".join(part for part in (fallback, first) if part), (*kept, *end))


def render_text(text: str) -> Rendered:
    """Return an answer that was worded for the forge, in sections."""
    said = cut(from_markdown(text), MOST_TEXT - MOST_FALLBACK)
    sections = [_section(piece) for piece in _pieces(said, MOST_SECTION)]
    if len(sections) > MOST_BLOCKS:
        sections = [*sections[: MOST_BLOCKS - 1], _section(CUT)]
    return Rendered(cut(said, MOST_FALLBACK), tuple(sections))


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters; neither an entity nor a link is left half."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    for opening, closing in (("&", ";"), ("<", ">")):
        at = kept.rfind(opening)
        if at >= 0 and closing not in kept[at:] and (opening == "<" or len(kept) - at < 6):
            kept = kept[:at]
    return kept.rstrip() + "…"


def _plain(text: str) -> str:
    """Return text for a place where Slack formats nothing."""
    return escape(" ".join(text.split())) or "Yantra"


def _pieces(text: str, limit: int) -> list[str]:
    """Return a text in pieces of at most `limit` characters, parted at line ends where that is possible."""
    pieces, rest = [], text
    while len(rest) > limit:
        at = rest.rfind("\n", 1, limit)
        piece = rest[:at] if at > 0 else cut(rest[: limit + 1], limit).removesuffix("…")
        pieces.append(piece)
        rest = rest[len(piece) :].lstrip("\n")
    return [piece for piece in (*pieces, rest) if piece.strip()]


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> dict[str, Any]:
    """Return a text in which Slack makes no links, channels or people of plain words by itself."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _fields(fields: Sequence[tuple[str, str]]) -> list[Block]:
    shown = [_mrkdwn(cut(f"*{escape(name)}*\n{own_words(value) or '-'}", MOST_FIELD)) for name, value in fields]
    return [{"type": "section", "fields": shown[at : at + MOST_FIELDS]} for at in range(0, len(shown), MOST_FIELDS)]


def _quoted(text: str) -> list[Block]:
    """Show strangers' text as it is, by blocks in which nothing is read as formatting: the end of it, if it is long."""
    shown = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t").strip("\n")
    if not shown:
        return []
    most = QUOTE_PIECES * MOST_SECTION
    if len(shown) > most:
        shown = f"…\n{shown[-(most - 2) :]}"
    return [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece}]}],
        }
        for piece in _pieces(shown, MOST_SECTION)
    ]


def _buttons(buttons: Sequence[Button]) -> list[Block]:
    shown = [_button(button) for button in buttons[:MOST_BUTTONS]]
    return [{"type": "actions", "elements": shown}] if shown else []


def _button(button: Button) -> Block:
    if len(button.value) > MOST_VALUE:
        raise ValueError(f"A button's value has {len(button.value)} characters; Slack takes {MOST_VALUE}.")
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": cut(button.text, MOST_BUTTON)},
        "action_id": button.action,
        "value": button.value,
    }
    if button.style is not ButtonStyle.PLAIN:
        made["style"] = button.style.value
    if button.confirm:
        made["confirm"] = {
            "title": {"type": "plain_text", "text": "Sure?"},
            "text": {"type": "plain_text", "text": cut(button.confirm, MOST_CONFIRM)},
            "confirm": {"type": "plain_text", "text": "Yes"},
            "deny": {"type": "plain_text", "text": "No"},
        }
    return made


def _footer(text: str) -> list[Block]:
    return [{"type": "context", "elements": [_mrkdwn(cut(own_words(text), MOST_FIELD))]}] if text else []


def _within(blocks: Sequence[Block], limit: int) -> list[Block]:
    """Return the first blocks that together have at most `limit` characters of text."""
    kept: list[Block] = []
    left = limit - len(CUT)
    for block in blocks:
        left -= _size([block])
        if left < 0:
            return [*kept, _section(CUT)]
        kept.append(block)
    return kept


def _size(value: Any) -> int:
    """Return how many characters of text are in blocks."""
    if isinstance(value, dict):
        return sum(len(one) if name == "text" and isinstance(one, str) else _size(one) for name, one in value.items())
    return sum(_size(one) for one in value) if isinstance(value, list | tuple) else 0
