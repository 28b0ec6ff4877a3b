"""The model that answers from a script: which turn answers, and how loudly it fails."""

from pathlib import Path

import pytest

from tests.fakes.models.bench import READ_FILE, ask, make_tokenizer, result
from yantra_bot.domain.conversation import Message, ModelAnswer, ModelRequest, Role, StopReason, Text
from yantra_bot.errors import Permanent, SettingsError
from yantra_bot.models.replay import Replay, check, load, parse

SCRIPT = """
[recording]
made = "written by hand"
by = "the maintainers"
date = "2026-11-27"
task = "a slug that loses its accents"

[[turn]]
name = "look"
when.shown = ["slug"]
answer = "I will look."
[[turn.call]]
name = "read_file"
arguments = { path = "slug.py" }
[[turn.call]]
name = "read_file"
arguments = { path = "test_slug.py" }

[[turn]]
name = "edit"
when.last = ["^def slugify"]
when.not_shown = ["no match"]
[[turn.call]]
name = "read_file"
[turn.call.arguments]
path = '''
several
lines'''

[[turn]]
name = "after-a-miss"
when.last = ["no match"]
answer = "I missed."

[[turn]]
name = "done"
when.shown = ["passed"]
answer = "It works."
"""


@pytest.fixture
def replay() -> Replay:
    return Replay(parse(SCRIPT, "demo.toml"), tokenizer=make_tokenizer())


def extend(request: ModelRequest, answer: ModelAnswer, *shown: str) -> ModelRequest:
    """Return the request that follows an answer, with what the tools showed."""
    calls = answer.tool_calls
    results = [result(call.id, text) for call, text in zip(calls, shown, strict=True)] if calls else []
    words = [Message(Role.USER, (Text(text),)) for text in shown] if not calls else []
    turns = (*request.messages, Message(Role.ASSISTANT, answer.blocks), *results, *words)
    return ask(*turns)


async def test_a_conversation(replay: Replay) -> None:
    """Each turn answers once what it waits for was shown, and is used up then."""
    heard: list[str] = []
    request = ask("The slug is wrong.")
    look = await replay.answer(request, on_text=heard.append)
    assert heard == ["I will look."]
    assert [call.arguments for call in look.tool_calls] == [{"path": "slug.py"}, {"path": "test_slug.py"}]
    assert look.stop_reason is StopReason.TOOL_CALLS
    assert (look.model, look.cost_usd, look.usage.is_estimate) == ("replay", 0.0, True)
    assert look.usage.input > 10
    assert look.usage.output > 5

    request = extend(request, look, "x", "def slugify(text):")
    edit = await replay.answer(request)
    assert edit.tool_calls[0].arguments == {"path": "several\nlines"}

    request = extend(request, edit, "no match; the nearest lines are")
    miss = await replay.answer(request)
    assert (miss.text, miss.stop_reason) == ("I missed.", StopReason.END_TURN)

    done = await replay.answer(extend(request, miss, "3 passed"))
    assert done.text == "It works."


async def test_it_goes_on_after_a_kill(replay: Replay) -> None:
    """Another process that loads the same script gives the same answer to the same conversation."""
    first = await replay.answer(ask("The slug is wrong."))
    request = extend(ask("The slug is wrong."), first, "x", "def slugify(text):")
    again = Replay(parse(SCRIPT, "demo.toml"), tokenizer=make_tokenizer())
    assert (await again.answer(request)) == (await replay.answer(request))


async def test_ids_that_were_made_unique_still_name_their_turn(replay: Replay) -> None:
    """A call's id is the record of its turn, also with a suffix; ids differ within a conversation."""
    first = await replay.answer(ask("slug"))
    assert [call.id for call in first.tool_calls] == ["replay--look--0", "replay--look--1"]


async def test_its_own_words_are_not_what_was_shown(replay: Replay) -> None:
    """Predicates search what the model was shown, never what it said."""
    with pytest.raises(Permanent):
        await replay.answer(ask("Go.", Message(Role.ASSISTANT, (Text("slug passed"),)), "More."))


