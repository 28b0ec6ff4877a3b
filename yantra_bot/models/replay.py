"""A model that answers from a script: the demo and the tests use it, and say so.

A turn of the script answers when what its predicates ask for was shown. Which turns are used up follows from the
conversation itself (a call's id carries its turn's name, a turn without calls is known by its words), so a run that
was killed goes on where it was. It never makes anything up: when nothing fits it fails, and says why.
"""

import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yantra_bot.domain.conversation import (
    Block,
    Image,
    Message,
    ModelAnswer,
    ModelRequest,
    Role,
    StopReason,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from yantra_bot.errors import Permanent, SettingsError
from yantra_bot.retrieval.tokens import Tokenizer

MODEL = "replay"
ID = re.compile(r"replay--([a-z0-9-]+)--\d+(_\d+)?$")
LONGEST_EXCERPT = 160


class Strict(BaseModel):
    """A part of a script: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Recording(Strict):
    """How a script came to be; shown to whoever watches a replay."""

    made: str
    """In a few words: `written by hand`, `recorded from MODEL`."""
    by: str = ""
    date: str = ""
    task: str = ""


class When(Strict):
    """What must have been shown. Each entry is a regular expression that is searched for, line by line anchors on."""

    shown: tuple[str, ...] = ()
    """Anywhere in what the model was shown: tasks and tools' answers, never its own words."""
    last: tuple[str, ...] = ()
    """In the newest turn alone: all that was shown since the model spoke last."""
    not_shown: tuple[str, ...] = ()
    """Nowhere."""


class ScriptedCall(Strict):
    """A tool call to answer with."""

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Turn(Strict):
    """One answer and when it is given; it is given once in a conversation."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    when: When = When()
    answer: str = ""
    call: tuple[ScriptedCall, ...] = ()


class Script(Strict):
    """A whole recording, in order: the first turn that is not used up and whose predicates hold answers."""

    recording: Recording
    turn: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a conversation has shown so far, and which turns of a script it has used."""

    everything: str
    newest: str
    used: frozenset[str]


class Replay:
    """ports.Model that answers from a script. Costs nothing; its usage is counted here and marked as an estimate."""

    def __init__(self, script: Script, *, tokenizer: Tokenizer) -> None:
        self.script = script
        self._tokenizer = tokenizer

    async def answer(self, request: ModelRequest, *, on_text: Callable[[str], None] | None = None) -> ModelAnswer:
        """Return the first fitting turn's answer. Raises Permanent, naming each turn left and what it waits for."""
        turn = choose(self.script, request)
        blocks = render(turn)
        if on_text and turn.answer:
            on_text(turn.answer)
        usage = Usage(
            input=self._tokenizer.count_request(request),
            output=self._tokenizer.count_blocks(blocks),
            is_estimate=True,
        )
        return ModelAnswer(
            model=MODEL,
            blocks=blocks,
            stop_reason=StopReason.TOOL_CALLS if turn.call else StopReason.END_TURN,
            usage=usage,
            cost_usd=0.0,
            request_id=f"replay-{turn.name}",
            seconds=0.0,
        )

    async def close(self) -> None:
        """Do nothing; the other models have connections to close."""


def load(path: Path, *, tokenizer: Tokenizer) -> Replay:
    """Return the model that a script file describes. Raises SettingsError with everything that is wrong with it."""
    return Replay(parse(path.read_text(encoding="utf-8") if path.is_file() else None, str(path)), tokenizer=tokenizer)


def parse(text: str | None, name: str) -> Script:
    """Return a script. Raises SettingsError with everything that is wrong with it."""
    if text is None:
        raise SettingsError(f"There is no replay script {name}. Correct YANTRA_REPLAY_SCRIPT.")
    try:
        script = Script.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"The replay script {name} is no TOML: {problem}") from problem
    except ValidationError as problem:
        wrong = (f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in problem.errors())
        raise SettingsError(f"The replay script {name} is wrong: {'; '.join(wrong)}") from problem
    if problems := check(script):
        raise SettingsError(f"The replay script {name} is wrong: {'; '.join(problems)}")
    return script


