"""Who speaks, without saying who: a key pair a week, drawn from a secret that stays, and a seal from who may speak.

The key of a week is the anonymous id; two weeks' keys have nothing in common that can be told without the secret. The
service seals the key blindly (Chaum, RSA): it learns that one of those it enrolled asked for a seal that week, one
each, and cannot tell later which seal was whose. A weekly seal key keeps seals from being saved up for one week.
"""

import hashlib
import hmac
import math
import re
import secrets
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from yantra_bot.errors import UserError

WEEK_SECONDS: Final = 7 * 86_400
LATE_SECONDS, EARLY_SECONDS = 86_400, 3_600
"""How long after its end, and before its begin, a week's messages are taken: what waited, and clocks that differ."""
SECRET_BYTES: Final = 32
SEAL_BITS: Final = 2048
SEAL_DIGITS: Final = SEAL_BITS // 4
ID_DIGITS: Final = 64
SIGNATURE_DIGITS: Final = 128
AHEAD: Final = 1
"""Weeks for which a seal may be had before they begin, so that it is not used when it is drawn."""
_EXPONENT: Final = 65_537
_SMALL: Final = math.prod(range(2, 1_000))
_CREDENTIAL: Final = re.compile(rf"(\d{{1,6}}) ([0-9a-f]{{{ID_DIGITS}}}) ([0-9a-f]{{{SEAL_DIGITS}}})", re.ASCII)


def week_of(now: float) -> int:
    """Return the number of the week; it begins for all at the same moment."""
    return int(now // WEEK_SECONDS)


def is_open(week: int, now: float) -> bool:
    """Return whether messages of a week are taken now."""
    return week * WEEK_SECONDS - EARLY_SECONDS <= now < (week + 1) * WEEK_SECONDS + LATE_SECONDS


def is_sealable(week: int, now: float) -> bool:
    """Return whether a week's seals are given now."""
    return is_open(week, now) or is_open(week - AHEAD, now)


def key_of_week(secret: bytes, week: int) -> Ed25519PrivateKey:
    """Return the week's key of who holds the secret."""
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(secret, b"yantra collective %d" % week, "sha256"))


def id_of(key: Ed25519PrivateKey) -> str:
    """Return a week's anonymous id: the public half of its key, 64 hexadecimal digits."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def is_signed(public: str, signature: str, message: bytes) -> bool:
    """Return whether a message was signed by the key whose public half is given; both in hexadecimal digits."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign_enrolled(key: str, message: bytes) -> str:
    """Return the code of a message by an enrolment key."""
    return hmac.digest(key.encode(), message, "sha256").hex()


def is_same(expected: str, given: str) -> bool:
    """Return whether two codes are the same, in a time that tells nothing."""
    return hmac.compare_digest(expected.encode(), given.encode())


def name_enrolled(key: str) -> str:
    """Return what an enrolment key is called where it must not be told: 16 hexadecimal digits."""
    return hashlib.sha256(b"yantra enrolment " + key.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SealKey:
    """The public half of a week's seal: its modulus."""

    week: int
    modulus: int


@dataclass(frozen=True, slots=True)
class Credential:
    """A week's id and the seal that says that it is one of who may speak."""

    week: int
    identity: str
    seal: str

    def to_header(self) -> str:
        """Return it as a request carries it."""
        return f"{self.week} {self.identity} {self.seal}"


def read_credential(header: str) -> Credential | None:
    """Return the credential of a request's header; None for anything else."""
    found = _CREDENTIAL.fullmatch(header)
    return Credential(int(found[1]), found[2], found[3]) if found else None


def read_seal_key(week: int, modulus: str) -> SealKey:
    """Return a seal key of its modulus; raise UserError for one of another size, or that is even or divides easily.

    What is hidden by a key that is none could be read by who made it.
    """
    number = int(modulus, 16)
    if number.bit_length() != SEAL_BITS or math.gcd(number, _SMALL) != 1:
        raise UserError("The service's seal key is none. Cure: check that collective_url is the service you trust.")
    return SealKey(week, number)


@dataclass(frozen=True, slots=True)
class Blinded:
    """What the service is asked to seal, and what opens its answer; the second part stays."""

    asked: int
    factor: int


class Sealer:
    """The private half of a week's seal."""

    def __init__(self, week: int, pem: bytes) -> None:
        key = load_pem_private_key(pem, password=None)
        assert isinstance(key, rsa.RSAPrivateKey), "make_pem wrote it"  # noqa: S101 (narrows a type)
        numbers = key.private_numbers()
        self.public = SealKey(week, numbers.public_numbers.n)
        self._exponent = numbers.d

    def seal(self, asked: int) -> int:
        """Return the blind seal; raise UserError for a number that is none.

        What is asked is hidden once more, so that the time it takes tells nothing of the key.
        """
        modulus = self.public.modulus
        if not 1 < asked < modulus - 1:
            raise UserError("What is to be sealed is no number of the seal's size. Cure: upgrade the client.")
        factor = _draw_factor(modulus)
        sealed = pow(asked * pow(factor, _EXPONENT, modulus) % modulus, self._exponent, modulus)
        return sealed * pow(factor, -1, modulus) % modulus


def make_pem() -> bytes:
    """Return a new seal key, PEM."""
    key = rsa.generate_private_key(_EXPONENT, SEAL_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def blind(public: SealKey, identity: str) -> Blinded:
    """Return what to ask the service for, so that it does not learn the id."""
    factor = _draw_factor(public.modulus)
    hidden = pow(factor, _EXPONENT, public.modulus)
    return Blinded(_spread(public, identity) * hidden % public.modulus, factor)


def unblind(public: SealKey, blinded: Blinded, sealed: int, identity: str) -> int:
    """Return the seal of an id; raise UserError where the service's answer is none."""
    if math.gcd(blinded.factor, public.modulus) != 1:
        raise UserError("The service's seal key is none. Cure: check that collective_url is the service you trust.")
    seal = sealed * pow(blinded.factor, -1, public.modulus) % public.modulus
    if not is_sealed(public, identity, seal):
        raise UserError("The service's seal is none. Cure: check that collective_url is the service you trust.")
    return seal


def is_sealed(public: SealKey, identity: str, seal: int) -> bool:
    """Return whether the seal is of this id and this week."""
    return 0 < seal < public.modulus and pow(seal, _EXPONENT, public.modulus) == _spread(public, identity)


def _spread(public: SealKey, identity: str) -> int:
    """Return a number of the modulus's size that nobody can choose: a hash over its full width."""
    said = f"yantra collective seal {public.week} {identity}".encode()
    return int.from_bytes(hashlib.shake_256(said).digest(SEAL_BITS // 8 + 16)) % public.modulus


def _draw_factor(modulus: int) -> int:
    return 2 + secrets.randbelow(modulus - 4)
