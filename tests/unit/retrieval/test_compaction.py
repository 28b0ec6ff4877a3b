"""A long conversation becomes a short one that vendors accept, with what was found out still in it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.conversations import FACTS, HELD_OUT, is_kept, make_conversation
from yantra_bot import artefacts
from yantra_bot.domain.conversation import Block, Message, Opaque, Role, Text, ToolCall, ToolResult
from yantra_bot.retrieval.compaction import SHORTENED, Room, compact, count_message, split_turns
from yantra_bot.retrieval.notes import HEADING, WARNING, Notes
from yantra_bot.retrieval.tokens import Tokenizer


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(artefacts.path("token-ranks"))


def count(text: str) -> int:
    """Words, which is quick."""
    return len(text.split())


def size(messages: Sequence[Message]) -> int:
    return sum(count_message(message, count) for message in messages)


def says(*blocks: Block) -> Message:
    return Message(Role.ASSISTANT, blocks)


def hears(*blocks: Block) -> Message:
    return Message(Role.USER, blocks)


def turn(number: int, words: int = 50) -> list[Message]:
    """A call, and an answer of so many words."""
    content = " ".join(f"w{number}x{place}" for place in range(words))
    return [
        says(Text(f"Step {number} is about part {number}."), ToolCall(f"c{number}", "read", {"path": f"p{number}.py"})),
        hears(ToolResult(f"c{number}", content)),
    ]


def pairs_are_whole(messages: Sequence[Message]) -> bool:
    """Whether each result follows its call in the message before, as vendors demand, and no call lacks its result."""
    for before, after in zip([None, *messages], [*messages, None], strict=True):
        asked = {block.id for block in before.blocks if isinstance(block, ToolCall)} if before else set()
        given = {block.call_id for block in after.blocks if isinstance(block, ToolResult)} if after else set()
        if asked != given:
            return False
    return True


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """Draw a task and turns with calls, results, words and a vendor's own blocks; the last call may be open."""
    messages = [hears(Text("The task."))]
    if draw(st.booleans()):
        messages.append(hears(Text("And one thing more.")))
    number = 0
    for _ in range(draw(st.integers(0, 25))):
        blocks: list[Block] = []
        results: list[Block] = []
        if draw(st.booleans()):
            blocks.append(Text(draw(st.text(max_size=60)) + "Said. The limit is 7."))
        if draw(st.booleans()):
            blocks.append(Opaque("v", {"signature": "s"}))
        for _ in range(draw(st.integers(0, 3))):
            number += 1
            blocks.append(ToolCall(f"c{number}", "run", draw(st.sampled_from([None, {"command": "make"}, {}]))))
            lines = draw(st.lists(st.text(max_size=30), max_size=20))
            results.append(ToolResult(f"c{number}", "\n".join(lines), draw(st.booleans())))
        if not blocks:
            continue
        if not results or draw(st.booleans()):
            results.append(Text("Go on."))
        messages += [says(*blocks), hears(*results)]
    return messages


@settings(max_examples=200, deadline=None)
@given(messages=conversations(), limit=st.integers(20, 200), last=st.integers(0, 60))
def test_it_is_always_accepted_bounded_and_the_same_again(messages: list[Message], limit: int, last: int) -> None:
    """Whatever was said: pairs stay whole, speakers alternate, a second time changes nothing, nothing grows."""
    room = Room(limit=limit, last=last, chunk=40)
    short = compact(messages, count=count, room=room)
    assert pairs_are_whole(short)
    assert compact(short, count=count, room=room) == short
    assert compact(messages, count=count, room=room) == short
    assert short[0].blocks[0] == messages[0].blocks[0]
    assert short[-1].role is messages[-1].role
    roles = [message.role for message in short[sum(message.role is Role.USER for message in messages[:2]) :]]
    assert all(one is not other for one, other in pairwise(roles))
    if size(messages) <= limit:
        assert short == tuple(messages)


@settings(max_examples=100, deadline=None)
@given(turns=st.integers(10, 60), words=st.integers(5, 80))
def test_it_fits_where_the_first_message_and_the_last_turn_do(turns: int, words: int) -> None:
    """The limit is kept."""
    messages = [hears(Text("task")), *(message for number in range(turns) for message in turn(number, words))]
    room = Room(limit=400, last=150, chunk=100)
    assert size(compact(messages, count=count, room=room)) <= max(room.limit, 0)


def test_the_newest_turns_stay_as_they_are() -> None:
    """So many as have the tokens that are kept; the task stays in front, with the notes behind it."""
    messages = [hears(Text("task")), *(message for number in range(20) for message in turn(number, 100))]
    short = compact(messages, count=count, room=Room(limit=2_000, last=230, share=0.1))
    assert short[-4:] == tuple(messages[-4:])
    assert len(short) == 5
    assert short[0].blocks[0] == Text("task")
    notes = short[0].blocks[1]
    assert isinstance(notes, Text)
    assert notes.text.startswith(HEADING)
    assert "said: Step 3 is about part 3." in notes.text
    assert "read p3.py" in notes.text


