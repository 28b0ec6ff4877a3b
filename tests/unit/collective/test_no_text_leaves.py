"""No text leaves: whatever is planted in names, code, docstrings and paths, what is sent has no place for it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.collective.messages import FORMAT, GRAMMAR, MOST_BYTES, MOST_PATTERNS, read_submission, write_submission
from yantra_bot.collective.pattern import EMBEDDING, LANGUAGES, STEPS, Pattern, make_pattern
from yantra_bot.errors import UserError

IDENTITY, SEAL, BASE = "ab" * 32, "0" * 511 + "1", "0123456789ab"
CLOSED = (
    json.dumps([*STEPS, *LANGUAGES])
    + (
        '{"format":1,"features":1,"base":"","week":2900,"id":"","seal":"","patterns":[{"embedding":[0.1],"steps":[""],'
        '"language":"","complexity":1,"is_passing":true},{"is_passing":false}]}'
    )
    + IDENTITY
    + SEAL
    + BASE
)


def read_code(planted: str, name: str) -> list[float]:
    """Return an embedding that gives away as much as one can: the letters of the code themselves, as numbers."""
    code = f"def {name}(path='{planted}'):\n    '''{planted}'''\n    return open('{planted}')\n"
    row = np.zeros(EMBEDDING)
    letters = code.encode("utf-8", errors="replace")[:EMBEDDING]
    row[: len(letters)] = list(letters)
    return list(row)


def send(planted: str, name: str) -> bytes:
    pattern = make_pattern(
        read_code(planted, name), steps=[planted, name, "query"], language="python", complexity=2, is_passing=True
    )
    return write_submission((pattern,), features=1, base=BASE, week=2900, identity=IDENTITY, seal=SEAL)


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
    assert list(said) == ["format", "features", "base", "week", "id", "seal", "patterns"]
    (pattern,) = said["patterns"]
    assert list(pattern) == ["embedding", "steps", "language", "complexity", "is_passing"]
    assert set(pattern["steps"]) <= set(STEPS)
    assert pattern["language"] in LANGUAGES
    assert all(type(number) is float and abs(number) <= 1 for number in pattern["embedding"])


@pytest.mark.parametrize(
    "wrong",
    [
        Pattern((0.1,) * EMBEDDING, ("my password",), "python", 1, True),
        Pattern((0.1,) * EMBEDDING, (), "/home/ann", 1, True),
        Pattern((0.123456,) * EMBEDDING, (), "python", 1, True),
        Pattern((0.1,) * (EMBEDDING - 1), (), "python", 1, True),
        Pattern((0.1,) * EMBEDDING, (), "python", 1234, True),
    ],
)
def test_what_was_made_around_the_check_is_not_sent(wrong: Pattern) -> None:
    """The last look is at the bytes themselves."""
    with pytest.raises(AssertionError):
        write_submission((wrong,), features=1, base=BASE, week=2900, identity=IDENTITY, seal=SEAL)


def test_the_longest_submission_fits() -> None:
    """What the grammar allows is never refused for its size."""
    row = [-0.0884] * EMBEDDING
    longest = Pattern(tuple(row), STEPS, "javascript", 5, False)
    body = write_submission(
        (longest,) * MOST_PATTERNS, features=999_999, base=BASE, week=1, identity=IDENTITY, seal=SEAL
    )
    assert len(body) < MOST_BYTES
    assert len(read_submission(body).read()) == MOST_PATTERNS


@pytest.mark.case("P03")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"format":1', f'"format":{FORMAT + 1}'),
        ('"week":2900', '"week":"2900"'),
        ('"week":2900', '"week":2900,"note":"hello"'),
        ('"is_passing":true', '"is_passing":1'),
        ('"is_passing":true', '"is_passing":true,"code":"x"'),
        ('"embedding":[', '"embedding":[NaN,'),
        ('"embedding":[', '"embedding":[Infinity,'),
        ('"embedding":[', '"embedding":[1e400,'),
        ('"embedding":[', '"embedding":[0.5,'),
        ('"steps":["query"]', '"steps":["drop table"]'),
        ('"steps":["query"]', '"steps":["query","query"]'),
        ('"language":"python"', '"language":"klingon"'),
        ('"complexity":2', '"complexity":0'),
        ('"complexity":2', '"complexity":2.0'),
        (IDENTITY, IDENTITY.upper()),
        (IDENTITY, IDENTITY + "\\n"),
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
