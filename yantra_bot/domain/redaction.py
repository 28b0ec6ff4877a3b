"""What secrets look like, in one table: logs hide by it, and a review finds by it. Pure.

A shape says what a kind of secret looks like by itself. Whatever may be one is hidden; whether it is worth a finding
is judged elsewhere, with the line around it.
"""

import re
from dataclasses import dataclass

REDACTED = "[redacted]"
SHOWN = 4
"""How many of a secret's first characters may be shown: those that say of which kind it is."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of secret.

    `hints` are texts of which one has to stand wherever the pattern matches. `pattern` holds a group `value` where the
    secret is only a part of what matches.
    """

    id: str
    title: str
    hints: tuple[str, ...]
    pattern: str
    is_for_tests: bool = False
    """Whether the vendor gives it out for trying things: it opens nothing of worth."""


_KEY = "(?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?"
_END = r"(?![A-Za-z0-9_-])"

SHAPES: tuple[Shape, ...] = (
    # Tokens that an App's installation gets had 40 characters; newer ones are `ghs_`, a number and signed claims.
    Shape(
        "github-token",
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        r"\bgh[pousr]_[A-Za-z0-9][A-Za-z0-9_.-]{18,}[A-Za-z0-9_-]",
    ),
    Shape("github-fine-grained-token", "GitHub fine-grained token", ("github_pat_",), r"\bgithub_pat_\w{20,}"),
    Shape(
        "gitlab-token", "GitLab token", ("gl",), r"\bgl(?:pat|ptt|dt|rt|soat|ft|cbt|oas|imt|agent)-[A-Za-z0-9_-]{20,}"
    ),
    Shape(
        "aws-access-key", "AWS access key id", ("AKIA", "ASIA"), r"(?<![A-Z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])"
    ),
    Shape(
        "aws-secret-key",
        "AWS secret access key",
        ("secret", "SECRET", "Secret"),
        r"(?i:secret_?access_?key|aws_?secret_?key|aws_?secret)[\"'\]]{0,2}\s{0,5}(?:=>|[:=,])\s{0,5}[\"']?"
        r"(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    Shape("anthropic-key", "Anthropic API key", ("sk-ant-",), r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    Shape("openai-key", "OpenAI API key", ("sk-",), r"\bsk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}"),
    Shape("slack-token", "Slack token", ("xox", "xapp-"), r"\bxox[abceoprs]-[\w-]{10,}|\bxapp-\d-[A-Za-z0-9-]{20,}"),
    Shape(
        "slack-webhook",
        "Slack webhook",
        ("hooks.slack.com",),
        r"hooks\.slack\.com/(?:services|workflows)/(?P<value>[A-Z]\w{6,}/[A-Z]\w{6,}/\w{16,})",
    ),
    Shape("google-api-key", "Google API key", ("AIza",), r"\bAIza[0-9A-Za-z_-]{35}" + _END),
    Shape(
        "google-oauth",
        "Google OAuth token or secret",
        ("ya29.", "GOCSPX-"),
        r"\bya29\.[0-9A-Za-z_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{28}" + _END,
    ),
    Shape("stripe-test-key", "Stripe test key", ("k_test_",), r"\b[rs]k_test_[0-9A-Za-z]{16,}", is_for_tests=True),
    Shape(
        "stripe-key",
        "Stripe live key",
        ("k_live_", "whsec_"),
        r"\b[rs]k_live_[0-9A-Za-z]{16,}|\bwhsec_[A-Za-z0-9+/]{24,}",
    ),
    Shape("npm-token", "npm token", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}" + _END),
    Shape("pypi-token", "PyPI token", ("pypi-",), r"\bpypi-[A-Za-z0-9_-]{50,}"),
    Shape("sendgrid-key", "SendGrid key", ("SG.",), r"\bSG\.[\w-]{16,32}\.[\w-]{32,64}"),
    Shape("telegram-token", "Telegram bot token", (":AA",), r"(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{33}" + _END),
    Shape("digitalocean-token", "DigitalOcean token", ("_v1_",), r"\bdo[opr]_v1_[a-f0-9]{64}"),
    Shape("huggingface-token", "Hugging Face token", ("hf_",), r"\bhf_[A-Za-z]{34}" + _END),
    Shape("databricks-token", "Databricks token", ("dapi",), r"\bdapi[a-f0-9]{32}(?:-\d)?" + _END),
    Shape("shopify-token", "Shopify token", ("shp",), r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    Shape("square-token", "Square token", ("sq0",), r"\bsq0(?:atp|csp)-[\w-]{22,43}"),
    Shape("vault-token", "Vault token", ("hvs.", "hvb."), r"\bhv[sb]\.[A-Za-z0-9_-]{24,}"),
    Shape("docker-token", "Docker Hub token", ("dckr_",), r"\bdckr_[po]at_[A-Za-z0-9_-]{27,}"),
    Shape(
        "terraform-token", "Terraform Cloud token", (".atlasv1.",), r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}"
    ),
    Shape(
        "grafana-token",
        "Grafana token",
        ("glc_", "glsa_"),
        r"\bgl(?:c_[A-Za-z0-9+/]{32,}={0,2}|sa_[A-Za-z0-9]{32}_[a-f0-9]{8})",
    ),
    Shape("new-relic-key", "New Relic key", ("NRAK-",), r"\bNRAK-[A-Z0-9]{27}"),
    Shape("pulumi-token", "Pulumi token", ("pul-",), r"\bpul-[a-f0-9]{40}"),
    Shape("postman-key", "Postman key", ("PMAK-",), r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    Shape("linear-key", "Linear key", ("lin_",), r"\blin_(?:api|oauth)_[A-Za-z0-9]{40,}"),
    Shape("notion-token", "Notion token", ("ntn_",), r"\bntn_[A-Za-z0-9]{40,}"),
    Shape("groq-key", "Groq key", ("gsk_",), r"\bgsk_[A-Za-z0-9]{48,}"),
    Shape("xai-key", "xAI key", ("xai-",), r"\bxai-[A-Za-z0-9]{70,}"),
    Shape("atlassian-token", "Atlassian token", ("ATATT3",), r"\bATATT3[A-Za-z0-9_=-]{100,}"),
    Shape("supabase-token", "Supabase token", ("sbp_",), r"\bsbp_[a-f0-9]{40}"),
    Shape("doppler-token", "Doppler token", ("dp.",), r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}"),
    Shape("age-key", "age secret key", ("AGE-SECRET-KEY-1",), r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}"),
    Shape(
        "azure-connection-string",
        "Azure connection string",
        ("AccountKey=", "SharedAccessKey=", "SharedSecretValue="),
        r"(?:AccountKey|SharedAccessKey|SharedSecretValue)=(?P<value>[A-Za-z0-9+/]{40,}={0,2})",
    ),
    Shape(
        "azure-client-secret",
        "Azure client secret",
        ("Q~",),
        r"(?<![\w~.-])[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}" + _END,
    ),
    Shape("signed-claims", "signed token (JWT)", ("eyJ",), r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"),
    Shape(
        "private-key", "private key", ("-----BEGIN ",), rf"(?s:-----BEGIN {_KEY}-----.*?(?:-----END {_KEY}-----|\Z))"
    ),
    Shape("url-password", "password in an address", ("://",), r"://(?P<value>[^/\s:@]{1,200}:[^/\s@]{1,500})@"),
)
"""The narrower first: what an earlier shape matches is not looked at for a later one."""

_ENDING = re.compile(rf"-----END {_KEY}-----")
_BETWEEN = r"(?:\\[nr]|[^A-Za-z0-9+/=]|(?m:^)[^\S\n]*[E+](?=\s))*\Z"
"""What may stand between lines of a key: their ends, also written as such, and what tools put before a line."""
_KEY_LINE = re.compile(r"(?<![A-Za-z0-9+/])(?P<line>[A-Za-z0-9+/]{16,}={0,2})" + _BETWEEN)
_LAST_LINE = re.compile(r"(?<![A-Za-z0-9+/])(?P<line>[A-Za-z0-9+/]+={0,2})[^\S\n]*(?:\n|\\[nr])" + _BETWEEN)
_WINDOW = 4_000
"""Letters before the end of a key, or one of its lines, in which the line before it begins."""

_ANY_HINT = re.compile("|".join(sorted({re.escape(hint) for shape in SHAPES for hint in shape.hints})))
_SHORT = 300
"""Up to so many letters one look for all hints together is faster than one for each."""
_COMPILED = tuple((shape, re.compile(shape.pattern)) for shape in SHAPES)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something in a text that has the shape of a secret, from `start` to `end`."""

    shape: Shape
    start: int
    end: int
    value: str


def find_shapes(text: str) -> list[Sighting]:
    """Return what has the shape of a secret, in order, none inside another."""
    found: list[Sighting] = []
    if len(text) < _SHORT and _ANY_HINT.search(text) is None:
        return found
    taken = bytearray()
    for shape, pattern in _COMPILED:
        if not any(hint in text for hint in shape.hints):
            continue
        part = "value" if "value" in pattern.groupindex else 0
        for match in pattern.finditer(text):
            taken = taken or bytearray(len(text))
            start, end = match.span(part)
            if 1 not in taken[start:end]:
                taken[start:end] = b"\1" * (end - start)
                found.append(Sighting(shape, start, end, match.group(part)))
    return sorted(found, key=lambda one: one.start)


def redact(text: str) -> str:
    """Return `text` with what looks like a secret replaced, also the rest of a private key that was cut."""
    done, end = [], 0
    for one in find_shapes(text):
        done += [text[end : one.start], REDACTED]
        end = one.end
    return _without_ends("".join((*done, text[end:])) if done else text)


def _without_ends(text: str) -> str:
    """Replace the lines of private keys that end in a text and do not begin in it; whole keys are replaced already."""
    done, end = [], 0
    for found in _ENDING.finditer(text) if "-----END " in text else ():
        start, pattern = found.start(), _LAST_LINE
        while line := pattern.search(text, max(end, start - _WINDOW), start):
            start, pattern = line.start("line"), _KEY_LINE
        if start < found.start():
            done += [text[end:start], REDACTED]
            end = found.end()
    return "".join((*done, text[end:])) if done else text


def shorten(secret: str, *, shown: int = SHOWN) -> str:
    """Return what may be said of a secret: its first characters, at most four, and its length."""
    return f"{secret[: min(shown, SHOWN)]}… ({len(secret)} characters)"
