"""`yantra models`: the known models, their prices with the day and the place they were read, and the tiers."""

from datetime import date

import click

from yantra_bot import artefacts
from yantra_bot.app.workshop import access_of
from yantra_bot.clock import SystemClock
from yantra_bot.domain.tiers import Tier
from yantra_bot.models.catalogue import MODELS, STALE_DAYS, TIERS, ModelFacts, find_stale
from yantra_bot.models.vendors import Vendors
from yantra_bot.retrieval.tokens import Tokenizers
from yantra_bot.settings import Settings, read_settings

HEAD = "| model | input | cache read | cache write | output | above | window | read on | from |"
COLUMNS = 9


@click.command()
@click.option("--markdown", is_flag=True, help="Print the tables of docs/models.md.")
@click.option("--today", hidden=True, default=None, help="Judge the age of prices on this day.")
def models(markdown: bool, today: str | None) -> None:
    """List known models and prices (USD per million tokens), and which model each tier has here.

    Says which prices are old. Exit status 1 when the settings lead to no model; the lists are printed all the same.
    """
    if markdown:
        click.echo("\n".join([*price_rows(), "", *catalogue_rows()]))
        return
    for row in price_rows():
        click.echo(row)
    stale = find_stale(MODELS, date.fromisoformat(today) if today else date.today())  # noqa: DTZ011 (the operator's day)
    if stale:
        click.echo(f"\nWarning: read more than {STALE_DAYS} days ago, so that costs may be wrong: {', '.join(stale)}.")
        click.echo("Upgrade Yantra for newer ones, or compare them with the vendor's page.")
    click.echo("")
    for line in tier_lines(read_settings()):
        click.echo(line)


def price_rows() -> list[str]:
    """Return the table of prices as Markdown."""
    rows = [_price_row(name, facts) for name, facts in MODELS.items()]
    return [HEAD, f"|{'---|' * COLUMNS}", *rows]


def _price_row(name: str, facts: ModelFacts) -> str:
    price = facts.price
    if price is None:
        return f"| `{name}` | | | | | | {facts.window:,} | | |"
    cells = [f"{one:g}" for one in (price.input, price.cache_read, price.cache_write, price.output)]
    long = ""
    if price.long_from is not None:
        long = f"{price.long_from:,} tokens: input ×{price.long_input_factor:g}, output ×{price.long_output_factor:g}"
    return f"| `{name}` | {' | '.join(cells)} | {long} | {facts.window:,} | {facts.priced_on} | {facts.source} |"


def catalogue_rows() -> list[str]:
    """Return each vendor's models of tiers as Markdown."""
    rows = [f"| {tier} | {' | '.join(f'`{of[tier]}`' for of in TIERS.values())} |" for tier in Tier]
    return [f"| tier | {' | '.join(TIERS)} |", f"|{'---|' * (1 + len(TIERS))}", *rows]


def tier_lines(settings: Settings) -> list[str]:
    """Return which model each tier has under these settings. Raises SettingsError where there is none at all."""
    access = access_of(settings)
    vendors = Vendors(access, tokenizers=Tokenizers(artefacts.path("token-ranks")), clock=SystemClock())
    lines = []
    for tier in Tier:
        model = vendors.of_tier(tier)
        price = "price not known" if vendors.usd(model, 1) is None else "price known"
        lines.append(f"{tier:<10} {model} ({price})")
    return [*lines, f"router: {'on' if settings.model_router else 'off (YANTRA_MODEL_ROUTER)'}"]
