"""The part of a review that has the repository's own type checkers and linters look at both versions, in the sandbox.

Nothing runs where code of the change may not, or where the environment was not prepared; a gap says so.
"""

from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.findings import Finding, RuleInfo, Severity, Side
from yantra_bot.domain.review import Gap
from yantra_bot.review.engine import Draft
from yantra_bot.review.subject import Subject
from yantra_bot.validation.ground import Ground
from yantra_bot.validation.own_tools import TOOLS, Tool, choose_tools, find_new, is_safe, run_tool

NAME: Final = "type checkers and linters"
RULES: Final = tuple(
    RuleInfo(
        f"{tool.family}/{tool.name.replace(' ', '-')}",
        f"New complaint of {tool.name}",
        Severity.WARNING,
        f"The repository configures {tool.name}, which says this of the head and not of the base.",
        (tool.family,),
    )
    for tool in TOOLS
)


def check_own_tools(draft: Draft) -> None:
    """Add what the repository's own tools say of the head and not of the base."""
    subject, means = draft.subject, draft.means
    tools = choose_tools(subject.head.read, [file.path for file in subject.sources()])
    if not tools or not draft.rules.runs_tools:
        return
    names = ", ".join(tool.name for tool in tools)
    if not means.may_execute or means.ground is None:
        why = "nothing of this change may be executed" if means.ground is not None else "no environment was prepared"
        draft.gaps.append(Gap(NAME, f"{names}: configured, and not run, since {why}."))
        return
    for tool in tools:
        draft.add(_run(tool, subject, means.ground, draft.gaps))


def _run(tool: Tool, subject: Subject, ground: Ground, gaps: list[Gap]) -> Iterator[Finding]:
    sources = subject.sources()
    head = run_tool(tool, lambda words: ground.run(Side.HEAD, words), [file.path for file in sources])
    if head.problem:
        gaps.append(Gap(NAME, head.problem))
        return
    if not head.remarks:
        return
    there = [file.base_path for file in sources if subject.base.read(file.base_path) is not None]
    base = run_tool(tool, lambda words: ground.run(Side.BASE, words), there)
    if base.problem:
        gaps.append(Gap(NAME, f"{base.problem} Without the base it cannot be told what is new."))
        return
    names = {file.path: file.base_path for file in sources}
    yield from find_new(
        tool,
        base.remarks,
        [one for one in head.remarks if is_safe(one.path)],
        old=lambda path, line: subject.anchor(path, line, Side.BASE) if is_safe(path) else "",
        new=subject.anchor,
        renamed=lambda path: names.get(path, path),
    )
