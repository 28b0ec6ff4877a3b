"""A function put at the end of a file: the worker's side of it. No model is told of this tool."""

import re
from collections.abc import Callable
from typing import Any, Final

from yantra_bot.agent.arguments import Field, Kind
from yantra_bot.agent.editing import EditingTools
from yantra_bot.agent.specs import MAX_CONTENT, MAX_PATH, Tool
from yantra_bot.agent.text import decode
from yantra_bot.errors import UserError

ADD: Final = Tool(
    "add_function",
    "Put a function at the end of a Python file.",
    (
        Field("path", Kind.STRING, "Path relative to the root.", is_required=True, most=MAX_PATH),
        Field("name", Kind.STRING, "The function's name.", is_required=True, most=80),
        Field("text", Kind.STRING, "The function.", is_required=True, most=MAX_CONTENT),
    ),
)


def add_function(tools: EditingTools, read: Callable[[str], bytes], arguments: dict[str, Any]) -> str:
    """Add one; raise UserError where nothing was changed, as where the file has the name already."""
    path, name = arguments["path"], arguments["name"]
    text = decode(read(path)).text.replace("\r\n", "\n").rstrip()
    if re.search(rf"^(?:(?:async )?def|class) {re.escape(name)}\b|^{re.escape(name)}\s*=", text, re.MULTILINE):
        raise UserError(f"{path} has {name} already.")
    return tools.write_file({"path": path, "content": f"{text}\n\n\n{arguments['text'].strip()}\n".lstrip("\n")})
