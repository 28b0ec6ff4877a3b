"""What client and service say to each other, in bytes. Pure. What comes in is a stranger's and is read strictly.

A submission is JSON of closed fields: numbers, words of closed lists, hexadecimal digits of a fixed length. `GRAMMAR`
is all that one may be; there is no place in it for text. Who speaks, and that the body is theirs, stands in the head,
so that a stranger is known before a byte of the body is read.
"""

import hashlib
import json
import re
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yantra_bot.collective.identity import SEAL_DIGITS
from yantra_bot.collective.pattern import COMPLEXITIES, EMBEDDING, LANGUAGES, STEPS, Pattern, is_sound
from yantra_bot.errors import UserError

FORMAT: Final = 2
PATTERNS_PATH: Final = "/api/v1/patterns"
UPDATE_PATH: Final = "/api/v1/model-update"
SEALS_PATH: Final = "/api/v1/seals"
SIGNATURE: Final = "X-Yantra-Signature"
ENROLMENT: Final = "X-Yantra-Enrolment"
CREDENTIAL: Final = "X-Yantra-Credential"
"""Header with week, id and seal, of a submission and of who asks for a version that not all have."""
DIGEST: Final = "X-Yantra-Digest"
"""Header with the SHA-256 of the body: what is signed, so that it can be checked before the body comes."""
FIRST: Final = "X-Yantra-First"
"""Header of an answer about updates: the version that only the first tenth has yet, where there is one."""
BASE: Final = "X-Yantra-Base"
"""Header of each answer about updates: the features and weights that the service learns for."""
USER_AGENT: Final = "yantra-collective"
MOST_PATTERNS: Final = 64
"""Of one submission."""
MOST_BYTES: Final = 64 * 1024
"""Of one submission's body: the longest that the grammar allows has less."""
BASE_DIGITS: Final = 12

_NUMBER = r"-?[13]"
_STEP = "|".join(re.escape(json.dumps(step)) for step in STEPS)
_LANGUAGE = "|".join(re.escape(json.dumps(language)) for language in LANGUAGES)
_PATTERN = (
    rf'\{{"embedding":\[{_NUMBER}(?:,{_NUMBER}){{{EMBEDDING - 1}}}\],"steps":\[(?:(?:{_STEP})(?:,(?:{_STEP}))*)?\],'
    rf'"language":(?:{_LANGUAGE}),"complexity":[1-{COMPLEXITIES}],"is_passing":(?:true|false)\}}'
)
GRAMMAR: Final = re.compile(
    rf'\{{"format":{FORMAT},"features":\d{{1,6}},"base":"[0-9a-f]{{{BASE_DIGITS}}}",'
    rf'"patterns":\[{_PATTERN}(?:,{_PATTERN}){{0,{MOST_PATTERNS - 1}}}\]\}}'
)
"""Every submission matches it in full."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


M = TypeVar("M", bound="_Strict")


class _SentPattern(_Strict):
    embedding: Annotated[list[int], Field(min_length=EMBEDDING, max_length=EMBEDDING)]
    steps: Annotated[list[str], Field(max_length=len(STEPS))]
    language: Annotated[str, Field(max_length=20)]
    complexity: int
    is_passing: bool

    def to_pattern(self) -> Pattern:
        return Pattern(tuple(self.embedding), tuple(self.steps), self.language, self.complexity, self.is_passing)


class Submission(_Strict):
    """What a client sends."""

    format: Literal[2]
    features: Annotated[int, Field(ge=0, lt=10**6)]
    """The version of the features that the embeddings rest on."""
    base: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{BASE_DIGITS}}}$")]
    """The weights that the embeddings come from; those that the service itself named, or nothing is sent."""
    patterns: Annotated[list[_SentPattern], Field(min_length=1, max_length=MOST_PATTERNS)]

    def read(self) -> tuple[Pattern, ...]:
        """Return the patterns; raise UserError where one is none that a client could have made."""
        patterns = tuple(one.to_pattern() for one in self.patterns)
        if not all(is_sound(one) for one in patterns):
            raise UserError("A pattern is none that may be shared. Cure: upgrade the client.")
        return patterns


class SealRequest(_Strict):
    """What an enrolled client asks for once a week."""

    week: Annotated[int, Field(ge=0, lt=10**6)]
    blinded: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{SEAL_DIGITS}}}$")]


class SealAnswer(_Strict):
    """The week's seal key, and the blind seal where one was asked for."""

    week: int
    modulus: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{SEAL_DIGITS}}}$")]
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]
    """Of `seal_key_message`, by the service's key."""
    sealed: Annotated[str, Field(pattern=rf"^(?:[0-9a-f]{{{SEAL_DIGITS}}})?$")] = ""


def seal_key_message(week: int, modulus: str) -> bytes:
    """Return what the service signs of a seal key."""
    return f"yantra collective seal key {week} {modulus}".encode()


def digest_of(body: bytes) -> str:
    """Return what the head of a request says of its body."""
    return hashlib.sha256(body).hexdigest()


def signed_part(path: str, digest: str, credential: str = "") -> bytes:
    """Return what is signed of a request: address, body's digest, credential, so that none passes for another."""
    return f"{path}\n{digest}\n{credential}".encode()


def write_submission(patterns: tuple[Pattern, ...], *, features: int, base: str) -> bytes:
    """Return a submission's body. Raises AssertionError where it would not be what `GRAMMAR` allows: nothing leaves.

    The patterns stand in the order of their digests: the order of runs is nobody's business, and could hold a message.
    """
    said = {
        "format": FORMAT,
        "features": features,
        "base": base,
        "patterns": [
            {
                "embedding": list(one.embedding),
                "steps": list(one.steps),
                "language": one.language,
                "complexity": one.complexity,
                "is_passing": one.is_passing,
            }
            for one in sorted(patterns, key=lambda one: one.digest)
        ],
    }
    text = json.dumps(said, separators=(",", ":"))
    if not GRAMMAR.fullmatch(text):
        raise AssertionError("A submission holds something that may not leave, and is not sent.")
    return text.encode("ascii")


def read_submission(body: bytes) -> Submission:
    """Return a submission; raise UserError for anything else."""
    return _read(Submission, body)


def read_seal_request(body: bytes) -> SealRequest:
    """Return what an enrolled client asks for; raise UserError for anything else."""
    return _read(SealRequest, body)


def read_seal_answer(body: bytes) -> SealAnswer:
    """Return the service's answer; raise UserError for anything else."""
    return _read(SealAnswer, body)


def _read(kind: type[M], body: bytes) -> M:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"][:1])
        raise UserError(f"This is no {kind.__name__} ({place or 'not JSON'}). Cure: upgrade the client.") from None