async def test_nothing_fits(replay: Replay) -> None:
    """The failure names every turn that is left and the first thing each waits for, and what was shown last."""
    first = await replay.answer(ask("slug"))
    with pytest.raises(Permanent) as raised:
        await replay.answer(extend(ask("slug"), first, "something", "nothing here"))
    message = str(raised.value)
    assert "written by hand" in message
    assert "- edit: '^def slugify' was not shown last" in message
    assert "- done: 'passed' was not shown" in message
    assert "Used: look" in message
    assert "nothing here" in message


async def test_a_predicate_may_forbid(replay: Replay) -> None:
    """`not_shown` keeps a turn back once its expression was shown."""
    first = await replay.answer(ask("slug: no match"))
    with pytest.raises(Permanent, match="- edit: 'no match' was shown"):
        await replay.answer(extend(ask("slug: no match"), first, "def slugify", "x"))


async def test_a_script_older_than_the_tools_says_so(replay: Replay) -> None:
    """A turn that calls a tool which the request does not offer fails, naming both."""
    with pytest.raises(Permanent, match="calls read_file, which this request does not offer"):
        await replay.answer(ask("slug", tools=()))


async def test_an_exhausted_script_says_so() -> None:
    """With every turn used the failure says that none is left."""
    script = parse('[recording]\nmade = "x"\n[[turn]]\nname = "a"\nanswer = "Yes."', "s.toml")
    replay = Replay(script, tokenizer=make_tokenizer())
    first = await replay.answer(ask("Go."))
    with pytest.raises(Permanent, match="none is left"):
        await replay.answer(ask("Go.", Message(Role.ASSISTANT, first.blocks), "More."))
    await replay.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no replay script"),
        ("x = ", "no TOML"),
        ("", "recording"),
        ("turn = []\n[recording]\nmade = 'x'", "no turn"),
        ("[recording]\nmade = 'x'\n[[turn]]\nname = 'A B'\nanswer = 'x'", "turn.0.name"),
        ("[recording]\nmade = 'x'\n[[turn]]\nname = 'a'", "answers nothing"),
        ("[recording]\nmade = 'x'\n[[turn]]\nname = 'a'\nanswer = 'x'\nwhen.showed = ['y']", "turn.0.when.showed"),
        ("[recording]\nmade = 'x'\n[[turn]]\nname = 'a'\nanswer = 'x'\nwhen.last = ['(']", "wrong expression '\\('"),
        ("[recording]\nmade = 'x'\n" + "[[turn]]\nname = 'a'\nanswer = 'x'\n" * 2, "2 turns are called 'a'"),
        ("[recording]\nmade = 'x'\n[[turn]]\nname='a'\nanswer='x'\n[[turn]]\nname='b'\nanswer='x'", "the same words"),
    ],
)
def test_a_wrong_script_stops_start_up(text: str | None, words: str) -> None:
    """Everything that is wrong with a script is said with its place, before anything runs."""
    with pytest.raises(SettingsError, match=words):
        parse(text, "demo.toml")


def test_a_script_can_be_held_against_the_tools() -> None:
    """Checking with the tools' names finds calls of tools that do not exist."""
    script = parse(SCRIPT, "demo.toml")
    assert check(script, [READ_FILE.name]) == []
    assert check(script, ["diff"]) == ["turn 'look' calls 'read_file', which is no tool"] * 2 + [
        "turn 'edit' calls 'read_file', which is no tool"
    ]


def test_scripts_are_files(tmp_path: Path) -> None:
    """A script is loaded from a file, and a missing file is a wrong setting."""
    (tmp_path / "demo.toml").write_text(SCRIPT, encoding="utf-8")
    assert load(tmp_path / "demo.toml", tokenizer=make_tokenizer()).script.recording.by == "the maintainers"
    with pytest.raises(SettingsError, match="YANTRA_REPLAY_SCRIPT"):
        load(tmp_path / "gone.toml", tokenizer=make_tokenizer())
