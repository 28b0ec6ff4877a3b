"""Single faults of the twenty classes, put into real Python functions; and edits that change nothing, beside them."""

from yantra_bot.training.faults.finding import find_sites, is_fault, sites_of, span_of
from yantra_bot.training.faults.module import Module, read_module
from yantra_bot.training.faults.site import Site, inject

__all__ = ["Module", "Site", "find_sites", "inject", "is_fault", "read_module", "sites_of", "span_of"]
