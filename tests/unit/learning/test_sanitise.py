"""Nothing that is nobody's business is remembered: held for examples, and for whatever hypothesis thinks of."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.learning.sanitise import LONGEST, LONGEST_LITERAL, anonymise, is_card, sanitise

TOKEN = "ghp_" + "a1B2" * 9
around = st.text(string.ascii_letters + string.digits + " \n\t.,:;()[]{}<>/=+-_*'\"#", max_size=60)
words = st.text(string.ascii_lowercase, min_size=3, max_size=12)
digits = st.from_regex(r"[1-9][0-9]{14}", fullmatch=True)


def with_check_digit(number: str) -> str:
    return next(number + last for last in string.digits if is_card(number + last))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to ann.lee@mail.example.org now", "write to [e-mail] now"),
        (f"token = {TOKEN}", "token = [redacted]"),
        ("postgres://app:hunter22@db.internal/x", "postgres://db.internal/x"),
        ("https://bot@host/x?token=abc123&page=2", "https://host/x?token=[redacted]&page=2"),
        ("card 4111 1111 1111 1111, order 4111 1111 1111 1112", "card [card], order 4111 1111 1111 1112"),
        ("ssn 078-05-1120", "ssn [id]"),
        ("GB33BUKB20201555555555 paid", "[id] paid"),
        ("call +44 20 7946 0958 or (212) 555-0100 or +4915112345678", "call [phone] or [phone] or [phone]"),
        ("Signed-off-by: Ann Lee <a@b.org>", "Signed-off-by: [name]"),
        ("File /home/annlee/src/a.py, line 3", "File /home/[name]/src/a.py, line 3"),
        ("raise ValueError('no such name')", "raise ValueError('no such name')"),
        ("x = 'a\\'b'", "x = 'a\\'b'"),
        ("2026-11-28 12:30, 1024 bytes, 3.14159, 10.0.0.1", "2026-11-28 12:30, 1024 bytes, 3.14159, 10.0.0.1"),
        ("assert 12345678901234567 == total", "assert 12345678901234567 == total"),
    ],
)
def test_what_is_somebodys_is_replaced_and_the_rest_is_kept(text: str, kept: str) -> None:
    """Secrets, addresses, numbers of people and cards, names; not dates, decorators or sizes."""
    assert sanitise(text) == kept


def test_people_that_are_known_are_not_named() -> None:
    """Whole words, however they are written; a short name would take half of the text along."""
    assert sanitise("ANN-LEE and Ann Lee said annleeish", people=["Ann Lee", "ann-lee", "an"]) == (
        "[name] and [name] said annleeish"
    )


def test_in_prose_a_mention_names_somebody() -> None:
    """In code and in what tools print it does not: a decorator, an annotation and a package are part of the lesson."""
    text = "thanks @ann-lee, see `@dataclass` and @app.route and x@y"
    assert sanitise(text, is_prose=True) == "thanks @[name], see `@dataclass` and @app.route and x@y"
    code = "@given(x)\n@Test void a() {} // @typescript-eslint/no-unsafe-call"
    assert sanitise(code) == code


def test_long_literals_are_named_by_their_length() -> None:
    """What a program says to its users is theirs; what a lesson needs is that there was a text."""
    long = "x" * (LONGEST_LITERAL + 1)
    assert sanitise(f'say("{long}")') == f'say("[{len(long)} letters]")'
    assert sanitise(f"say('{long[1:]}')") == f"say('{long[1:]}')"
    assert len(sanitise("word " * LONGEST)) == LONGEST
    prose = f"don't {'say it ' * 40} isn't"
    assert sanitise(prose) == prose, "an apostrophe is no quote"


@given(around, around, st.sampled_from(["e-mail", "token", "password", "card", "home"]), words, digits)
def test_no_secret_and_nobodys_data_is_left(before: str, after: str, kind: str, word: str, number: str) -> None:
    """Whatever stands around it, between blanks, it is not in what is kept."""
    card = with_check_digit(number)
    planted = {
        "e-mail": (f"{word}@{word}.example.org", f"{word}@"),
        "token": (TOKEN, TOKEN[4:]),
        "password": (f"https://u:{word}9X@host.example/", f"{word}9X"),
        "card": (card, card),
        "home": (f"/home/{word}9X/src", f"{word}9X"),
    }
    text, secret = planted[kind]
    assert secret not in sanitise(f"{before} {text} {after}")


@given(st.text(max_size=300) | around)
def test_twice_is_once(text: str) -> None:
    """What was stored is not changed by being read and stored again."""
    once = sanitise(text)
    assert sanitise(once) == once
    assert len(once) <= LONGEST


def test_abroad_the_names_of_the_business_are_gone() -> None:
    """The same name is the same everywhere, libraries' names and prose stay."""
    found = anonymise(
        (
            "await fetch_invoices(acmeClient)",
            "fetch_invoices of acmeClient is a coroutine; use asyncio.gather and np.asarray2",
        ),
        known={"asarray2", "np"},
    )
    assert found == (
        "await name1(name2)",
        "name1 of name2 is a coroutine; use asyncio.gather and np.asarray2",
    )
    assert anonymise(found, known={"asarray2", "np"}) == found


@given(st.lists(st.from_regex(r"[a-z]{2,8}_[a-z]{2,8}", fullmatch=True), min_size=1, max_size=5, unique=True))
def test_no_own_name_is_left_abroad(names: list[str]) -> None:
    """Names that no language and no library has are all replaced, each by its own."""
    (text,) = anonymise((" ".join(f"{name}()" for name in names),))
    assert not any(name in re.findall(r"\w+", text) for name in names if name not in dir(str))
    assert len(set(text.split())) == len(names)
