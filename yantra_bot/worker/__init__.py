"""The child that owns a run's tree: a process with an empty environment and no key."""
