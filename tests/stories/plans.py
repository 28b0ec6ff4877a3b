"""Scripts of models that plan, and what a story asks of a plan's comment."""

from collections.abc import Iterable

from tests.fakes.github.state import Comment
from tests.stories.library import FINISH, HEAD, SHELL_FIX, call, turn
from tests.stories.scene import Scene

STEPS = (
    ("See it fail", "A command shows that add subtracts", ""),
    ("Mend add", "add adds", "1"),
    ("Run the tests", "The whole suite passes", "1, 2"),
)


def plan_call(steps: Iterable[tuple[str, str, str]] = STEPS, *, goal: str = "add adds its arguments") -> str:
    """Return the call that gives a plan: title, what it expects, and what it needs, of each step."""
    written = ", ".join(
        f'{{title = "{title}", expects = "{expects}", needs = "{needs}", turns = 2, tools = ["edit_file"], '
        f'risk = "a caller may rely on it", parts = ["read calc.sh"]}}'
        for title, expects, needs in steps
    )
    return call("plan", f'{{goal = "{goal}", confidence = 0.8, steps = [{written}]}}')


def done(step: int, achieved: str = "it is there") -> str:
    """Return the call that ticks a step."""
    return call("step_done", f'{{step = {step}, achieved = "{achieved}"}}')


def failed(step: int, reason: str) -> str:
    """Return the call that says that a step cannot be done."""
    return call("step_failed", f'{{step = {step}, reason = "{reason}"}}')


ASKED = "{shown = ['with the conversation below it'], not_shown = ['Follow this plan']}"
FOLLOWING = "{shown = ['Follow this plan']}"
PLAN = turn("plan", plan_call(), when=ASKED)
FIX_AND_END = turn("fix", SHELL_FIX, done(2, "add uses plus"), when=FOLLOWING) + turn(
    "end", done(3, "sh test.sh ends with 0"), FINISH, when=FOLLOWING
)
WORK = turn("look", done(1, "add 2 3 gives -1"), when=FOLLOWING) + FIX_AND_END
PLANS = HEAD + PLAN + WORK
"""Plans, then does what the plan says, and ticks."""


def plan_of(scene: Scene) -> str:
    """Return the comment with the plan; empty while there is none."""
    return next((one for one in scene.said() if "<!-- yantra:plan:" in one), "")


def plan_comment(scene: Scene) -> Comment:
    """Return the plan's comment as GitHub has it."""
    return next(one for one in scene.issue.comments if "<!-- yantra:plan:" in one.body)


def react(scene: Scene, content: str, *, by: str) -> None:
    """Put a reaction on the plan's comment: no webhook tells of it."""
    scene.github.state.add_reaction(plan_comment(scene).reactions, user=scene.github.add_user(by), content=content)


def looks(scene: Scene) -> int:
    """Return how often the reactions were read."""
    return len([call for call in scene.github.calls if call.path.endswith("/reactions") and not call.is_write])


async def ask_for_plan(scene: Scene, command: str = "@yantra plan") -> str:
    """Order a plan, and return its comment once its run waits and holds nothing."""
    await scene.comment(command)
    return await waiting(scene)


async def waiting(scene: Scene) -> str:
    """Return the plan's comment once its run waits."""

    def waits() -> bool:
        ended = [run.ending.reason for run in scene.runs()[:1] if run.ending]
        assert not ended, f"it ended before: {ended}"
        steps = scene.steps()
        return bool(steps) and steps[-1].name.startswith("approval#") and not list(scene.home.workers.glob("run-*"))

    await scene.until(waits)
    return plan_of(scene)
