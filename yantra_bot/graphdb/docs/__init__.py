"""A project's documentation as a registry: read out of its Markdown, and added to in the style of each page."""
