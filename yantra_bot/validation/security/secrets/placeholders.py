"""Tells what merely stands for a secret from what may be one. Pure."""

import math
import re
from collections import Counter

ALLOWED = re.compile(r"pragma:\s*(?:allowlist|whitelist)[ _-]secret|gitleaks:allow|trufflehog:ignore", re.IGNORECASE)
ALLOWED_NEXT = re.compile(r"pragma:\s*(?:allowlist|whitelist)[ _-]nextline[ _-]secret", re.IGNORECASE)

_WORDS = re.compile(
    r"example|sample|placeholder|dummy|change[_-]?me|fake|redacted|xxxx|\*{3}|\.{3}|…|not[_-]?a?[_-]?real|your[_-]|"
    r"insert[_-]|replace[_-]|put[_-]|dont[_-]?use|invalid|deadbeef|lorem|foobar|testtest|notasecret|"
    r"0123456789|1234567890|abcdefgh|qwerty|00000000",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"^[$%<{#@]|[<>{}]|\$\(|%[sd(]|\bos\.environ\b|\bprocess\.env\b|^env[.:]")
_COMMON_WORDS = """
password passwd pass pwd pw p secret token key api_key apikey admin root user username guest none null true false
undefined empty default required optional string bytes bearer basic digest letmein hunter2 s3cr3t secretkey
mypassword mysecret mytoken test tests testing postgres mysql rabbitmq redis mongo minio airflow wordpress
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_WORDLIKE = re.compile(r"[A-Za-z]+(?:[ _./:-][A-Za-z]+)*[_./:-]?|[A-Z][A-Z0-9_]*|(?:[a-z]+[A-Z]?[a-z]*)+")


def stands_for_one(value: str) -> bool:
    """Tell whether a value is a placeholder, a reference to a variable, or too regular to be a secret."""
    bare = value.strip("'\" ")
    if bare.lower() in _COMMON or _WORDS.search(bare) or _VARIABLE.search(bare):
        return True
    return len(set(bare)) < 5 or _is_pattern(bare)


def _is_pattern(value: str) -> bool:
    """Whether it is one short piece again and again, such as `abcabcabc`."""
    doubled = (value + value)[1:-1]
    return len(value) >= 8 and value in doubled


def is_wordlike(value: str) -> bool:
    """Tell whether a value reads like names or words, so that it is rather a label than a secret."""
    return _WORDLIKE.fullmatch(value) is not None


def entropy(value: str) -> float:
    """Return Shannon's entropy of the characters, in bits a character."""
    count = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in count.values()) if value else 0.0


def is_random(value: str, *, bits: float = 3.0) -> bool:
    """Tell whether a value is mixed as no word is: letters with digits or signs, evenly enough."""
    kinds = (re.search(r"[A-Za-z]", value), re.search(r"\d", value), re.search(r"[^A-Za-z0-9]", value))
    return sum(kind is not None for kind in kinds) >= 2 and entropy(value) >= bits
