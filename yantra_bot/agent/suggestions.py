"""A reviewer's suggestion put into the tree, exactly: the worker's side of it. No model is told of this tool."""

from typing import Any, Final

from yantra_bot.agent.arguments import Field, Kind
from yantra_bot.agent.editing import EditingTools
from yantra_bot.agent.specs import MAX_CONTENT, MAX_PATH, Tool

_MOST_LINES: Final = 10_000_000
APPLY: Final = Tool(
    "apply_suggestion",
    "Put a reviewer's text in the place of whole lines.",
    (
        Field("path", Kind.STRING, "Path relative to the root.", is_required=True, most=MAX_PATH),
        Field("start", Kind.INTEGER, "First line.", is_required=True, least=1, most=_MOST_LINES),
        Field("end", Kind.INTEGER, "Last line, included.", is_required=True, least=1, most=_MOST_LINES),
        Field("text", Kind.STRING, "The new lines; empty removes them.", is_required=True, most=MAX_CONTENT),
    ),
)


def apply_suggestion(tools: EditingTools, arguments: dict[str, Any]) -> str:
    """Apply one; raise UserError where nothing was changed."""
    path, start, end = arguments["path"], arguments["start"], arguments["end"]
    tools.replace_lines(path, start, end, arguments["text"])
    now = f" The file reads there now:\n{arguments['text']}" if arguments["text"] else " They are gone."
    return f"In the place of lines {start} to {end} of {path}.{now}"
