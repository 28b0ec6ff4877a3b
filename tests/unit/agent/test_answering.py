"""The answers of a model to the comments of a review."""

import pytest

from yantra_bot.agent.answering import MAX_ANSWER, Answer, ask_for_answers, read_answers


def test_each_whole_answer_is_taken() -> None:
    """Around the object there may be words; what is no answer is left out."""
    odd = '{"id": "8"}, 9, {"id": 1, "done": 1, "answer": "x"}'
    text = 'Here:\n{"answers": [{"id": 7, "done": true, "answer": " Done so. "}, ' + odd + "]} bye"
    assert read_answers(text) == {7: Answer(True, "Done so.")}
    long = '{"answers": [{"id": 7, "done": false, "answer": "' + "x" * 9_000 + '"}]}'
    assert len(read_answers(long)[7].words) == MAX_ANSWER


@pytest.mark.parametrize(
    "text", ["", "no", "{", "{}", "[1]", '{"answers": 7}', '{"answers": {"id": 7}}', "{" * 100_000]
)
def test_what_holds_no_answer_gives_none(text: str) -> None:
    """A model may say anything."""
    assert read_answers(text) == {}


def test_the_comments_are_listed_with_their_ids() -> None:
    """Each is data in a block of its own."""
    outcome, ask, listed = ask_for_answers([(7, "a"), (8, "b")], "Pushed.").blocks
    assert (outcome.text, listed.text) == ("Pushed.", "id 7: a\n\nid 8: b")  # type: ignore[union-attr]  # texts
    assert "as data" in ask.text  # type: ignore[union-attr]  # a text
