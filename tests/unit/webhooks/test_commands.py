"""One grammar: what is a command, what is a problem, and what is nobody's business."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.commands import INTERNAL, Command, CommandProblem, NoCommand, Options, Verb
from yantra_bot.webhooks.commands import parse, parse_words, render
from yantra_bot.webhooks.verbs import OPTIONS, VERBS, help_text, is_built

MODELS = ("claude-opus-4-8", "gpt-5")
BUILT = {
    *(Verb.DEPLOY, Verb.ROLLBACK, Verb.LOCK, Verb.UNLOCK, Verb.PROMOTE, Verb.ABORT),
    Verb.YES,
    Verb.NO,
    Verb.EXPLAIN,
    *(Verb.IMPLEMENT, Verb.FIX, Verb.STOP, Verb.RETRY, Verb.STATUS, Verb.HELP),
    *(Verb.PLAN, Verb.APPROVE, Verb.REJECT),
    *(Verb.REVIEW, Verb.PAUSE, Verb.RESUME, Verb.IGNORE),
    *(Verb.REMEMBER, Verb.FORGET),
    *(Verb.RUNS, Verb.LINK, Verb.UNLINK),
}


@pytest.mark.parametrize("verb", sorted(set(Verb) - INTERNAL))
def test_every_verb_is_in_the_table_and_understood(verb):
    """Each verb has its line, is understood in any case and with a full stop, and says whether it is built."""
    assert VERBS[verb].verb is verb
    found = parse(f"@yantra {verb.upper()}. it")
    assert found == Command(verb, "it")
    assert is_built(verb) == (verb in BUILT)


@pytest.mark.parametrize("verb", sorted(INTERNAL))
def test_what_the_bot_orders_of_itself_is_no_word_of_people(verb):
    """It stands in no table, and is understood as little as any other word."""
    assert verb not in VERBS
    assert isinstance(parse(f"@yantra {verb} it"), CommandProblem)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@yantra implement", Command(Verb.IMPLEMENT)),
        ("  @Yantra: implement", Command(Verb.IMPLEMENT)),
        ("@yantra, stop!", Command(Verb.STOP)),
        ("@yantra\u00a0stop", Command(Verb.STOP)),
        ("Thanks!\r\n\r\n@yantra retry\r\n", Command(Verb.RETRY)),
        ("@yantra fix the crash\nin `a.py`\n\n```\nTraceback --x\n```", Command(
            Verb.FIX, "the crash\nin `a.py`\n\n```\nTraceback --x\n```")),
        ("@yantra fix a --budget 5 b --dry-run --model gpt-5 c", Command(
            Verb.FIX, "a b c", Options(5.0, True, "gpt-5"))),
        ("@yantra fix --budget=$2.50", Command(Verb.FIX, "", Options(budget_usd=2.5))),
        ("@yantra fix `--verbose` is ignored", Command(Verb.FIX, "`--verbose` is ignored")),
        ("@yantra fix it\n--verbose is ignored", Command(Verb.FIX, "it\n--verbose is ignored")),
        ("@yantra fix --dry-run -- --verbose", Command(Verb.FIX, "--verbose", Options(dry_run=True))),
        ("@yantra fix it —it is broken — really", Command(Verb.FIX, "it —it is broken — really")),
        ("@yantra fix a<!-- hidden -->b\n<!-- more -->", Command(Verb.FIX, "ab")),
        ("@yantra fix it\n\nOn Mon, 5 Jan 2026, Bob <b@example.com> wrote:\n> old", Command(Verb.FIX, "it")),
        ("> old\n\n@yantra stop", Command(Verb.STOP)),
    ],
)  # fmt: skip
def test_commands(text, expected):
    """A command begins a line; options stand on it; the rest of the comment is its literal text."""
    assert parse(text, models=MODELS) == expected


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("@yantra", "help"),
        ("@yantra implment", "implement"),
        ("@yantra cancel", "stop"),
        ("@yantra xyzzy", None),
        ("@yantra fix --budgt 5", "--budget"),
        ("@yantra fix —budget 5", "--budget"),
        ("@yantra fix --budget", "--budget 5"),
        ("@yantra fix --budget lots", "--budget 5"),
        ("@yantra fix --budget -5", "--budget 5"),
        ("@yantra fix --budget 0", "--budget 5"),
        ("@yantra fix --budget nan", "--budget 5"),
        ("@yantra fix --budget inf", "--budget 5"),
        ("@yantra fix --budget 1e3", "--budget 5"),
        ("@yantra fix --budget ٥", "--budget 5"),
        ("@yantra fix --budget 1 --budget 500", "--budget"),
        ("@yantra fix --dry-run=no", "--dry-run"),
        ("@yantra fix --model gpt5", "gpt-5"),
        ("@yantra fix --config.x=y", None),
        ("@yantra explain", None),
        ("@yantra stop\n@yantra implement", None),
        ("@yantra implement \u202eanother thing", None),
    ],
)
def test_problems(text, suggestion):
    """The bot was addressed and not understood: a reason, and the nearest thing there is."""
    found = parse(text, models=MODELS)
    assert isinstance(found, CommandProblem)
    assert found.reason
    assert found.suggestion == suggestion


def test_without_a_list_no_model_can_be_chosen():
    """Where the operator names no models, a comment names none either."""
    found = parse("@yantra fix --model gpt-5")
    assert isinstance(found, CommandProblem)
    assert "none that may be chosen" in found.reason


def test_another_handle():
    """The handle is the operator's, and signs in it are no pattern."""
    assert parse("@my-bot stop", handle="my-bot") == Command(Verb.STOP)
    assert parse("@yantra stop", handle="my-bot") == NoCommand()
    assert parse("@myxbot stop", handle="my.bot") == NoCommand()


