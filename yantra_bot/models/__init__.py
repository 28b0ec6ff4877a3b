"""Language models: one file a vendor SDK, and the replay of a script."""
