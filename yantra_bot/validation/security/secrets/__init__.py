"""Secrets in lines that a change wrote: what looks like one, whether it is real, and what may be said of it."""

from yantra_bot.validation.security.secrets.finding import SECRET_RULES, Leak, find_secrets
from yantra_bot.validation.security.secrets.masking import mask, mask_assignments, mask_text

__all__ = ["SECRET_RULES", "Leak", "find_secrets", "mask", "mask_assignments", "mask_text"]
