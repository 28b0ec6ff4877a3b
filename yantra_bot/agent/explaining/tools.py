"""What an explaining model may use: the tools that read, and the one that it answers with."""

from typing import Final

from yantra_bot.agent.arguments import Field, Kind
from yantra_bot.agent.specs import TOOLS, Tool

READING: Final = (
    *("codebase_search", "symbol", "callers", "impact", "search", "read_file", "list_files"),
    *("git_log", "git_blame", "git_show", "run_python"),
)
MAX_TEXT: Final = 8_000
MAX_CITATIONS: Final = 30

ANSWER: Final = Tool(
    "answer",
    "Give the answer. Call it once, alone, when what you say is proven by lines that you have read.",
    (
        Field(
            "text",
            Kind.STRING,
            "The answer in Markdown, the shortest that answers the question. Name the place of each claim as [1], [2]: "
            "the numbers of the citations.",
            is_required=True,
            least=1,
            most=MAX_TEXT,
        ),
        Field(
            "citations",
            Kind.OBJECTS,
            "The places, in the order of their numbers.",
            is_required=True,
            most=MAX_CITATIONS,
            items=(
                Field("path", Kind.STRING, "The file.", is_required=True, most=4_096),
                Field("line", Kind.INTEGER, "The line.", is_required=True, least=1, most=10**7),
                Field("quote", Kind.STRING, "The text of that line, copied exactly.", is_required=True, most=1_000),
            ),
        ),
        Field(
            "unknown", Kind.STRING, "What of the question the code does not answer; leave out if nothing.", most=1_000
        ),
    ),
)
SPECS: Final = (*(TOOLS[name].spec for name in READING), ANSWER.spec)
