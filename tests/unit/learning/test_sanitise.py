"""Nothing that is nobody's business is remembered: held for examples, and for whatever hypothesis thinks of."""

import re
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yantra_bot.learning.sanitise import LONGEST, LONGEST_LITERAL, anonymise, hide_secrets, is_card, sanitise
from yantra_bot.validation.security.secrets.placeholders import is_random, stands_for_one

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
        ('db_password = "tr0ub4dor&Zebra-91xQ"', 'db_password = "[redacted]"'),
        ("{'api_key': 'correct-horse-battery'}", "{'api_key': '[redacted]'}"),
        ("login(user, 'tr0ub4dor&Zebra')", "login(user, '[redacted]')"),
        ("DB_PASS=tr0ub4dor&Zebra", "DB_PASS=[redacted]"),
        ("password = os.environ['DB_PASSWORD']", "password = os.environ['DB_PASSWORD']"),
        ("token = read_token(path)[0]", "token = read_token(path)[0]"),
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


NAMES = ("db_password", "API_KEY", "secret", "auth-token", "clientSecret", "passphrase")
FORMS = ('{} = "{}"', "{}: str = '{}'", "'{}': '{}',", "{} := `{}`", 'export {}="{}"', "{}={}", "{}: {}")
values = st.from_regex(r"[a-z]{4,8}[0-9]{2,4}[&%!?-][A-Z]{2}[a-z]{2,8}", fullmatch=True)


@given(st.sampled_from(NAMES), st.sampled_from(FORMS), values, around, around)
def test_what_is_given_to_the_name_of_a_secret_is_hidden(
    name: str, form: str, value: str, before: str, after: str
) -> None:
    """On its own line, whatever stands around it, and whatever the form; what is too regular is no secret."""
    assume(is_random(value, bits=2.75) and not stands_for_one(value))
    assert value not in sanitise(f"{before}\n{form.format(name, value)}\n{after}")


def lines_of_key(seed: int, count: int) -> list[str]:
    letters = string.ascii_letters + string.digits
    return ["".join(letters[(seed + 7 * line + 11 * place) % 62] for place in range(64)) for line in range(count)]


@given(
    st.integers(0, 61),
    st.integers(1, 12),
    st.sampled_from(
        [(mark, end) for mark in ("", "E   ", ">   ", "  + ", "| ") for end in ("\n", "\r\n")] + [("", "\\n")]
    ),
    st.booleans(),
)
def test_a_key_that_is_cut_is_hidden_to_where_it_was_cut(
    seed: int, count: int, printed: tuple[str, str], has_begin: bool
) -> None:
    """At its beginning, at its end, as a tool prints it, also with a short last line; what stands around is kept."""
    body = [*lines_of_key(seed, count), "aZ3x=="]
    edge = "BEGIN" if has_begin else "END"
    lines = [f"-----{edge} RSA PRIVATE KEY-----"]
    prefix, end = printed
    text = end.join(prefix + line for line in (lines + body if has_begin else body + lines))
    kept = hide_secrets(f"it said\n{text}" if has_begin else f"it said:\n{text}\nand failed")
    assert not any(line in kept for line in body)
    assert kept.startswith("it said")
    assert has_begin or kept.endswith("and failed")


def test_where_no_key_ends_its_mark_is_a_word() -> None:
    """Code and prose about keys are no keys."""
    text = 'strip what ends with "-----END PRIVATE KEY-----" here'
    assert hide_secrets(text) == text


@pytest.mark.parametrize(
    "piece", ["\n", " ", "'", '"', "\\'", "1 ", "1", "author:", "a-", "key ", "login", "eyJ-", "@a."]
)
@pytest.mark.timeout(60)
def test_no_text_holds_control_up(piece: str) -> None:
    """However a long text repeats itself, it takes no time that grows with its square."""
    text = (piece * 65_000)[:65_000]
    assert len(sanitise(text, is_prose=True)) <= LONGEST


def test_a_signature_is_found_in_a_sea_of_blank_lines() -> None:
    """Nor is anything before or after its line taken along."""
    assert sanitise("\n\n  Author :  Ann Lee\n\nx") == "\n\n  Author : [name]\n\nx"


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
