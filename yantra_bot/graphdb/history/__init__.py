"""The repository's past, tied to the symbols of today."""
