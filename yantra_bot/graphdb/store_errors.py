"""What can be wrong with a stored graph, apart from each other by what the caller does about it."""

from yantra_bot.errors import Transient, UserError, YantraError


class StoreDamaged(YantraError):
    """The stored graph cannot be read: damaged, half of it gone, or no graph at all. Cure: `save` a new one over it."""


class StoreNewer(UserError):
    """A newer Yantra wrote the graph. Cure: upgrade, or rebuild with --force, which replaces it."""


class StoreBusy(Transient):
    """Another process holds the graph. Cure: wait until it is done."""


class StoreFull(UserError):
    """The disk is full. Cure: free some space and run again; the graph as it was stays readable."""


class EngineConfined(UserError):
    """The process may not have the memory that the engine needs, whatever its pool. Cure: raise the limit."""


class PoolFull(YantraError):
    """The engine's buffer pool is too small for what was asked. Cure: a larger pool, or a narrower query."""
