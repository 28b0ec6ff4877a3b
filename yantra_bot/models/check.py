"""Is the configured model one to start with? Asked once at start-up; talks to nobody."""

import difflib
from urllib.parse import urlsplit

from yantra_bot.models import anthropic, openai
from yantra_bot.models.catalogue import BASE_URLS, DEFAULT_MODELS, HOSTS, VendorId

DOORS = {VendorId.ANTHROPIC: anthropic, VendorId.OPENAI: openai}


def check_model_id(vendor: VendorId, model: str, *, base_url: str | None = None) -> str | None:
    """Return what is wrong with a model id, with the cure; None when nothing is.

    Only the vendor's own address is judged: a compatible server may call its models as it likes.
    """
    if not model.strip():
        return f"No model is set. Set YANTRA_MODEL, for instance to {DEFAULT_MODELS[vendor]}."
    if urlsplit(base_url or BASE_URLS[vendor]).hostname != HOSTS[vendor] or model.startswith("ft:"):
        return None
    ended = DOORS[vendor].deprecated_models().get(model)
    if ended is not None:
        return f"The model {model} is deprecated ({ended}). Set YANTRA_MODEL to {DEFAULT_MODELS[vendor]} or another."
    known = DOORS[vendor].known_models()
    if model not in known:
        close = difflib.get_close_matches(model, known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        problem = f"{vendor.value} has no model {model!r} that this version knows.{hint}"
        return f"{problem} Choose another with YANTRA_MODEL or --model, or upgrade."
    return None