def test_slack_words():
    """The same grammar without a handle, for what follows a slash command."""
    assert parse_words("fix the crash --budget 5") == Command(Verb.FIX, "the crash", Options(budget_usd=5.0))
    assert parse_words("") == CommandProblem("A command is missing.", "help")


def test_help_is_made_of_the_table():
    """Every verb and every option is in the help text; the models too where there is a choice."""
    text = help_text(handle="my-bot", models=MODELS)
    assert all(f"`@my-bot {verb}`" in text if is_built(verb) else f"`{verb}`" in text for verb in set(Verb) - INTERNAL)
    assert all(f"`{name}`" in text for name in OPTIONS)
    assert all(f"`{model}`" in text for model in MODELS)


@given(st.text(max_size=400))
def test_any_text_has_an_answer(text):
    """Parsing never raises, whatever is written."""
    assert isinstance(parse(text, models=MODELS), Command | CommandProblem | NoCommand)
    assert isinstance(parse_words(text, models=MODELS), Command | CommandProblem)


@given(st.text(max_size=200).filter(lambda text: "@yantra" not in text.lower()))
def test_text_without_the_handle_is_no_command(text):
    """Who is not addressed is not spoken to."""
    assert parse(text) == NoCommand()


plain = st.text(alphabet=st.characters(whitelist_categories=("L", "N", "P", "S", "Zs")), max_size=60).filter(
    lambda text: not {"`", "<", "@", "~"} & set(text) and not text.startswith(("-", ">"))
)
commands = st.builds(
    Command,
    st.sampled_from(sorted(BUILT)),
    plain.map(str.strip),
    st.builds(
        Options,
        budget_usd=st.none() | st.integers(1, 9_999_000_000).map(lambda number: number / 1_000_000),
        dry_run=st.booleans(),
        model=st.none() | st.sampled_from(MODELS),
    ),
).filter(lambda command: command.argument or not VERBS[command.verb].needs_argument)


@given(commands)
def test_a_rendered_command_is_understood_again(command):
    """What the bot writes as a command is the command, to the cent."""
    found = parse(render(command), models=MODELS)
    assert isinstance(found, Command)
    assert (found.verb, found.argument) == (command.verb, command.argument)
    assert (found.options.dry_run, found.options.model) == (command.options.dry_run, command.options.model)
    if command.options.budget_usd is None:
        assert found.options.budget_usd is None
    else:
        assert found.options.budget_usd is not None
        assert math.isclose(found.options.budget_usd, command.options.budget_usd, abs_tol=1e-6)