def check(script: Script, tools: Iterable[str] | None = None) -> list[str]:
    """Return what is wrong with a script, one sentence each. With `tools`, calls of any other tool are wrong too."""
    problems = [] if script.turn else ["it has no turn"]
    names = Counter(turn.name for turn in script.turn)
    problems += [f"{count} turns are called {name!r}" for name, count in names.items() if count > 1]
    problems += [f"turn {turn.name!r} answers nothing" for turn in script.turn if not turn.answer and not turn.call]
    # A turn without calls is known by its words: two alike could not be told apart.
    words = Counter(turn.answer for turn in script.turn if turn.answer and not turn.call)
    problems += [f"{count} turns answer the same words, {text[:40]!r}" for text, count in words.items() if count > 1]
    for turn in script.turn:
        problems += [
            f"turn {turn.name!r} has a wrong expression {pattern!r}: {reason}"
            for pattern in (*turn.when.shown, *turn.when.last, *turn.when.not_shown)
            if (reason := explain_pattern(pattern))
        ]
        if tools is not None:
            problems += [
                f"turn {turn.name!r} calls {call.name!r}, which is no tool"
                for call in turn.call
                if call.name not in set(tools)
            ]
    return problems


def explain_pattern(pattern: str) -> str | None:
    """Return what is wrong with a regular expression, None when nothing is."""
    try:
        re.compile(pattern)
    except re.error as problem:
        return str(problem)
    return None


def choose(script: Script, request: ModelRequest) -> Turn:
    """Return the first turn that is not used up and whose predicates hold. Raises Permanent when there is none."""
    shown = look(script, request.messages)
    left = [turn for turn in script.turn if turn.name not in shown.used]
    reasons = {turn.name: find_obstacle(turn.when, shown) for turn in left}
    for turn in left:
        if reasons[turn.name] is None:
            check_tools(turn, request)
            return turn
    waiting = "".join(f"\n- {name}: {reason}" for name, reason in reasons.items()) or "\n- none is left"
    excerpt = shown.newest.strip()[:LONGEST_EXCERPT]
    raise Permanent(
        f"The replay script ({script.recording.made}) has no answer for this. Turns left, and what each waits for:"
        f"{waiting}\nUsed: {', '.join(sorted(shown.used)) or 'none'}. What was shown last begins: {excerpt!r}"
    )


def check_tools(turn: Turn, request: ModelRequest) -> None:
    """Raise Permanent when a turn calls a tool that the request does not offer: the script is older than the tools."""
    offered = {tool.name for tool in request.tools}
    missing = sorted({call.name for call in turn.call} - offered)
    if missing:
        raise Permanent(
            f"Turn {turn.name!r} of the replay script calls {', '.join(missing)}, which this request does not offer "
            f"(it offers {', '.join(sorted(offered)) or 'nothing'}). Correct the script."
        )


def look(script: Script, messages: tuple[Message, ...]) -> Shown:
    """Return what a conversation has shown and which turns it has used."""
    groups = [(role, list(turn)) for role, turn in itertools.groupby(messages, key=lambda message: message.role)]
    turns = ["\n".join(show(message.blocks) for message in turn) for role, turn in groups if role is Role.USER]
    said = [block for message in messages if message.role is Role.ASSISTANT for block in message.blocks]
    matches = (ID.match(block.id) for block in said if isinstance(block, ToolCall))
    used = {match[1] for match in matches if match}
    words = {block.text for block in said if isinstance(block, Text)}
    used |= {turn.name for turn in script.turn if not turn.call and turn.answer in words}
    return Shown(everything="\n".join(turns), newest=turns[-1] if turns else "", used=frozenset(used))


def show(blocks: Iterable[Block]) -> str:
    """Return what blocks of a turn of ours showed to the model."""
    words = (
        block.content if isinstance(block, ToolResult) else block.text if isinstance(block, Text) else block.describe()
        for block in blocks
        if isinstance(block, Text | ToolResult | Image)
    )
    return "\n".join(words)


def find_obstacle(when: When, shown: Shown) -> str | None:
    """Return the first predicate that does not hold, in words; None when all do."""
    for pattern in when.shown:
        if not re.search(pattern, shown.everything, re.MULTILINE):
            return f"{pattern!r} was not shown"
    for pattern in when.last:
        if not re.search(pattern, shown.newest, re.MULTILINE):
            return f"{pattern!r} was not shown last"
    for pattern in when.not_shown:
        if re.search(pattern, shown.everything, re.MULTILINE):
            return f"{pattern!r} was shown"
    return None


def render(turn: Turn) -> tuple[Block, ...]:
    """Return a turn as blocks; each call's id carries the turn's name."""
    words: tuple[Block, ...] = (Text(turn.answer),) if turn.answer else ()
    calls = (
        ToolCall(id=f"replay--{turn.name}--{number}", name=call.name, arguments=dict(call.arguments))
        for number, call in enumerate(turn.call)
    )
    return (*words, *calls)
