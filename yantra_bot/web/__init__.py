"""Pages of the web that a model asks for: which may be read, how they are got, and what text they hold."""
