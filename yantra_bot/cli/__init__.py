"""The yantra command: thin, one file a verb group."""
