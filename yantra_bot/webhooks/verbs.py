"""The table of commands and options: what each does, whether it is built, and the help that is made of it."""

from collections.abc import Collection
from dataclasses import dataclass

from yantra_bot.domain.commands import Verb


@dataclass(frozen=True, slots=True)
class VerbSpec:
    """One line of the table of commands: `summary` completes "to …"; a verb not built yet is known, and says so."""

    verb: Verb
    summary: str
    is_built: bool = False
    needs_argument: bool = False


VERBS: dict[Verb, VerbSpec] = {spec.verb: spec for spec in (
    VerbSpec(Verb.IMPLEMENT, "do what the issue asks for and open a pull request", is_built=True),
    VerbSpec(Verb.FIX, "the same as `implement`, for a bug", is_built=True),
    VerbSpec(Verb.REVIEW, "review this pull request now, a draft too", is_built=True),
    VerbSpec(Verb.STOP, "end the run of this issue or the review of this pull request now", is_built=True),
    VerbSpec(Verb.RETRY, "run the last command of this issue again, or review again", is_built=True),
    VerbSpec(Verb.STATUS, "say where the run of this issue or the review stands", is_built=True),
    VerbSpec(Verb.PAUSE, "review this pull request no more by itself, until `resume`", is_built=True),
    VerbSpec(Verb.RESUME, "review this pull request by itself again, and now", is_built=True),
    VerbSpec(Verb.IGNORE, "leave this pull request alone, or the rules named after it; in a thread: that remark",
             is_built=True),
    VerbSpec(Verb.EXPLAIN, "answer a question about the code, with the lines that prove it", is_built=True,
             needs_argument=True),
    VerbSpec(Verb.PLAN, "write a plan, wait for approval, then do it", is_built=True),
    VerbSpec(Verb.APPROVE, "let a waiting plan go on; `approve with changes: …` has it changed first", is_built=True),
    VerbSpec(Verb.REJECT, "refuse a waiting plan", is_built=True),
    VerbSpec(Verb.YES, "run the command that I proposed here last", is_built=True),
    VerbSpec(Verb.NO, "forget that proposal", is_built=True),
    VerbSpec(Verb.HELP, "show this list", is_built=True),
    VerbSpec(Verb.REMEMBER, "keep a lesson for later runs here", is_built=True, needs_argument=True),
    VerbSpec(Verb.FORGET, "delete a lesson, named by its id or by words in it", is_built=True, needs_argument=True),
    VerbSpec(Verb.DEPLOY, "deploy to an environment", is_built=True, needs_argument=True),
    VerbSpec(Verb.ROLLBACK, "go back to the version before", is_built=True, needs_argument=True),
    VerbSpec(Verb.LOCK, "keep deployments away; the reason follows the environment", is_built=True,
             needs_argument=True),
    VerbSpec(Verb.UNLOCK, "allow deployments to an environment again", is_built=True, needs_argument=True),
    VerbSpec(Verb.PROMOTE, "let a roll-out that holds still go on", is_built=True, needs_argument=True),
    VerbSpec(Verb.ABORT, "end a roll-out, and go back", is_built=True, needs_argument=True),
    VerbSpec(Verb.RUNS, "list what is at work", is_built=True),
    VerbSpec(Verb.LINK, "tie a Slack account to the GitHub account that says this, with the code that Slack gave",
             is_built=True),
    VerbSpec(Verb.UNLINK, "undo `link`", is_built=True),
)}  # fmt: skip
OPTIONS = {
    "--budget": "USD, the most the run may spend",
    "--dry-run": "show the patch, open no pull request",
    "--plan": "write a plan first, and wait for approval",
    "--head-start": "plan quickly and begin at once; what is not begun is refined meanwhile",
    "--template": "NAME, what a plan is made after",
    "--fresh": "ask the model anew, for a review or a question",
    "--ref": "BRANCH, tag or commit to deploy",
    "--reason": "TEXT, why: the rest of the command",
    "--info": "show a lock, and change nothing",
    "--model": "ID or tier, one of the operator's list",
}


def is_built(verb: Verb) -> bool:
    """Say whether the command does anything yet."""
    return VERBS[verb].is_built


def help_text(*, handle: str = "yantra", models: Collection[str] = ()) -> str:
    """Return the list of commands as Markdown, out of the same table that parses them."""
    built = [f"- `@{handle} {spec.verb}`: {spec.summary}" for spec in VERBS.values() if spec.is_built]
    later = ", ".join(f"`{spec.verb}`" for spec in VERBS.values() if not spec.is_built)
    options = [f"- `{name}`: {meaning}" for name, meaning in OPTIONS.items()]
    if models:
        options[-1] += f": {', '.join(f'`{model}`' for model in models)}"
    return "\n".join([
        "A command begins a line of a comment; the text after it, to the end of the comment, belongs to it.", "",
        *built, "", "Options, on the line of the command:", "", *options, "", f"Known, but not built yet: {later}.",
    ])  # fmt: skip
