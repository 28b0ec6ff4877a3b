"""The generator: from a task's text to steps, from steps to an outline in five languages."""
