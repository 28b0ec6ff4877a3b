"""The composition root: reads the settings, builds every adapter, starts the processes. Only cli imports it."""
