"""Tokens are counted exactly, offline, and cut without breaking a character."""

import math
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yantra_bot import artefacts
from yantra_bot.domain.conversation import Message, ModelRequest, Opaque, Role, Text, ToolCall, ToolResult, ToolSpec
from yantra_bot.errors import UserError
from yantra_bot.retrieval.tokens import CL100K, O200K, Tokenizer, Tokenizers, Vocabulary, find_counting

TEXTS = st.text() | st.lists(
    st.sampled_from(
        ["a", " ", "\n", "\r\n", "  ", "é", "漢", "🎉", "<|endoftext|>", "def ", "12345", "\t", "'s", "   ", "A"]
    )
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


@pytest.fixture(scope="module")
def every() -> Tokenizers:
    return Tokenizers(artefacts.path("token-ranks"))


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], list[int]]:
    """tiktoken's own encodings, which find the rank files as if they had been downloaded."""
    import tiktoken

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(artefacts.path("token-ranks")))
    return lambda name, text: tiktoken.get_encoding(name).encode(text, disallowed_special=())


@pytest.mark.parametrize("vocabulary", [CL100K, O200K], ids=lambda one: one.name)
def test_it_counts_as_tiktoken_does(vocabulary: Vocabulary, theirs: Callable[[str, str], list[int]]) -> None:
    """The encodings built here are tiktoken's own, on code, prose and data."""
    import tiktoken

    tokenizer = Tokenizer(artefacts.path("token-ranks"), vocabulary)
    root = Path(__file__).parents[3]
    for path in (*Path(tiktoken.__file__).parent.glob("*.py"), root / "README.md", root / "locks" / "base.txt"):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert tokenizer.count(text) == len(theirs(vocabulary.name, text)), path


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_any_text_is_counted_as_tiktoken_does(
    every: Tokenizers, theirs: Callable[[str, str], list[int]], text: str
) -> None:
    """Both vocabularies, on whatever characters."""
    assert every.of("gpt-4").count(text) == len(theirs("cl100k_base", text))
    assert every.of("gpt-5").count(text) == len(theirs("o200k_base", text))


@pytest.fixture(scope="module")
def cutters() -> list[Tokenizer]:
    """Tokenizers that take three blanks for a long run."""
    return [Tokenizer(artefacts.path("token-ranks"), vocabulary, long_run=3) for vocabulary in (CL100K, O200K)]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_cutting_at_long_runs_of_blanks_changes_no_token(
    cutters: list[Tokenizer], theirs: Callable[[str, str], list[int]], text: str
) -> None:
    """What is done for runs that would overflow tiktoken's pattern engine is exact."""
    for tokenizer in cutters:
        assert tokenizer.count(text) == len(theirs(tokenizer.vocabulary.name, text))


@pytest.mark.parametrize(
    "text", [" " * 1_100_000, " " * 1_100_000 + "x", "\u3000" * 1_100_000 + "x"], ids=["end", "word", "wide"]
)
def test_a_million_blanks_are_counted_and_do_not_panic(every: Tokenizers, text: str) -> None:
    """tiktoken's own way to count these ends in a panic that no `except Exception` catches."""
    assert every.of("gpt-6").count(text) > 1_000


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
    (tmp_path / CL100K.file).write_bytes(b"aGVsbG8= 0\n")
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


@pytest.mark.parametrize(
    ("model", "vocabulary", "margin"),
    [
        ("gpt-4-0613", CL100K, 1.0),
        ("gpt-3.5-turbo", CL100K, 1.0),
        ("gpt-4o-mini", O200K, 1.0),
        ("gpt-4.1", O200K, 1.0),
        ("gpt-5", O200K, 1.0),
        ("gpt-6.2-sol", O200K, 1.0),
        ("openai/gpt-6-luna", O200K, 1.0),
        ("o3-mini", O200K, 1.0),
        ("claude-sonnet-4-6", CL100K, 1.2),
        ("claude-3-5-sonnet", CL100K, 1.2),
        ("claude-opus-4-8", CL100K, 1.55),
        ("claude-sonnet-5-5", CL100K, 1.55),
        ("llama-4", CL100K, 1.25),
        ("", CL100K, 1.25),
    ],
)
def test_each_model_has_its_vocabulary(model: str, vocabulary: Vocabulary, margin: float) -> None:
    """The newest public one for OpenAI's, cl100k_base with a margin for the rest."""
    counting = find_counting(model)
    assert (counting.vocabulary, counting.margin) == (vocabulary, margin)


def test_the_estimate_of_a_request_has_the_margin_on_top(every: Tokenizers) -> None:
    """What a vendor may count is more than what is counted here, where its vocabulary is not public."""
    messages = (Message(Role.USER, (Text("a word or two " * 100),)),)
    counted = {
        model: every.estimate_request(ModelRequest(model, "", (), messages, 10))
        for model in ("gpt-4", "claude-opus-5-5", "claude-haiku-4-5")
    }
    assert counted["claude-opus-5-5"] == math.ceil(counted["gpt-4"] * 1.55)
    assert counted["claude-haiku-4-5"] == math.ceil(counted["gpt-4"] * 1.2)


def test_every_vocabulary_is_loaded_at_the_start(tmp_path: Path) -> None:
    """What is missing is told then, not at the first request."""
    Tokenizers(artefacts.path("token-ranks")).load()
    with pytest.raises(UserError, match="make setup"):
        Tokenizers(tmp_path).load()
