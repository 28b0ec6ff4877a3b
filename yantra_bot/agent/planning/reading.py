"""From a model's answer to a plan: everything is checked, and what is wrong is said so that it can be mended. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from yantra_bot.agent.arguments import check_arguments
from yantra_bot.agent.planning.tools import MAX_TEXT, MAX_TITLE, PLAN
from yantra_bot.domain.plan import LEAST_STEPS, MOST_STEPS, Plan, PlanStep, StepState
from yantra_bot.errors import UserError

_NUMBERS: Final = re.compile(r"[0-9]{1,2}")
_NOT_NUMBERS: Final = re.compile(r"[^0-9,\s]")


def read_plan(arguments: Mapping[str, Any], *, least: int = LEAST_STEPS, most: int = MOST_STEPS) -> Plan:
    """Return the plan that was given; raise UserError that says what is wrong with it.

    Its steps come in an order in which they can be done, numbered by it.
    """
    given = check_arguments(PLAN.fields, arguments)
    items = given["steps"]
    if not least <= len(items) <= most:
        raise UserError(f"The plan has {len(items)} steps; it has to have {least} to {most}.")
    titles = [" ".join(item["title"].split()).lower() for item in items]
    if len(set(titles)) < len(titles):
        raise UserError("Two steps have the same title. Say of each what it alone does.")
    steps = [_read_step(number, item) for number, item in enumerate(items, start=1)]
    return Plan(given["goal"].strip(), _arrange(steps), float(given["confidence"]))


def _read_step(number: int, item: Mapping[str, Any]) -> PlanStep:
    needs = item.get("needs", "")
    if _NOT_NUMBERS.search(needs):
        raise UserError(f"`needs` of step {number} has to be numbers of steps, such as 1, 2.")
    return PlanStep(
        number,
        item["title"].strip(),
        item["expects"].strip(),
        needs=tuple(sorted({int(one) for one in _NUMBERS.findall(needs)})),
        parts=tuple(part.strip()[:MAX_TEXT] for part in item.get("parts", ()) if part.strip()),
        tools=tuple(tool.strip()[:MAX_TITLE] for tool in item.get("tools", ()) if tool.strip()),
        risk=item.get("risk", "").strip(),
        turns=item["turns"],
    )


def _arrange(steps: Sequence[PlanStep]) -> tuple[PlanStep, ...]:
    """Return the steps so that each comes after what it needs, else as they came; UserError where that cannot be."""
    known = {step.number for step in steps}
    for step in steps:
        if strange := [one for one in step.needs if one not in known]:
            raise UserError(f"Step {step.number} needs step {strange[0]}, which there is not.")
    left, arranged = list(steps), list[PlanStep]()
    while left:
        placed = {step.number for step in arranged}
        ready = next((step for step in left if set(step.needs) <= placed), None)
        if ready is None:
            circle = ", ".join(str(step.number) for step in left)
            raise UserError(f"Steps {circle} need each other in a circle, so that none of them can begin.")
        left.remove(ready)
        arranged.append(ready)
    return renumber(arranged, first=1)


def renumber(steps: Sequence[PlanStep], *, first: int) -> tuple[PlanStep, ...]:
    """Return the steps numbered from `first` on, with what they need named by the new numbers."""
    new = {step.number: number for number, step in enumerate(steps, start=first)}
    return tuple(
        replace(step, number=new[step.number], needs=tuple(sorted(new[one] for one in step.needs if one in new)))
        for step in steps
    )


def begun_steps(plan: Plan) -> frozenset[int]:
    """Return the numbers of the steps that are begun: those up to the one after the last that was ticked or failed."""
    last = max((step.number for step in plan.steps if step.state is not StepState.OPEN), default=0)
    return frozenset(step.number for step in plan.steps if step.number <= last + 1)


def merge_rest(plan: Plan, rest: Plan) -> Plan:
    """Return the plan with better steps for what is not begun; nothing that is begun is changed.

    Steps of `rest` that have the title of a begun one are left out.
    """
    begun = begun_steps(plan)
    kept = tuple(step for step in plan.steps if step.number in begun)
    titles = {" ".join(step.title.split()).lower() for step in kept}
    fresh = [step for step in rest.steps if " ".join(step.title.split()).lower() not in titles]
    first = max(begun, default=0) + 1
    return replace(plan, steps=(*kept, *renumber(fresh, first=first)), confidence=rest.confidence)


def replace_rest(plan: Plan, rest: Plan) -> Plan:
    """Return the plan with all steps that are open replaced by those of `rest`; what was done and failed stays."""
    kept = tuple(step for step in plan.steps if step.state is not StepState.OPEN)
    first = max((step.number for step in kept), default=0) + 1
    return replace(plan, steps=(*kept, *renumber(rest.steps, first=first)), confidence=rest.confidence)
