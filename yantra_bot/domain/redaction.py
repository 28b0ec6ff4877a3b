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
    """One kind of secret. `pattern` holds a group `value` where the secret is only a part of what matches."""

    id: str
    title: str
    pattern: str
    is_for_tests: bool = False
    """Whether the vendor gives it out for trying things: it opens nothing of worth."""


_KEY = "(?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY(?: BLOCK)?"
_END = r"(?![A-Za-z0-9_-])"

SHAPES: tuple[Shape, ...] = (
    # Tokens that an App's installation gets had 40 characters; newer ones are `ghs_`, a number and signed claims.
    Shape("github-token", "GitHub token", r"\bgh[pousr]_[A-Za-z0-9][A-Za-z0-9_.-]{18,}[A-Za-z0-9_-]"),
    Shape("github-fine-grained-token", "GitHub fine-grained token", r"\bgithub_pat_\w{20,}"),
    Shape("gitlab-token", "GitLab token", r"\bgl(?:pat|ptt|dt|rt|soat|ft|cbt|oas|imt|agent)-[A-Za-z0-9_-]{20,}"),
    Shape("aws-access-key", "AWS access key id", r"(?<![A-Z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])"),
    Shape(
        "aws-secret-key",
        "AWS secret access key",
        r"(?i:secret_?access_?key|aws_?secret_?key|aws_?secret)[\"'\]]{0,2}\s{0,5}(?:=>|[:=,])\s{0,5}[\"']?"
        r"(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    Shape("anthropic-key", "Anthropic API key", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    Shape("openai-key", "OpenAI API key", r"\bsk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}"),
    Shape("slack-token", "Slack token", r"\bxox[abceoprs]-[\w-]{10,}|\bxapp-\d-[A-Za-z0-9-]{20,}"),
    Shape(
        "slack-webhook",
        "Slack webhook",
        r"hooks\.slack\.com/(?:services|workflows)/(?P<value>[A-Z]\w{6,}/[A-Z]\w{6,}/\w{16,})",
    ),
    Shape("google-api-key", "Google API key", r"\bAIza[0-9A-Za-z_-]{35}" + _END),
    Shape(
        "google-oauth", "Google OAuth token or secret", r"\bya29\.[0-9A-Za-z_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{28}" + _END
    ),
    Shape("stripe-test-key", "Stripe test key", r"\b[rs]k_test_[0-9A-Za-z]{16,}", is_for_tests=True),
    Shape("stripe-key", "Stripe live key", r"\b[rs]k_live_[0-9A-Za-z]{16,}|\bwhsec_[A-Za-z0-9+/]{24,}"),
    Shape("npm-token", "npm token", r"\bnpm_[A-Za-z0-9]{36}" + _END),
    Shape("pypi-token", "PyPI token", r"\bpypi-[A-Za-z0-9_-]{50,}"),
    Shape("sendgrid-key", "SendGrid key", r"\bSG\.[\w-]{16,32}\.[\w-]{32,64}"),
    Shape("telegram-token", "Telegram bot token", r"(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{33}" + _END),
    Shape("digitalocean-token", "DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}"),
    Shape("huggingface-token", "Hugging Face token", r"\bhf_[A-Za-z]{34}" + _END),
    Shape("databricks-token", "Databricks token", r"\bdapi[a-f0-9]{32}(?:-\d)?" + _END),
    Shape("shopify-token", "Shopify token", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    Shape("square-token", "Square token", r"\bsq0(?:atp|csp)-[\w-]{22,43}"),
    Shape("vault-token", "Vault token", r"\bhv[sb]\.[A-Za-z0-9_-]{24,}"),
    Shape("docker-token", "Docker Hub token", r"\bdckr_[po]at_[A-Za-z0-9_-]{27,}"),
    Shape("terraform-token", "Terraform Cloud token", r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}"),
    Shape("grafana-token", "Grafana token", r"\bgl(?:c_[A-Za-z0-9+/]{32,}={0,2}|sa_[A-Za-z0-9]{32}_[a-f0-9]{8})"),
    Shape("new-relic-key", "New Relic key", r"\bNRAK-[A-Z0-9]{27}"),
    Shape("pulumi-token", "Pulumi token", r"\bpul-[a-f0-9]{40}"),
    Shape("postman-key", "Postman key", r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    Shape("linear-key", "Linear key", r"\blin_(?:api|oauth)_[A-Za-z0-9]{40,}"),
    Shape("notion-token", "Notion token", r"\bntn_[A-Za-z0-9]{40,}"),
    Shape("groq-key", "Groq key", r"\bgsk_[A-Za-z0-9]{48,}"),
    Shape("xai-key", "xAI key", r"\bxai-[A-Za-z0-9]{70,}"),
    Shape("atlassian-token", "Atlassian token", r"\bATATT3[A-Za-z0-9_=-]{100,}"),
    Shape("supabase-token", "Supabase token", r"\bsbp_[a-f0-9]{40}"),
    Shape("doppler-token", "Doppler token", r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}"),
    Shape("age-key", "age secret key", r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}"),
    Shape(
        "azure-connection-string",
        "Azure connection string",
        r"(?:AccountKey|SharedAccessKey|SharedSecretValue)=(?P<value>[A-Za-z0-9+/]{40,}={0,2})",
    ),
    Shape(
        "azure-client-secret",
        "Azure client secret",
        r"(?<![\w~.-])[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}" + _END,
    ),
    Shape("signed-claims", "signed token (JWT)", r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"),
    Shape("private-key", "private key", rf"(?s:-----BEGIN {_KEY}-----.*?(?:-----END {_KEY}-----|\Z))"),
    Shape("url-password", "password in an address", r"(?<=://)[^/\s:@]{1,200}:[^/\s@]{1,500}(?=@)"),
)
"""The narrower first: what an earlier shape matches is not looked at for a later one."""


def _group(number: int, shape: Shape) -> str:
    name = f"s{number}"
    if "(?P<value>" in shape.pattern:
        return shape.pattern.replace("(?P<value>", f"(?P<{name}>")
    return f"(?P<{name}>{shape.pattern})"


_ANY = re.compile("|".join(_group(number, shape) for number, shape in enumerate(SHAPES)))


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something in a text that has the shape of a secret, from `start` to `end`."""

    shape: Shape
    start: int
    end: int
    value: str


def find_shapes(text: str) -> list[Sighting]:
    """Return what has the shape of a secret, in order, none inside another."""
    return [_see(match) for match in _ANY.finditer(text)]


def redact(text: str) -> str:
    """Return `text` with what looks like a secret replaced."""
    return _ANY.sub(_hide, text)


def shorten(secret: str, *, shown: int = SHOWN) -> str:
    """Return what may be said of a secret: its first characters, at most four, and its length."""
    return f"{secret[: min(shown, SHOWN)]}… ({len(secret)} characters)"


def _see(match: re.Match[str]) -> Sighting:
    name = match.lastgroup or ""
    start, end = match.span(name)
    return Sighting(SHAPES[int(name[1:])], start, end, match.group(name))


def _hide(match: re.Match[str]) -> str:
    whole, (start, end) = match.group(), match.span(match.lastgroup or 0)
    return whole[: start - match.start()] + REDACTED + whole[end - match.start() :]
