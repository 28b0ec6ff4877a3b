"""Context: what a model is shown, counted in tokens."""
