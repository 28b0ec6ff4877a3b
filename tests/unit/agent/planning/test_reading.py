"""A model's plan is taken only whole: of the right length, without a circle, in an order that can be worked through."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.agent.planning.reading import begun_steps, merge_rest, read_plan, replace_rest
from yantra_bot.domain.plan import Plan, StepState
from yantra_bot.errors import UserError


def step(title: str, needs: str = "", **more: Any) -> dict[str, Any]:
    return {"title": title, "expects": f"{title} is there", "needs": needs, "turns": 2, **more}


def arguments(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"goal": "all is well", "confidence": 0.5, "steps": list(steps)}


THREE = arguments(step("a"), step("b", "1"), step("c", "1, 2", parts=["look", " "], tools=["search"], risk=" slow "))


def test_a_plan_is_read_with_all_that_it_says() -> None:
    """Needs, sub-steps, tools, risk and turns arrive; empty sub-steps do not."""
    plan = read_plan(THREE)
    last = plan.steps[2]
    assert (plan.goal, plan.confidence, plan.turns) == ("all is well", 0.5, 6)
    assert (last.needs, last.parts, last.tools, last.risk) == ((1, 2), ("look",), ("search",), "slow")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (arguments(step("a"), step("b")), "has 2 steps; it has to have 3 to 7"),
        (arguments(*(step(str(number)) for number in range(8))), "has 8 steps"),
        (arguments(step("a"), step("A "), step("c")), "the same title"),
        (arguments(step("a", "4"), step("b"), step("c")), "needs step 4, which there is not"),
        (arguments(step("a", "2"), step("b", "1"), step("c")), "Steps 1, 2 need each other in a circle"),
        (arguments(step("a", "1"), step("b"), step("c")), "circle"),
        (arguments(step("a", "the first"), step("b"), step("c")), "has to be numbers"),
        (arguments(step("a", turns=0), step("b"), step("c")), "turns"),
        ({**THREE, "confidence": float("nan")}, "confidence"),
        ({**THREE, "more": 1}, "no argument"),
        ({"goal": "x", "confidence": 1}, "steps is missing"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_reason(given: dict[str, Any], words: str) -> None:
    """The model is told what to mend."""
    with pytest.raises(UserError, match=words):
        read_plan(given)


@given(st.permutations(range(1, 6)), st.data())
def test_steps_come_after_what_they_need(order: list[int], data: st.DataObject) -> None:
    """Whatever the order in which a plan without circles is written, it can be worked through from the top."""
    rank = {number: place for place, number in enumerate(order)}
    needs = {
        number: [other for other in order if rank[other] < rank[number] and data.draw(st.booleans())]
        for number in order
    }
    plan = read_plan(arguments(*(step(f"s{n}", ", ".join(map(str, needs[n]))) for n in range(1, 6))))
    assert [one.number for one in plan.steps] == [1, 2, 3, 4, 5]
    assert all(need < one.number for one in plan.steps for need in one.needs)
    titles = {one.number: one.title for one in plan.steps}
    assert {one.title: {titles[need] for need in one.needs} for one in plan.steps} == {
        f"s{n}": {f"s{other}" for other in needs[n]} for n in order
    }


def test_a_refinement_changes_nothing_that_is_begun() -> None:
    """Done, failed and the step under way stay; a refined step with a begun one's title is left out."""
    plan = read_plan(arguments(step("a"), step("b", "1"), step("c", "2"), step("d")))
    rest = read_plan(arguments(step("B"), step("x", "1"), step("y", "2")), least=1)
    assert begun_steps(plan) == {1}
    assert [one.title for one in merge_rest(plan, rest).steps] == ["a", "B", "x", "y"]
    ticked = plan.put(1, StepState.DONE, "yes")
    assert begun_steps(ticked) == {1, 2}
    merged = merge_rest(ticked, rest)
    assert [(one.number, one.title, one.needs) for one in merged.steps] == [
        (1, "a", ()),
        (2, "b", (1,)),
        (3, "x", ()),
        (4, "y", (3,)),
    ]
    assert merged.steps[:2] == ticked.steps[:2]
    last = plan.put(3, StepState.FAILED, "no")
    assert begun_steps(last) == {1, 2, 3, 4}
    assert [one.title for one in merge_rest(last, rest).steps] == ["a", "b", "c", "d", "x", "y"]


def test_another_rest_leaves_what_is_begun() -> None:
    """Done and failed steps stay as they are, and the new ones are numbered after them."""
    plan: Plan = read_plan(THREE).put(1, StepState.DONE, "yes").put(2, StepState.FAILED, "no")
    rest = read_plan(arguments(step("d"), step("e", "1")), least=1)
    merged = replace_rest(plan, rest)
    assert [(one.number, one.title, one.needs) for one in merged.steps] == [
        (1, "a", ()),
        (2, "b", (1,)),
        (3, "d", ()),
        (4, "e", (3,)),
    ]
    assert [one.number for one in merged.open] == [3, 4]