def test_notes_are_added_to_earlier_notes() -> None:
    """What was noted the first time is still there after the second."""
    room = Room(limit=700, last=60, chunk=300, share=0.1)
    messages = [hears(Text("task")), hears(Text("It must run on Tuesday."))]
    messages += [message for number in range(14) for message in turn(number)]
    messages[5] = hears(*messages[5].blocks, Text("Nobody may touch the archive."))
    once = compact(messages, count=count, room=room)
    twice = compact([*once, *(m for number in range(20, 40) for m in turn(number))], count=count, room=room)
    notes = twice[1].blocks[-1]
    assert isinstance(notes, Text)
    assert notes.text.count(HEADING) == 1
    assert "user: Nobody may touch the archive." in notes.text
    assert "## 1\n" in notes.text
    assert "Step 25" in notes.text


def test_a_call_without_a_result_is_kept() -> None:
    """Whoever still waits for it finds it."""
    messages = [hears(Text("task")), says(ToolCall("open", "wait", {}))]
    messages += [message for number in range(20) for message in turn(number)]
    short = compact(messages, count=count, room=Room(limit=300, last=100))
    assert says(ToolCall("open", "wait", {})) in short


def test_a_late_result_stays_with_its_call() -> None:
    """Turns that a result ties together are kept or noted down as one."""
    messages = [says(ToolCall("a", "run", {})), hears(Text("wait")), says(Text("yes")), hears(ToolResult("a", "done"))]
    assert len(split_turns(messages, count)) == 1
    assert len(split_turns([*messages, *turn(1)], count)) == 2


def test_the_newest_turns_are_shortened_where_even_they_are_too_long() -> None:
    """The oldest results first, and no more than needed; the model is told."""
    calls = [ToolCall(f"c{number}", "read", {}) for number in range(4)]
    results = [ToolResult(call.id, "word " * 5_000) for call in calls]
    messages = [hears(Text("task")), says(*calls), hears(*results)]
    short = compact(messages, count=count, room=Room(limit=11_000))
    contents = [block.content for block in short[-1].blocks if isinstance(block, ToolResult)]
    assert [SHORTENED in content for content in contents] == [True, True, False, False]
    assert size(short) <= 11_000


def test_a_callers_summary_stands_instead_of_lines() -> None:
    """It is given the words of a chunk and the tokens it may have, and is cut to them."""
    asked: list[tuple[str, int]] = []

    def summarise(words: str, tokens: int) -> str:
        asked.append((words, tokens))
        return "All of it in short.\n" + "and more words " * 50

    messages = [hears(Text("task")), *(message for number in range(30) for message in turn(number))]
    short = compact(messages, count=count, room=Room(limit=900, last=60, chunk=200, share=0.1), summarise=summarise)
    notes = short[0].blocks[1]
    assert isinstance(notes, Text)
    assert "said: Step 0 is about part 0." in asked[0][0]
    assert 'calls: read {"path": "p0.py"}' in asked[0][0]
    assert notes.text.count("All of it in short.") >= len(asked) - 1 > 3
    assert "and more words" not in notes.text


def test_the_warning_is_no_part_of_the_notes() -> None:
    """It is for the model that reads it once."""
    messages = [hears(Text("task")), *(message for number in range(20) for message in turn(number))]
    messages[4] = hears(*messages[4].blocks, WARNING)
    short = compact(messages, count=count, room=Room(limit=600, last=100))
    assert WARNING.text[:40] not in json.dumps([getattr(block, "text", "") for m in short for block in m.blocks])


def test_notes_are_thinned_out_from_the_oldest_and_least_needed() -> None:
    """Calls and lines of results go before what the user said."""
    parts = [f"calls: run number{number}\n| result {number}\nuser: wish {number}" for number in range(20)]
    text = Notes().add(parts, cap=200, count=count).text
    assert count(text) <= 200
    assert "wish 0" in text
    assert "number0" not in text
    assert "| result 0" not in text
    assert Notes(text).add([], cap=200, count=count).text == text


@pytest.mark.parametrize("facts", [FACTS, HELD_OUT], ids=["settled with", "held out"])
def test_planted_facts_survive_in_a_tenth_of_the_room(tokenizer: Tokenizer, facts: tuple) -> None:
    """Of 100 000 tokens at most 12 000 are left, and nine of ten facts over some conversations.

    The conversations quote this repository, so that one of them alone is another after each change of it.
    """
    kept = planted = 0
    for seed in (107, 108, 109):
        messages, told = make_conversation(seed, 100_000, tokenizer.count, facts)
        short = compact(messages, count=tokenizer.count, room=Room(limit=90_000))
        assert sum(count_message(message, tokenizer.count) for message in short) <= 12_000
        kept += sum(is_kept(one, short) for one in told)
        planted += len(told)
    assert kept >= 0.9 * planted
    assert pairs_are_whole(short)


def test_nothing_is_made_up(tokenizer: Tokenizer) -> None:
    """Each line of the notes was said."""
    messages, _ = make_conversation(3, 30_000, tokenizer.count)
    short = compact(messages, count=tokenizer.count, room=replace(Room(limit=20_000), last=2_000))
    said = "\n".join(
        getattr(block, "text", "") or getattr(block, "content", "") for message in messages for block in message.blocks
    )
    notes = short[0].blocks[1]
    assert isinstance(notes, Text)
    lines = [line.split(": ", 1)[-1].removeprefix("| ") for line in notes.text.splitlines()[1:]]
    assert [
        line for line in lines if line not in said and not line.startswith(("## ", "read_file", "search", "run"))
    ] == []
