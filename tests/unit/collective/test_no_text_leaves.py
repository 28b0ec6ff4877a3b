"""No text leaves: whatever is planted in names, code, docstrings and paths, what is sent has no place for it."""

import base64
import json
from typing import Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.scoring import make_batch
from yantra_bot.clock import SystemClock
from yantra_bot.collective.client import Client, ClientSettings
from yantra_bot.collective.messages import FORMAT, GRAMMAR, MOST_BYTES, MOST_PATTERNS, read_submission, write_submission
from yantra_bot.collective.pattern import (
    COMPLEXITIES,
    EMBEDDING,
    LANGUAGES,
    LEVELS,
    MOST_BITS,
    STEPS,
    Pattern,
    make_pattern,
)
from yantra_bot.domain.graph import Language
from yantra_bot.domain.scores import ChangeScore, Lesson
from yantra_bot.errors import UserError
from yantra_bot.runs.learner import Learner
from yantra_bot.scoring.numbers import write_numbers

BASE = "0123456789ab"
CLOSED = (
    json.dumps([*STEPS, *LANGUAGES])
    + (
        '{"format":1,"features":1,"base":"","patterns":[{"embedding":[-3,-1,1,3],"steps":[""],'
        '"language":"","complexity":1,"is_passing":true},{"is_passing":false}]}'
    )
    + BASE
)


def read_code(planted: str, name: str) -> list[float]:
    """Return an embedding that gives away as much as one can: the letters of the code themselves, as numbers."""
    code = f"def {name}(path='{planted}'):\n    '''{planted}'''\n    return open('{planted}')\n"
    row = np.zeros(EMBEDDING)
    letters = code.encode("utf-8", errors="replace")[:EMBEDDING]
    row[: len(letters)] = list(letters)
    return list(row)


def send_letters(text: str) -> bytes:
    """Return what is sent of an embedding whose numbers are letters."""
    row = list(text.encode("ascii"))
    pattern = make_pattern(row, steps=(), language="python", complexity=2, is_passing=True)
    return write_submission((pattern,), features=1, base=BASE)


def send(planted: str, name: str) -> bytes:
    pattern = make_pattern(
        read_code(planted, name), steps=[planted, name, "query"], language="python", complexity=2, is_passing=True
    )
    return write_submission((pattern,), features=1, base=BASE)


@given(st.text(min_size=2, max_size=60), st.text(min_size=2, max_size=30))
def test_no_text_that_is_planted_leaves(planted: str, name: str) -> None:
    """In a name, the code, a docstring, a path, a step: it is not in the bytes; they are closed words."""
    sent = send(planted, name).decode("ascii")
    assert GRAMMAR.fullmatch(sent)
    for text in (planted, name):
        is_number = all(letter in "0123456789.,-[] " for letter in text)
        assert is_number or text in CLOSED or text not in sent


@given(st.text(max_size=40))
def test_every_word_that_is_sent_is_of_a_closed_list(planted: str) -> None:
    """Read back, each text in it is a key, a step, a language, or digits of a fixed length."""
    said = json.loads(send(planted, planted))
    assert list(said) == ["format", "features", "base", "patterns"]
    (pattern,) = said["patterns"]
    assert list(pattern) == ["embedding", "steps", "language", "complexity", "is_passing"]
    assert set(pattern["steps"]) <= set(STEPS)
    assert pattern["language"] in LANGUAGES
    assert all(type(number) is int and number in LEVELS for number in pattern["embedding"])


def tell_as_one_number(body: bytes) -> tuple[int, int]:
    """Return which of all patterns that can be sent a body's one is, and of how many."""
    (pattern,) = json.loads(body)["patterns"]
    digits = [(LEVELS.index(level), len(LEVELS)) for level in pattern["embedding"]]
    digits += [(int(step in pattern["steps"]), 2) for step in STEPS]
    digits += [(LANGUAGES.index(pattern["language"]), len(LANGUAGES)), (pattern["complexity"] - 1, COMPLEXITIES)]
    digits += [(int(pattern["is_passing"]), 2)]
    which, ways = 0, 1
    for digit, base in digits:
        which, ways = which * base + digit, ways * base
    return which, ways


def make_from(which: int) -> Pattern:
    """Return the pattern that a number stands for."""
    places: list[int] = []
    for base in (2, COMPLEXITIES, len(LANGUAGES), *(2,) * len(STEPS), *(len(LEVELS),) * EMBEDDING):
        which, place = divmod(which, base)
        places.insert(0, place)
    levels, has = places[:EMBEDDING], places[EMBEDDING : EMBEDDING + len(STEPS)]
    language, complexity, passing = places[EMBEDDING + len(STEPS) :]
    steps = tuple(step for step, is_there in zip(STEPS, has, strict=True) if is_there)
    return Pattern(tuple(LEVELS[place] for place in levels), steps, LANGUAGES[language], 1 + complexity, passing == 1)


WORKER: Final = st.builds(
    Lesson,
    st.sampled_from(list(Language)),
    st.integers(min_value=1, max_value=5),
    st.lists(st.one_of(st.sampled_from(STEPS), st.text(max_size=200)), max_size=40).map(tuple),
    st.text(min_size=EMBEDDING, max_size=4 * EMBEDDING).map(lambda text: hide(text.encode(errors="replace"))),
)
"""Lessons of a worker that writes text wherever a number or a word goes."""


