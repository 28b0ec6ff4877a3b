"""The two tools that a reviewing model answers with: what it remarks, and how a doubted remark is judged."""

from typing import Final

from yantra_bot.agent.arguments import Field, Kind
from yantra_bot.agent.specs import Tool
from yantra_bot.domain.findings import Severity
from yantra_bot.domain.observations import Judgement

MAX_REMARKS: Final = 20
MAX_MESSAGE: Final = 1_200
_SEVERITIES: Final = ", ".join(severity.value for severity in Severity)
_SHARE: Final = "from 0 to 1"

REMARK: Final = Tool(
    "remark",
    "Report the problems of the change that was shown. Call it once, with an empty list where there is none.",
    (
        Field(
            "remarks",
            Kind.OBJECTS,
            "One object a problem, the gravest first.",
            is_required=True,
            most=MAX_REMARKS,
            items=(
                Field("path", Kind.STRING, "The file, as it was shown.", is_required=True, most=4_096),
                Field(
                    "line",
                    Kind.INTEGER,
                    "The number of that line: of a + line, or of a - line.",
                    is_required=True,
                    least=1,
                    most=10**7,
                ),
                Field("end_line", Kind.INTEGER, "The last line, where there are several.", least=1, most=10**7),
                Field("quote", Kind.STRING, "The text of that one line, copied exactly.", is_required=True, most=2_000),
                Field(
                    "message",
                    Kind.STRING,
                    "What goes wrong, with which input or in which state, and why. Two sentences at most.",
                    is_required=True,
                    least=1,
                    most=MAX_MESSAGE,
                ),
                Field("severity", Kind.STRING, f"One of {_SEVERITIES}.", is_required=True, most=20),
                Field("suggestion", Kind.STRING, "What would replace these lines, whole lines only.", most=8_000),
            ),
        ),
    ),
)

JUDGE: Final = Tool(
    "judge",
    "Say for each numbered remark whether it holds.",
    (
        Field(
            "verdicts",
            Kind.OBJECTS,
            "One object a remark.",
            is_required=True,
            most=MAX_REMARKS,
            items=(
                Field("number", Kind.INTEGER, "Of the remark.", is_required=True, least=1, most=MAX_REMARKS),
                Field(
                    "verdict",
                    Kind.STRING,
                    f"{Judgement.HOLDS}: the shown code proves it. {Judgement.REFUTED}: the shown code speaks against "
                    f"it. {Judgement.UNSURE}: the shown code decides neither.",
                    is_required=True,
                    most=20,
                ),
                Field("reason", Kind.STRING, "The line of code that decides it, and why.", is_required=True, most=600),
                Field("grounding", Kind.NUMBER, f"How far the shown code proves it, {_SHARE}.", True, least=0, most=1),
                Field("coherence", Kind.NUMBER, f"How far its reasoning follows, {_SHARE}.", True, least=0, most=1),
                Field(
                    "completeness", Kind.NUMBER, f"How far it names cause and effect, {_SHARE}.", True, least=0, most=1
                ),
                Field(
                    "specificity", Kind.NUMBER, f"How far it concerns this very line, {_SHARE}.", True, least=0, most=1
                ),
            ),
        ),
    ),
)
