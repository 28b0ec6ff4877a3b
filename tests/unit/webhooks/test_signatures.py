"""Only who knows the secret is let in, and nothing a stranger sends raises."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.errors import SettingsError
from yantra_bot.webhooks.signatures import SignatureCheck, check_secrets, sign, verify

SECRET = b"a-secret-known-to-tests-only"
BODY = b'{"action": "created"}'


def test_githubs_documented_example_is_valid():
    """The values that GitHub's documentation gives for testing an implementation agree."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert verify(b"Hello, World!", [signature], [b"It's a Secret to Everybody"]) is SignatureCheck.VALID


@pytest.mark.parametrize(
    ("signatures", "expected"),
    [
        ([], SignatureCheck.MISSING),
        ([sign(BODY, b"another-secret-than-ours")], SignatureCheck.WRONG),
        ([sign(BODY, SECRET)] * 2, SignatureCheck.REPEATED),
        ([""], SignatureCheck.MALFORMED),
        (["sha256="], SignatureCheck.MALFORMED),
        ([sign(BODY, SECRET).upper()], SignatureCheck.MALFORMED),
        ([sign(BODY, SECRET) + "\n"], SignatureCheck.MALFORMED),
        ([sign(BODY, SECRET).removeprefix("sha256=")], SignatureCheck.MALFORMED),
        (["sha1=" + hmac.new(SECRET, BODY, hashlib.sha1).hexdigest()], SignatureCheck.MALFORMED),
        (["sha256=é" + "0" * 63], SignatureCheck.MALFORMED),
        (["sha256=\udce9" + "0" * 63], SignatureCheck.MALFORMED),
        (["sha256=" + "٠" * 64], SignatureCheck.MALFORMED),
    ],
)
def test_everything_else_is_refused(signatures, expected):
    """What is not exactly one SHA-256 signature made with our secret is no signature."""
    assert verify(BODY, signatures, [SECRET]) is expected


@pytest.mark.case("K16")
def test_two_secrets_are_valid_while_one_is_being_replaced():
    """During a rotation both secrets open the door, in any order, and a third does not."""
    old, new = b"the-old-secret-of-the-app", b"the-new-secret-of-the-app"
    for secret in (old, new):
        assert verify(BODY, [sign(BODY, secret)], [new, old]) is SignatureCheck.VALID
    assert verify(BODY, [sign(BODY, SECRET)], [new, old]) is SignatureCheck.WRONG


@pytest.mark.parametrize("secrets", [[], [""], [b"  "], ["good-enough-a-secret", ""]])
def test_a_door_without_a_secret_cannot_be_built(secrets):
    """No secret, or a blank one beside a good one, stops start-up with the setting's name."""
    with pytest.raises(SettingsError, match="YANTRA_WEBHOOK_SECRETS"):
        check_secrets(secrets)


def test_verifying_without_secrets_is_an_error_and_no_answer():
    """Even called directly, an empty list of secrets never means that all is well."""
    with pytest.raises(SettingsError, match="YANTRA_WEBHOOK_SECRETS"):
        verify(BODY, [sign(BODY, b"")], [])


@given(st.binary(max_size=200), st.lists(st.text(max_size=80), max_size=3))
def test_nothing_a_stranger_sends_raises(body, signatures):
    """Any bytes with any headers get an answer, and not the good one."""
    assert verify(body, signatures, [SECRET]) is not SignatureCheck.VALID


@given(st.binary(max_size=200), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_breaks_the_signature(body, at, change):
    """A body that differs in one byte is another body."""
    changed = bytearray(body + b"\0")
    changed[at % len(changed)] ^= change
    assert verify(body + b"\0", [sign(body + b"\0", SECRET)], [SECRET]) is SignatureCheck.VALID
    assert verify(bytes(changed), [sign(body + b"\0", SECRET)], [SECRET]) is SignatureCheck.WRONG
