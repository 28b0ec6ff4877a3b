"""What a run's page shows of calls of a model. Pure."""

from datetime import UTC, datetime

from yantra_bot.agent.batch import Tried
from yantra_bot.agent.loop import Answered
from yantra_bot.dashboard.entries import Entry, Line
from yantra_bot.domain.conversation import Text, ToolCall
from yantra_bot.runs.codec import decode_envelope

MAX_SHOWN = 12_000


def show_call(name: str, seconds: float | None, envelope: str) -> Entry:
    """Show one call."""
    answered: Answered = decode_envelope(envelope, Answered)
    told = () if answered.race is None else (Line("text", "", answered.race.line),)
    return Entry(name, seconds, _note(answered), (*told, *_lines(answered)))


def show_calls(name: str, seconds: float | None, envelope: str) -> Entry:
    """Show several calls that were made at once, in their order."""
    tried: tuple[Tried, ...] = decode_envelope(envelope, tuple[Tried, ...])
    notes = [one.problem if one.answered is None else _note(one.answered) for one in tried]
    lines = [line for one in tried if one.answered is not None for line in _lines(one.answered)]
    return Entry(name, seconds, "; ".join(notes), tuple(lines))


def _note(answered: Answered) -> str:
    answer = answered.answer
    cost = "price not known" if answer.cost_usd is None else f"{answer.cost_usd:.4f} USD"
    if answer.kept_at is not None:
        given = datetime.fromtimestamp(answer.kept_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        cost = f"kept from another run, {given}"
    return f"{answer.model}: {answer.usage.input + answer.usage.cache_read:,} in, {answer.usage.output:,} out, {cost}"


def _lines(answered: Answered) -> tuple[Line, ...]:
    lines = []
    for block in answered.answer.blocks:
        if isinstance(block, Text):
            lines.append(Line("text", "", block.text[:MAX_SHOWN]))
        elif isinstance(block, ToolCall):
            lines.append(Line("call", block.name, _arguments(block)))
    return tuple(lines)


def _arguments(call: ToolCall) -> str:
    if call.arguments is None:
        return "(arguments were no JSON object)"
    return "\n".join(f"{key}: {value}" for key, value in call.arguments.items())[:MAX_SHOWN]
