"""The one tool that a second look answers with. It says; it can change, run and approve nothing."""

from typing import Final

from yantra_bot.agent.arguments import Field, Kind
from yantra_bot.agent.specs import Tool
from yantra_bot.domain.scrutiny import ObjectionKind, Weight

MAX_ISSUES: Final = 12
MAX_MESSAGE: Final = 1_200
MAX_CONTRADICTIONS: Final = 6
_KINDS: Final = ", ".join(kind.value for kind in ObjectionKind)

CRITIQUE: Final = Tool(
    "critique",
    "Report what is wrong with the change that was shown. Call it once, with empty lists where nothing is.",
    (
        Field(
            "issues",
            Kind.OBJECTS,
            "One object a problem, the gravest first.",
            is_required=True,
            most=MAX_ISSUES,
            items=(
                Field("kind", Kind.STRING, f"One of: {_KINDS}.", is_required=True, most=40),
                Field(
                    "severity",
                    Kind.STRING,
                    f"{Weight.CRITICAL}: the change does harm or not what was asked. {Weight.MAJOR}: a part of the "
                    f"task is missing or wrong. {Weight.MINOR}: worth a reviewer's look.",
                    is_required=True,
                    most=20,
                ),
                Field(
                    "message",
                    Kind.STRING,
                    "What is wrong, with which input or for which part of the task, and why. Two sentences at most.",
                    is_required=True,
                    least=1,
                    most=MAX_MESSAGE,
                ),
                Field("path", Kind.STRING, "The file that it concerns.", most=4_096),
                Field("line", Kind.INTEGER, "The line after the change.", least=1, most=10**7),
                Field("quote", Kind.STRING, "A line of the change, copied exactly without its sign.", most=2_000),
            ),
        ),
        Field(
            "points",
            Kind.OBJECTS,
            "One object for each numbered point of the task; leave out where none was listed.",
            most=30,
            items=(
                Field("number", Kind.INTEGER, "Of the point.", is_required=True, least=1, most=100),
                Field("is_met", Kind.BOOLEAN, "Whether the change does it.", is_required=True),
                Field(
                    "evidence",
                    Kind.STRING,
                    "Where: file:line of the change, or the name of a test; why not, where it is not met.",
                    is_required=True,
                    most=600,
                ),
            ),
        ),
        Field(
            "contradictions",
            Kind.OBJECTS,
            "Where a person asked for something and the change does the opposite, or two people ask for opposite "
            "things; leave out where there is none.",
            most=MAX_CONTRADICTIONS,
            items=(
                Field("message", Kind.STRING, "What contradicts what.", is_required=True, least=1, most=MAX_MESSAGE),
                Field("quote", Kind.STRING, "The person's words, copied exactly.", is_required=True, most=600),
                Field("other_quote", Kind.STRING, "The other person's words, copied exactly.", most=600),
            ),
        ),
    ),
)
