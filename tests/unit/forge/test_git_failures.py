"""Git's complaints, each to its kind."""

import pytest

from yantra_bot.errors import Permanent, Transient
from yantra_bot.forge.git_failures import Trouble, explain, trouble_of, words_of
from yantra_bot.forge.git_process import Done


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ("fatal: Authentication failed for 'https://github.com/o/r.git/'", Trouble.CREDENTIALS),
        ("fatal: could not read Password for 'https://x-access-token@github.com'", Trouble.CREDENTIALS),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", Trouble.FORBIDDEN),
        ("fatal: repository 'https://github.com/o/r.git/' not found", Trouble.NOT_FOUND),
        ("fatal: couldn't find remote ref refs/heads/x", Trouble.NO_BRANCH),
        ("! abc:refs/heads/x [rejected] (stale info)", Trouble.MOVED),
        ("! abc:refs/heads/x [remote rejected] (protected branch hook declined)", Trouble.REJECTED),
        ("fatal: fsck error in packed object", Trouble.MALFORMED),
        ("fetch-pack: error: index-pack died of signal 25", Trouble.TOO_LARGE),
        ("fatal: unable to write: No space left on device", Trouble.TOO_LARGE),
        ("fatal: unable to access: Could not resolve host: github.com", Trouble.NETWORK),
        ("error: RPC failed; curl 56 GnuTLS recv error", Trouble.NETWORK),
        ("fatal: unable to access: The requested URL returned error: 503", Trouble.NETWORK),
        ("fatal: bad object refs/yantra/heads/x", Trouble.LOCAL),
    ],
)
def test_each_complaint_has_its_kind(said: str, trouble: Trouble) -> None:
    """What git says decides who has to act."""
    done = Done(128, b"", said)
    assert trouble_of(done) is trouble
    expected = Transient if trouble is Trouble.NETWORK else Permanent
    assert isinstance(explain(trouble, done, what="Fetching"), expected)


def test_an_ended_process_is_told_by_its_code() -> None:
    """Time and size limits speak through the code alone."""
    assert trouble_of(Done(None, b"", "")) is Trouble.TIMEOUT
    assert trouble_of(Done(-25, b"", "")) is Trouble.TOO_LARGE
    assert isinstance(explain(Trouble.TIMEOUT, Done(None, b"", ""), what="Fetching"), Transient)


def test_words_are_one_line_without_controls() -> None:
    """A server's escape sequences reach neither terminal nor comment."""
    done = Done(
        1, b"! [rejected]\n", "noise\nremote: \x1b[31mno\x1b[0m\x07\nremote: \x1b[31mno\x1b[0m\x07\nerror: failed"
    )
    assert words_of(done) == "remote: [31mno[0m; error: failed; ! [rejected]"
    assert words_of(Done(1, b"", "")) == "git said nothing"
    assert words_of(Done(1, b"", "only\nplain")) == "only; plain"
    assert len(words_of(Done(1, b"", "fatal: " + "x" * 999))) == 300
