"""Tests that prove nothing, taken out of a test file again: the worker's side of it. No model is told of this tool."""

from collections.abc import Callable
from typing import Any, Final

from yantra_bot.agent.arguments import Field, Kind
from yantra_bot.agent.editing import EditingTools
from yantra_bot.agent.specs import MAX_PATH, Tool
from yantra_bot.agent.syntax import Grammars
from yantra_bot.agent.text import decode
from yantra_bot.validation.test_removal import remove_tests

MAX_TESTS: Final = 200
DROP: Final = Tool(
    "drop_tests",
    "Take tests out of a file.",
    (
        Field("path", Kind.STRING, "Path relative to the root.", is_required=True, most=MAX_PATH),
        Field(
            "tests",
            Kind.STRINGS,
            "Their names, as a report has them behind the path.",
            is_required=True,
            most=MAX_TESTS,
        ),
    ),
)


def drop_tests(tools: EditingTools, read: Callable[[str], bytes], grammars: Grammars, arguments: dict[str, Any]) -> str:
    """Take the tests out, and the whole file where none is left; raise UserError where nothing can be changed."""
    path = arguments["path"]
    text = decode(read(path)).text.encode("utf-8", "replace")
    rest = remove_tests(path, text, arguments["tests"], parse=grammars.parse)
    if rest is None:
        return tools.delete_file({"path": path})
    return tools.write_file({"path": path, "content": rest.decode("utf-8", "replace")})
