"""What a call costs: prices are data with a date and a source, and an unknown price is None, never a guess.

Pure. Sums over runs and days are kept by the records of a run, not here.
"""

from dataclasses import dataclass

from yantra_bot.domain.conversation import Usage

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    input: float
    output: float
    cache_read: float
    cache_write: float
    long_from: int | None = None
    """Prompts of more tokens than this (cached ones counted) are billed by the two factors below, as a whole."""
    long_input_factor: float = 1.0
    """On everything that is read: input, cache read, cache write."""
    long_output_factor: float = 1.0


def prompt_tokens(usage: Usage) -> int:
    """Return all tokens that were read, wherever they came from."""
    return usage.input + usage.cache_read + usage.cache_write


def cost_usd(usage: Usage, price: Price | None) -> float | None:
    """Return what a call costs in US dollars, None when the price is not known."""
    if price is None:
        return None
    is_long = price.long_from is not None and prompt_tokens(usage) > price.long_from
    reading = usage.input * price.input + usage.cache_read * price.cache_read + usage.cache_write * price.cache_write
    writing = usage.output * price.output
    if is_long:
        reading, writing = reading * price.long_input_factor, writing * price.long_output_factor
    return (reading + writing) / MILLION


def worst_case_usd(input_tokens: int, max_output_tokens: int, price: Price | None) -> float | None:
    """Return the most that one call can cost: nothing cached before, all of it written to the cache, longest answer."""
    if price is None:
        return None
    is_dear = price.cache_write > price.input
    usage = Usage(
        input=0 if is_dear else input_tokens,
        cache_write=input_tokens if is_dear else 0,
        output=max_output_tokens,
    )
    return cost_usd(usage, price)


def add_usage(first: Usage, second: Usage) -> Usage:
    """Return the sum; an estimate in either makes it one."""
    return Usage(
        input=first.input + second.input,
        output=first.output + second.output,
        cache_read=first.cache_read + second.cache_read,
        cache_write=first.cache_write + second.cache_write,
        is_estimate=first.is_estimate or second.is_estimate,
    )
