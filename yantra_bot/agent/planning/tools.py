"""The tools of a plan: what a planning model answers with, and by what a working one tells how far it is."""

from typing import Final

from yantra_bot.agent.arguments import Field, Kind
from yantra_bot.agent.specs import Tool
from yantra_bot.domain.plan import MOST_STEPS

MAX_TITLE: Final = 120
MAX_TEXT: Final = 400
MAX_PARTS: Final = 6
MAX_TURNS: Final = 20

PLAN: Final = Tool(
    "plan",
    "Give the plan. Call it once, alone.",
    (
        Field(
            "goal", Kind.STRING, "What will be true when all is done, in one sentence.", True, least=1, most=MAX_TEXT
        ),
        Field(
            "steps",
            Kind.OBJECTS,
            "The steps, numbered from 1 in this order. Each ends in something that can be looked at.",
            is_required=True,
            most=2 * MOST_STEPS,
            items=(
                Field("title", Kind.STRING, "What is done, as an order in a few words.", True, least=1, most=MAX_TITLE),
                Field("expects", Kind.STRING, "What is there when it is done.", True, least=1, most=MAX_TEXT),
                Field("needs", Kind.STRING, "Numbers of the steps it needs done before, such as 1, 2.", most=40),
                Field("parts", Kind.STRINGS, "Sub-steps, only where they help. Default none.", most=MAX_PARTS),
                Field("tools", Kind.STRINGS, "Names of the tools that it will mostly use.", most=MAX_PARTS),
                Field("risk", Kind.STRING, "What may go wrong with it; leave out if nothing.", most=MAX_TEXT),
                Field("turns", Kind.INTEGER, "How many answers of yours it may take.", True, least=1, most=MAX_TURNS),
            ),
        ),
        Field("confidence", Kind.NUMBER, "How sure you are of this plan, from 0 to 1.", True, least=0, most=1),
    ),
)

_STEP: Final = Field("step", Kind.INTEGER, "The step's number.", is_required=True, least=1, most=99)
STEP_DONE: Final = Tool(
    "step_done",
    "Tick a step of the plan, when what it expects is there and you have seen it.",
    (_STEP, Field("achieved", Kind.STRING, "What is there now, in one sentence.", True, least=1, most=MAX_TEXT)),
)
STEP_FAILED: Final = Tool(
    "step_failed",
    "Say that a step of the plan cannot be done as it was planned. The rest of the plan is then made anew.",
    (_STEP, Field("reason", Kind.STRING, "What stands against it, in one or two sentences.", True, least=1, most=800)),
)
FOLLOWING: Final = {tool.name: tool for tool in (STEP_DONE, STEP_FAILED)}