def hide(text: bytes) -> str:
    """Return numbers as a worker hands them over, with text in each: three letters in a number's digits."""
    letters = np.resize(np.frombuffer(text, "u1"), 3 * EMBEDDING).reshape(EMBEDDING, 3).astype(np.float64)
    row = letters @ [1.0, 2.0**-8, 2.0**-16]
    batch = make_batch(len(text), scored=1, nodes=(3,))
    batch.symbols.features[:] = np.resize(row, batch.symbols.features.shape)
    numbers = write_numbers(batch, np.asarray(row / max(float(np.linalg.norm(row)), 1e-12), np.float32))
    return base64.b64encode(numbers or b"").decode()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(WORKER, st.sampled_from([0.5, 1.0]))
async def test_a_worker_that_writes_text_into_everything_gets_no_more_out_than_the_stated_bits(
    tmp_path_factory: pytest.TempPathFactory, lesson: Lesson, share: float
) -> None:
    """What is sent is one of 2^292 bodies, known beforehand: made again from its number alone, it is the same bytes."""
    folder = tmp_path_factory.mktemp("worker")
    client = Client(folder, ClientSettings("https://c.example", "ab" * 32, "e" * 48), SystemClock())
    score = ChangeScore(model=BASE, lessons=(lesson,))
    await Learner(None, client, is_common=bool).learn(score, share)
    (waits,) = client.outbox.waiting()
    body = write_submission((waits,), features=1, base=BASE)
    which, ways = tell_as_one_number(body)
    assert which < ways <= 2**MOST_BITS
    assert write_submission((make_from(which),), features=1, base=BASE) == body


def test_two_texts_that_differ_in_their_letters_leave_as_the_same_bytes() -> None:
    """A text of 128 letters that an embedding holds without loss is not in its levels."""
    text = "the password of the database is swordfish and the host is db.internal.example.com".ljust(EMBEDDING, ".")
    other = text.translate(str.maketrans("swordfish", "rvnqceirg"))
    assert other != text
    assert send_letters(text) == send_letters(other)


def test_the_order_of_patterns_tells_nothing() -> None:
    """64 patterns in an order of one's choice would hold 37 letters."""
    patterns = [make_from(7**place) for place in range(90, 95)]
    assert write_submission(tuple(patterns), features=1, base=BASE) == write_submission(
        tuple(patterns[::-1]), features=1, base=BASE
    )


@pytest.mark.parametrize(
    "wrong",
    [
        Pattern((1,) * EMBEDDING, ("my password",), "python", 1, True),
        Pattern((1,) * EMBEDDING, (), "/home/ann", 1, True),
        Pattern((2,) * EMBEDDING, (), "python", 1, True),
        Pattern((0.1,) * EMBEDDING, (), "python", 1, True),  # type: ignore[arg-type] (wrong on purpose)
        Pattern((1.0,) * EMBEDDING, (), "python", 1, True),  # type: ignore[arg-type] (wrong on purpose)
        Pattern((1,) * (EMBEDDING - 1), (), "python", 1, True),
        Pattern((1,) * EMBEDDING, (), "python", 1234, True),
    ],
)
def test_what_was_made_around_the_check_is_not_sent(wrong: Pattern) -> None:
    """The last look is at the bytes themselves."""
    with pytest.raises(AssertionError):
        write_submission((wrong,), features=1, base=BASE)


def test_the_longest_submission_fits() -> None:
    """What the grammar allows is never refused for its size."""
    longest = Pattern((-1,) * EMBEDDING, STEPS, "javascript", 5, False)
    body = write_submission((longest,) * MOST_PATTERNS, features=999_999, base=BASE)
    assert len(body) < MOST_BYTES
    assert len(read_submission(body).read()) == MOST_PATTERNS


@pytest.mark.case("P03")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f'"format":{FORMAT}', f'"format":{FORMAT + 1}'),
        ('"features":1', '"features":"1"'),
        ('"features":1', '"features":1,"note":"hello"'),
        ('"is_passing":true', '"is_passing":1'),
        ('"is_passing":true', '"is_passing":true,"code":"x"'),
        ('"embedding":[', '"embedding":[NaN,'),
        ('"embedding":[', '"embedding":[Infinity,'),
        ('"embedding":[', '"embedding":[1e400,'),
        ('"embedding":[', '"embedding":[1,'),
        ('"embedding":[3', '"embedding":[2'),
        ('"embedding":[3', '"embedding":[0'),
        ('"embedding":[3', '"embedding":[3.0'),
        ('"embedding":[3', '"embedding":[2.9375'),
        ('"embedding":[3', '"embedding":["3"'),
        ('"embedding":[3', '"embedding":[true'),
        ('"steps":["query"]', '"steps":["drop table"]'),
        ('"steps":["query"]', '"steps":["query","query"]'),
        ('"language":"python"', '"language":"klingon"'),
        ('"complexity":2', '"complexity":0'),
        ('"complexity":2', '"complexity":2.0'),
        (BASE, BASE.upper()),
        (BASE, BASE + "\\n"),
    ],
)
def test_a_submission_of_another_form_is_refused(old: str, new: str) -> None:
    """No numbers, words that are on no list, further fields, other types: nothing of it is read."""
    body = send("secret", "name").replace(old.encode(), new.encode(), 1)
    assert new.encode() in body
    with pytest.raises(UserError):
        read_submission(body).read()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format":1}'])
def test_what_is_no_submission_is_refused(body: bytes) -> None:
    """Whatever a stranger sends."""
    with pytest.raises(UserError):
        read_submission(body)
