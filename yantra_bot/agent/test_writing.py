"""What the model is told when tests are missing: framing from here; code, test names and messages as data. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from yantra_bot.agent.prompts import cut
from yantra_bot.agent.rendering import escape
from yantra_bot.domain.conversation import Message, Role, Text
from yantra_bot.domain.coverage import ChangedLines, JudgedTest
from yantra_bot.validation.generated_tests import MAX_TRIED

MAX_EXAMPLE: Final = 6_000
MAX_FAILURE: Final = 2_000
HOW: Final = f"""\
Write the tests that are missing, as the tests beside them are written. Nothing but test files may be changed now:
whatever else you change is put back, conftest.py too.
- For each piece of code below: the usual case, the edges (nothing, one, the limits that the code itself checks), and
  the errors that it raises, each with what has to come out.
- Assert what has to be true of the result, from the task and not from the code: a test that asserts nothing is dropped.
- Each test is judged alone. It has to pass, and to run one of the marked lines or to fail on the code as it was before
  your change; all others are taken out again. Write few, {MAX_TRIED} at most.
- Where no test can run a line, leave it, and say why in the summary of `finish`. Call `finish` when you are done."""
MARKED: Final = "The code, as data; lines marked with > are run by no test:"
AGAIN: Final = """\
Mend the tests that are worth it, or write others; the rules are the same. A test that fails may have found an error in
your change: then do not bend it. Leave it as it is, and ask in `question` of `finish` what a person has to decide."""


def ask_for_tests(lines: ChangedLines, *, percent: int, example: tuple[str, str] | None) -> Message:
    """Return the turn that asks for tests. `example` is the path of a neighbouring test file and its beginning."""
    blocks = [
        Text(f"Your change stands. {describe_share(lines)} {percent} % are wanted."),
        Text(HOW),
        Text(MARKED),
        Text(quote_gaps(lines)),
    ]
    if example is not None:
        blocks += [Text("How tests are written here, as data:"), Text(cut(f"{example[0]}\n{example[1]}", MAX_EXAMPLE))]
    return Message(Role.USER, tuple(blocks))


def ask_again(
    lines: ChangedLines, *, dropped: Sequence[JudgedTest], messages: Mapping[str, str], put_back: Sequence[str]
) -> Message:
    """Return the turn that says which tests do not stand, why, and what is still not run."""
    blocks = [Text(f"With the tests that stand: {describe_share(lines)}")]
    if put_back:
        blocks += [Text("These are no tests, so that they were put back:"), Text("\n".join(map(escape, put_back)))]
    if dropped:
        told = "\n".join(_describe(one, messages.get(one.name, "")) for one in dropped)
        blocks += [Text("These tests do not stand. Each with the reason, as data:"), Text(told)]
    blocks.append(Text(AGAIN))
    if lines.gaps:
        blocks += [Text(MARKED), Text(quote_gaps(lines))]
    return Message(Role.USER, tuple(blocks))


def describe_share(lines: ChangedLines) -> str:
    """Return how many of the changed lines are run, as a sentence."""
    return f"Its tests run {lines.covered} of {lines.executable} changed lines of code ({lines.share:.0%})."


def quote_gaps(lines: ChangedLines) -> str:
    """Return the functions with the lines in them that no test runs."""
    parts = []
    for gap in lines.gaps:
        spans = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in gap.spans)
        where = f"{gap.path}, {gap.inside}" if gap.inside else gap.path
        parts.append(f"{escape(where)}, lines {spans}\n{escape(gap.text)}".rstrip())
    return "\n\n".join(parts)


def _describe(one: JudgedTest, message: str) -> str:
    shown = f"\n{cut(escape(message), MAX_FAILURE)}" if message else ""
    return f"{escape(one.name)}: {escape(one.why)}{shown}"
