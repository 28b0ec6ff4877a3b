"""Tokens are counted exactly, offline, and cut without breaking a character."""

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot import artefacts
from yantra_bot.domain.conversation import Message, ModelRequest, Opaque, Role, Text, ToolCall, ToolResult, ToolSpec
from yantra_bot.errors import UserError
from yantra_bot.retrieval.tokens import RANK_FILE, Tokenizer

TEXTS = st.text() | st.lists(
    st.sampled_from(["a", " ", "\n", "\r\n", "  ", "é", "漢", "🎉", "<|endoftext|>", "def ", "12345", "\t", "'s"])
).map("".join)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer(artefacts.path("token-ranks"))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("hello world", 2),
        ("def f(a, b):\n    return a + b\n", 12),
        ("antidisestablishmentarianism", 6),
        ("こんにちは世界", 4),
        ("🎉🎉", 6),
        ("12345678", 3),
        ("\ud800", 1),
    ],
)
def test_known_counts(tokenizer: Tokenizer, text: str, count: int) -> None:
    """Counts are cl100k_base's."""
    assert tokenizer.count(text) == count


def test_it_counts_as_tiktoken_does(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoding built here is tiktoken's own, on code, prose and data."""
    import tiktoken

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(artefacts.path("token-ranks")))
    theirs = tiktoken.get_encoding("cl100k_base")
    root = Path(__file__).parents[3]
    for path in (*Path(tiktoken.__file__).parent.glob("*.py"), root / "README.md", root / "locks" / "base.txt"):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert tokenizer.count(text) == len(theirs.encode(text, disallowed_special=())), path


def test_special_tokens_are_plain_text(tokenizer: Tokenizer) -> None:
    """Text that looks like a special token is counted as the characters it is."""
    assert tokenizer.count("<|endoftext|>") == 7
    assert tokenizer.count("<|endoftext|>" * 3) > 15


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, limit=st.integers(min_value=0, max_value=60))
def test_truncation_is_a_beginning_that_fits(tokenizer: Tokenizer, text: str, limit: int) -> None:
    """What is left is a beginning of the text with at most the tokens asked for, and the whole text where it fits."""
    cut = tokenizer.truncate(text, limit)
    fits = tokenizer.count(text) <= limit
    assert text.startswith(cut)
    assert tokenizer.count(cut) <= limit
    assert fits == (cut == text)
    assert tokenizer.would_exceed(text, limit) == (not fits)


@pytest.mark.parametrize("limit", [1, 2, 10, 99, 1000])
def test_truncation_of_prose_is_exact(tokenizer: Tokenizer, limit: int) -> None:
    """Ordinary text is cut to exactly the number of tokens."""
    assert tokenizer.count(tokenizer.truncate("the quick brown fox jumps over the lazy dog " * 200, limit)) == limit


def test_a_batch_is_its_parts(tokenizer: Tokenizer) -> None:
    """A batch count is each text's count, in order."""
    assert tokenizer.count_batch(["hello world", "", "a b c"]) == [2, 0, 3]


def test_a_request_is_more_than_its_words(tokenizer: Tokenizer) -> None:
    """Everything that is sent counts: system, tools, words, calls, results and a vendor's own blocks."""
    blocks = (Text("one two"), ToolCall("i", "diff", {"a": 1}), ToolCall("j", "diff", None), Opaque("v", {"x": "y"}))
    messages = (Message(Role.ASSISTANT, blocks), Message(Role.USER, (ToolResult("i", "three four"),)))
    request = ModelRequest("m", "system words", (ToolSpec("diff", "Shows.", {"type": "object"}),), messages, 10)
    empty = ModelRequest("m", "", (), (), 10)
    assert tokenizer.count_request(request) == pytest.approx(50, abs=15)
    assert tokenizer.count_request(empty) < 10


def test_missing_ranks_say_the_cure(tmp_path: Path) -> None:
    """Without the rank file the error names it and the command that fetches it."""
    with pytest.raises(UserError, match="make setup"):
        Tokenizer(tmp_path).count("x")


def test_damaged_ranks_are_refused(tmp_path: Path) -> None:
    """A rank file whose hash is wrong is never counted with."""
    (tmp_path / RANK_FILE).write_bytes(b"aGVsbG8= 0\n")
    with pytest.raises(UserError, match="damaged"):
        Tokenizer(tmp_path).load()


def test_threads_share_one_encoding() -> None:
    """Many threads that count at once, from the first use on, all count right."""
    tokenizer = Tokenizer(artefacts.path("token-ranks"))
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(tokenizer.count("hello world"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [2] * 8
