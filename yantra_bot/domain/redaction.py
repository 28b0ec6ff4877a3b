"""What looks like a secret is never shown: one list of shapes for logs, comments, checks and reports. Pure."""

import re

REDACTED = "[redacted]"

_SECRETS = re.compile(
    r"gh[pousr]_[A-Za-z0-9_.-]{20,}|github_pat_\w{20,}|sk-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[\w-]{10,}"
    r"|AKIA[0-9A-Z]{16}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<=://)[^/\s:@]{1,200}:[^/\s@]{1,500}(?=@)",
    re.DOTALL,
)


def redact(text: str) -> str:
    """Return `text` with what looks like a secret replaced."""
    return _SECRETS.sub(REDACTED, text)
